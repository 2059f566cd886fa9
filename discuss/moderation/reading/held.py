"""What waits in a group, as the page lists it on which it is decided."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from discuss.models import Group, Held
from discuss.moderation.reading.scopes import Scope
from discuss.reading.held import read_to_decide


class HeldQuery(NamedTuple):
    """What a page of a group shows that lists what waits there."""

    group: UUID


class HeldRow(NamedTuple):
    """What the page says of a message. Two that are equal look the same."""

    pk: int
    name: str
    held_at: datetime
    why: str
    account_since: datetime
    text: str


class HeldList(NamedTuple):
    rows: tuple[HeldRow, ...] = ()

    @property
    def fingerprint(self) -> str:
        return sha256(repr(self.rows).encode()).hexdigest()[:16]


def read_held_list(scope: Scope, query: HeldQuery) -> HeldList | None:
    """Return what waits in the group; None where somebody of this scope does not decide about it."""
    group_id = Group.objects.filter(uuid=query.group).values_list("pk", flat=True).first()
    if group_id is None or not scope.has(group_id):
        return None
    return held_list(read_to_decide(group_id))


def held_list(waiting: Sequence[Held]) -> HeldList:
    return HeldList(
        tuple(
            HeldRow(
                each.pk,
                each.user.name,
                each.held_at,
                each.why,
                each.user.date_joined,
                each.text,
            )
            for each in waiting
        )
    )
