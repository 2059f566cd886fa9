"""Who sees the same bytes."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from discuss.models import Membership, User
from discuss.rules.roles import MEMBER, MODERATOR, may
from discuss.rules.time_zones import zone_of


class Audience(NamedTuple):
    """Those who see the same bytes: one rendering serves all of them.

    Their `sight` is MEMBER or MODERATOR: moderators see what a moderator has hidden. The pages of those who
    `wear_skins` look as their groups chose. Of a skin that has templates, those of its groups' pages are the
    `skin`; for one that is a style sheet alone nothing is rendered apart.
    """

    language: str
    time_zone: str
    sight: str = MEMBER
    wear_skins: bool = True
    skin: str = ""

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
        zone = own if is_known else settings.TIME_ZONE
        return cls(settings.LANGUAGE_CODE, zone, wear_skins=not getattr(person, "skins", ""))

    @classmethod
    def of_member(cls, member: Membership) -> "Audience":
        """Return the audience of which a member is on the pages that are about the group."""
        return cls.of(member.user).seeing(member.role)

    @classmethod
    def on_page_of(cls, member: Membership) -> "Audience":
        """Return the audience of which a member is on the page of the group, which wears its skin."""
        return cls.of_member(member).wearing(member.group.skin)

    def seeing(self, role: str) -> "Audience":
        """Return the same with the sight of who has this role in the group."""
        return self._replace(sight=sight_of(role))

    def wearing(self, skin: str) -> "Audience":
        """Return the same on the pages of a group that wears this skin; on other pages it is none."""
        worn = skin if skin and self.wear_skins and has_templates(skin) else ""
        return self if worn == self.skin else self._replace(skin=worn)

    @property
    def sees_hidden(self) -> bool:
        return self.sight == MODERATOR

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.time_zone) or ZoneInfo(self.time_zone)


def has_templates(skin: str) -> bool:
    """Whether this is a skin that has templates."""
    return skin in settings.SKINS and settings.SKINS[skin].has_templates


def templates_are_worn() -> bool:
    """Whether any skin has templates. Where none has, nobody has to know what a group wears."""
    return any(skin.has_templates for skin in settings.SKINS.values())


def sight_of(role: str) -> str:
    """Return what somebody of this role in a group sees of it."""
    return MODERATOR if may("moderate", role) else MEMBER
