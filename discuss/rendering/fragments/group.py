"""A group besides its log: its people, its name, one's place in it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from discuss.models import Entry, Group, Level
from discuss.reading.members import Members, Moves
from discuss.reading.presence import Here
from discuss.rendering.audience import Audience
from discuss.rendering.templates import render
from discuss.rules.text import Text


def members_changed(audience: Audience, *, members: Members) -> str:
    """The whole list of members anew."""
    return render("members_changed", audience, **members_context(members), oob=True)


def members_moved(audience: Audience, *, members: Members, moves: Moves) -> str:
    """What makes the list of members that a page shows the list `members`, row by row."""
    context = {**members_context(members), "gone": moves.gone, "arrivals": moves.arrivals}
    return render("members_moved", audience, **context, oob=True)


def members_context(members: Members) -> dict[str, Any]:
    """Return what the templates of the list of members show."""
    return {
        "memberships": members.named,
        "member_count": members.count,
        "has_unnamed": members.has_unnamed,
        "members_shown": members.shown.fingerprint,
    }


def presence_changed(audience: Audience, *, here: Here) -> str:
    """Who is connected at this moment."""
    return render("presence_changed", audience, **presence(here), oob=True)


def presence(here: Here) -> dict[str, Any]:
    """Return what the templates of presence show: some names, how many there are, and without their names."""
    unnamed = here.total - len(here.names)
    return {"here": here.names, "here_count": here.total, "here_unnamed": unnamed}


def group_renamed(audience: Audience, *, group: Group) -> str:
    """The group's name and description where its own page shows them, the title of the tab too."""
    return render("group_renamed", audience, group=group, oob=True)


def pins_changed(audience: Audience, *, pins: Sequence[Entry]) -> str:
    """What is pinned in the group: how many messages in its bar, and the list of them."""
    return render("pins_changed", audience, pins=pins, oob=True)


def rules_shown(audience: Audience, *, group: Group) -> str:
    """What holds for who writes in the group, above the field of its page."""
    return render("rules_shown", audience, group=group, oob=True)


def skin_changed(audience: Audience, *, group: Group) -> str:
    """The style sheet of the skin that the group's page wears."""
    return render("skin_changed", audience, skin=worn(audience, group))


def worn(audience: Audience, group: Group) -> str:
    """Return the skin that the group's page wears for these people; nothing where there is none."""
    return group.skin if audience.wear_skins and group.skin in settings.SKINS else ""


def membership_ended(
    audience: Audience, *, group: Group | None, text: Text, has_focus: bool = False
) -> str:
    """The end of a group's page for someone who is no member (any more); no `group` where it is gone."""
    return render("membership_ended", audience, group=group, text=text, has_focus=has_focus)


def own_actions(audience: Audience, *, group: Group) -> str:
    """The same for a member in the group, who was not let go."""
    return render(
        "own_actions", audience, group=group, levels=Level.choices, has_focus=True, oob=True
    )
