"""Who sees the same bytes."""

from typing import NamedTuple

from django.conf import settings


class Audience(NamedTuple):
    """Those who see the same bytes: one rendering serves all of them."""

    language: str
    time_zone: str

    @classmethod
    def everyone(cls) -> "Audience":
        """Until people have a language and a time zone of their own, there is one audience."""
        return cls(settings.LANGUAGE_CODE, settings.TIME_ZONE)
