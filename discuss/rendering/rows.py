"""Rendered rows of the lobby."""

from discuss.models import Group
from discuss.reading.lobby import Listing, facts
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.kept import Kept

_kept = Kept(2_000, 4_000)


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
