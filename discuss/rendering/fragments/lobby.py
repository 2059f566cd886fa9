"""The list of groups."""

from collections.abc import Sequence

from discuss.models import Group
from discuss.rendering.audience import Audience
from discuss.rendering.templates import render


def group_changed(audience: Audience, *, group: Group) -> str:
    """What the lobby says of a group, from Group.objects.listed()."""
    return render("group_changed", audience, group=group, oob=True)


def group_row(audience: Audience, *, group: Group, is_member: bool) -> str:
    """One row of the lobby, from Group.objects.listed(), for people who are in it or not."""
    return render("group_row", audience, group=group, is_member=is_member)


def group_added(audience: Audience, *, group: Group, after: Group | None) -> str:
    """A new row of the lobby, below the row of `after` or at the top, for people who are not in it."""
    return render("group_added", audience, group=group, after=after)


def group_removed(audience: Audience, *, group: Group) -> str:
    return render("group_removed", audience, group=group)


def membership_changed(
    audience: Audience,
    *,
    group: Group,
    is_member: bool,
    has_focus: bool = False,
) -> str:
    """A person's own button beside a group: Join, or Open. The actor's gets the focus."""
    context = {"group": group, "is_member": is_member, "has_focus": has_focus}
    return render("membership_changed", audience, **context, oob=True)


def group_list_replaced(audience: Audience, *, rows: Sequence[str]) -> str:
    """One page of the lobby's list anew: its rendered rows."""
    return render("group_list_replaced", audience, rows=rows, oob=True)
