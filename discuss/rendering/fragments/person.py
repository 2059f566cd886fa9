"""What is a person's own on every page of theirs: the list of their groups, and what is unread."""

from functools import lru_cache
from uuid import UUID

from discuss.reading.person import OwnGroups
from discuss.rendering.audience import Audience
from discuss.rendering.templates import render

# Badges and titles that are kept: people who see the same share them.
KEPT = 5_000


def own_groups_replaced(audience: Audience, *, own: OwnGroups, current: UUID | None) -> str:
    """The whole list of a person's groups anew, where `current` is the group of the page."""
    return render("own_groups_replaced", audience, own=own, current=current, oob=True)


@lru_cache(KEPT)
def unread_changed(audience: Audience, *, uuid: UUID, unread: str) -> str:
    """How many messages of a group are unread, beside it in the list."""
    return render("unread_changed", audience, uuid=uuid, unread=unread, oob=True)


@lru_cache(KEPT)
def title_changed(audience: Audience, *, title: str, unread: str) -> str:
    """The title of the tab and its icon: of a page of this title, with so many unread messages in all."""
    return render("title_changed", audience, title=title, unread=unread)


def end_renewed(audience: Audience, *, position: int) -> str:
    """The end of the log, which says once that it is in sight; it stands for this position."""
    return render("end_renewed", audience, position=position, oob=True)
