"""Slow work outside of requests: tasks wait in the database, and workers take them from there."""
