"""What keeps a person from writing in a group: until when, and which warnings they have to read."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from discuss.models import Membership, Warning
from discuss.rules.moments import Moment
from discuss.rules.reasons import Reason
from discuss.rules.text import Text


class Warned(NamedTuple):
    """A warning that was not read yet; its `group_id` is None where it is the site's."""

    pk: int
    group_id: int | None
    reason: str
    note: str

    @property
    def why(self) -> Text:
        """The reason in words; nothing where none was given."""
        return Reason(self.reason).label if self.reason in Reason.values else ""


class Sanction(NamedTuple):
    """What a member is told above the field of the next message; nothing in most groups."""

    muted_until: datetime | None = None
    warnings: tuple[Warned, ...] = ()

    @property
    def until(self) -> Moment | None:
        """Until when they may not write, as a sentence says it."""
        return Moment(self.muted_until) if self.muted_until else None

    @property
    def seconds(self) -> int:
        """How long that still is."""
        if self.muted_until is None:
            return 0
        return max(1, round((self.muted_until - timezone.now()).total_seconds()))


NO_SANCTION = Sanction()


def in_future(until: datetime | None) -> datetime | None:
    """Return until when a time-out lasts; None where it has ended by itself."""
    return until if until and until > timezone.now() else None


def is_silenced(member: Membership) -> bool:
    """Whether a member may change nothing that others see: they have to wait, or to read a warning."""
    warnings = Warning.objects.unread().filter(user=member.user_id)
    return bool(in_future(member.muted_until)) or (
        warnings.filter(Q(group=None) | Q(group=member.group_id)).exists()
    )


def read_warnings(group_ids: Collection[int], user_ids: Collection[int]) -> dict[int, list[Warned]]:
    """Return the warnings that these people have to read in these groups, by person."""
    found: defaultdict[int, list[Warned]] = defaultdict(list)
    given = Warning.objects.unread().filter(Q(group=None) | Q(group__in=group_ids))
    rows = given.filter(user__in=user_ids).order_by("pk")
    for user_id, pk, group_id, reason, note in rows.values_list(
        "user", "pk", "group", "reason", "note"
    ):
        found[user_id].append(Warned(pk, group_id, reason, note))
    return found
