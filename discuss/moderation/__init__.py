"""Moderation: acts, cases and the record, with the same layers inside as the rest."""
