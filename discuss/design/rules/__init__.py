"""Who may see the gallery, and how its samples can be shown."""
