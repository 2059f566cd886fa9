"""What is a person's own on every page of theirs: the list of their groups, and what is unread."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from django.conf import settings
from django.utils.html import escape

from discuss.reading.held import HeldHere
from discuss.reading.last_lines import LastLine
from discuss.reading.own_groups import OwnGroups, Row
from discuss.reading.sanctions import Sanction
from discuss.rendering.audience import Audience
from discuss.rendering.templates import render, told
from discuss.rules.text import Text
from discuss.site import site

# What stands in kept badges and titles for a group, its numbers and a title: many are written each second.
_A_GROUP = "stands-for-the-group"
_A_NUMBER = "stands-for-the-number"
_MENTIONS = "stands-for-the-mentions"
_A_TITLE = "stands-for-the-title"


def own_groups_replaced(audience: Audience, *, own: OwnGroups, rows: Sequence[str]) -> str:
    """The whole list of a person's groups anew: its rendered rows."""
    return render("own_groups_replaced", audience, own=own, rows=rows, oob=True)


def sanctions_changed(audience: Audience, *, group_uuid: UUID, sanction: Sanction) -> str:
    """What keeps the person from writing in the group of the page: until when, and what they have to read."""
    context = {"group_uuid": group_uuid, "sanction": sanction}
    return render("sanctions_changed", audience, **context, oob=True)


def held_shown(audience: Audience, *, group_uuid: UUID, held: HeldHere) -> str:
    """What of theirs waits in the group of the page for a moderator, and how many messages wait for them."""
    return render("held_shown", audience, group_uuid=group_uuid, held=held, oob=True)


def own_row(audience: Audience, *, row: Row, is_current: bool, day: str) -> str:
    """One of a person's groups; in the lobby with its last line, where `day` is today."""
    return render("own_row", audience, row=row, is_current=is_current, day=day)


def last_line_changed(
    audience: Audience, *, uuid: UUID, last: LastLine | None, description: str, day: str
) -> str:
    """The last line of one of a person's groups in the lobby, and its time; or the description."""
    context = {"uuid": uuid, "last": last, "description": description, "day": day}
    return render("last_line_changed", audience, **context, oob=True)


def draft_shown(audience: Audience, *, uuid: UUID, has_draft: bool) -> str:
    """Whether the person has a draft in one of their groups, in the list."""
    return render("draft_shown", audience, uuid=uuid, has_draft=has_draft, oob=True)


def unread_changed(audience: Audience, *, uuid: UUID, unread: str, mentions: str = "") -> str:
    """How many messages of a group are unread, and how many of them mention the person, in the list."""
    if settings.DEBUG:  # a designer may be changing the template
        counts = {"unread": unread, "mentions": mentions}
        return render("unread_changed", audience, uuid=uuid, **counts, oob=True)
    html = _badge(audience, *_standing_for(unread, mentions))
    return _with_numbers(html.replace(_A_GROUP, str(uuid)), unread, mentions)


def title_changed(audience: Audience, *, title: Text, unread: str, mentions: str = "") -> str:
    """The title of the tab and its icon: of a page of this title, with so many unread messages in all."""
    if settings.DEBUG:
        return render("title_changed", audience, title=title, unread=unread, mentions=mentions)
    html = _title(audience, *_standing_for(unread, mentions), site.name)
    return _with_numbers(html, unread, mentions).replace(_A_TITLE, escape(told(title, audience)))


def mentions_counted(audience: Audience, *, mentions: str) -> str:
    """How many unread lines mention the person, in all groups."""
    return render("mentions_counted", audience, mentions=mentions, oob=True)


def sound_played(audience: Audience) -> str:
    """A short sound, because somebody mentioned the person."""
    return render("sound_played", audience)


def _standing_for(unread: str, mentions: str) -> tuple[str, str]:
    """Return what stands in kept fragments for these numbers: the same for both where they are the same."""
    stands = _A_NUMBER if unread else ""
    return stands, (stands if mentions == unread else _MENTIONS) if mentions else ""


def _with_numbers(html: str, unread: str, mentions: str) -> str:
    return html.replace(_A_NUMBER, unread).replace(_MENTIONS, mentions)


@cache
def _badge(audience: Audience, unread: str, mentions: str) -> str:
    """Return what every badge looks like, but for its group and its numbers."""
    counts = {"unread": unread, "mentions": mentions}
    return render("unread_changed", audience, uuid=_A_GROUP, **counts, oob=True)


@cache
def _title(audience: Audience, unread: str, mentions: str, site_name: str) -> str:
    """Return what every title and icon look like, but for their words."""
    return render("title_changed", audience, title=_A_TITLE, unread=unread, mentions=mentions)


def end_renewed(audience: Audience, *, position: int) -> str:
    """The end of the log, which says once that it is in sight; it stands for this position."""
    return render("end_renewed", audience, position=position, oob=True)
