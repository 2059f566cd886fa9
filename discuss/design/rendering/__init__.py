"""Fragments as they are on pages: which there are, where they go, and pages around them."""
