"""Who sees the same bytes."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from discuss.models import User
from discuss.rules.time_zones import zone_of


class Audience(NamedTuple):
    """Those who see the same bytes: one rendering serves all of them."""

    language: str
    time_zone: str

    def today(self) -> str:
        """Return which day it is there, as 2026-01-31."""
        return timezone.localdate(timezone=self.zone).isoformat()

    @classmethod
    def everyone(cls) -> "Audience":
        """Return those who have chosen nothing; and whom to render for what is the same for all."""
        return cls(settings.LANGUAGE_CODE, settings.TIME_ZONE)

    @classmethod
    def of(cls, person: User | AnonymousUser | None) -> "Audience":
        """Return the audience that this person is of; a zone that is none any more is the server's."""
        own = getattr(person, "time_zone", "")
        is_known = own and zone_of(own) is not None
        return cls(settings.LANGUAGE_CODE, own if is_known else settings.TIME_ZONE)

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.time_zone) or ZoneInfo(self.time_zone)
