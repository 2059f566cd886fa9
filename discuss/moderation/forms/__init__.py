"""Untrusted input becomes values: why something is done, for how long, to whom."""

from discuss.moderation.forms.acts import ActForm

__all__ = ["ActForm"]
