"""Rendered rows of groups: of the lobby's list, and of a person's own."""

from uuid import UUID

from discuss.models import Group
from discuss.reading.lobby import Listing, facts
from discuss.reading.own_groups import OwnGroups, Row
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.kept import Kept

_kept, _own_kept = Kept(2_000, 4_000), Kept(2_000, 4_000)


def rendered(group: Group, audience: Audience, *, is_member: bool) -> str:
    """Return a row (fragments.group_row) that is rendered once until it changes: all people see it."""
    return _kept.rendered(
        (facts(group), is_member, audience),
        lambda: fragments.group_row(audience, group=group, is_member=is_member),
    )


def of_listing(listing: Listing, audience: Audience) -> list[str]:
    """Return the rows of one page of the list."""
    return [
        rendered(group, audience, is_member=group.pk in listing.joined) for group in listing.groups
    ]


def of_own(own: OwnGroups, audience: Audience, current: UUID | None = None) -> list[str]:
    """Return the rows of a person's groups, on the page of the `current` one."""
    return [_own(row, audience, is_current=row.uuid == current, day=own.day) for row in own.rows]


def _own(row: Row, audience: Audience, *, is_current: bool, day: str) -> str:
    """Return a row (fragments.own_row) that is rendered once for all who see the same."""
    return _own_kept.rendered(
        (row, is_current, day, audience),
        lambda: fragments.own_row(audience, row=row, is_current=is_current, day=day),
    )
