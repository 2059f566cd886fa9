"""The addresses of the gallery, and its pages."""
