"""The kinds of lines that a log has, and what the events among them change."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    MESSAGE = "message", _("Message")
    CREATED = "created", _("Created")
    JOINED = "joined", _("Joined")
    LEFT = "left", _("Left")
    REMOVED = "removed", _("Removed")
    HANDED_OVER = "handed over", _("Handed Over")
    PROMOTED = "promoted", _("Promoted")
    DEMOTED = "demoted", _("Demoted")
    RENAMED = "renamed", _("Renamed")
    DESCRIBED = "described", _("Described")
    PINNED = "pinned", _("Pinned")
    SET = "set", _("Setting Changed")
    NAMED = "named", _("Named")
    ACCOUNT_CLOSED = "closed", _("Account Closed")
    ACCOUNT_REOPENED = "reopened", _("Account Reopened")


# Events after which the list of members is another one.
MEMBERSHIP_KINDS = frozenset(
    {
        Kind.CREATED,
        Kind.JOINED,
        Kind.LEFT,
        Kind.REMOVED,
        Kind.HANDED_OVER,
        Kind.PROMOTED,
        Kind.DEMOTED,
    }
)
# Events after which the list shows a member otherwise.
STANDING_KINDS = frozenset({Kind.NAMED, Kind.ACCOUNT_CLOSED, Kind.ACCOUNT_REOPENED})
# Events by which `subject` stops being a member.
ENDING_KINDS = frozenset({Kind.LEFT, Kind.REMOVED})
# Events of somebody who comes or goes as they like. Of one person they share a line.
PASSING_KINDS = frozenset({Kind.JOINED, Kind.LEFT})
