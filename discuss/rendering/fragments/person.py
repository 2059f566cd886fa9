"""What is a person's own on every page of theirs: the list of their groups, and what is unread."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from django.conf import settings
from django.utils.html import escape

from discuss.reading.last_lines import LastLine
from discuss.reading.person import OwnGroups, Row
from discuss.rendering.audience import Audience
from discuss.rendering.templates import render, told
from discuss.rules.text import Text
from discuss.site import site

# What stands in kept badges and titles for a group, a number and a title: many are written each second.
_A_GROUP = "stands-for-the-group"
_A_NUMBER = "stands-for-the-number"
_A_TITLE = "stands-for-the-title"


def own_groups_replaced(audience: Audience, *, own: OwnGroups, rows: Sequence[str]) -> str:
    """The whole list of a person's groups anew: its rendered rows."""
    return render("own_groups_replaced", audience, own=own, rows=rows, oob=True)


def own_row(audience: Audience, *, row: Row, is_current: bool, day: str) -> str:
    """One of a person's groups; in the lobby with its last line, where `day` is today."""
    return render("own_row", audience, row=row, is_current=is_current, day=day)


def last_line_changed(
    audience: Audience, *, uuid: UUID, last: LastLine | None, description: str, day: str
) -> str:
    """The last line of one of a person's groups in the lobby, and its time; or the description."""
    context = {"uuid": uuid, "last": last, "description": description, "day": day}
    return render("last_line_changed", audience, **context, oob=True)


def unread_changed(audience: Audience, *, uuid: UUID, unread: str) -> str:
    """How many messages of a group are unread, beside it in the list."""
    if settings.DEBUG:  # a designer may be changing the template
        return render("unread_changed", audience, uuid=uuid, unread=unread, oob=True)
    html = _badge(audience, bool(unread))
    return html.replace(_A_GROUP, str(uuid)).replace(_A_NUMBER, unread)


def title_changed(audience: Audience, *, title: Text, unread: str) -> str:
    """The title of the tab and its icon: of a page of this title, with so many unread messages in all."""
    if settings.DEBUG:
        return render("title_changed", audience, title=title, unread=unread)
    html = _title(audience, bool(unread), site.name)
    return html.replace(_A_NUMBER, unread).replace(_A_TITLE, escape(told(title, audience)))


@cache
def _badge(audience: Audience, has_unread: bool) -> str:
    """Return what every badge looks like, but for its group and its number."""
    unread = _A_NUMBER if has_unread else ""
    return render("unread_changed", audience, uuid=_A_GROUP, unread=unread, oob=True)


@cache
def _title(audience: Audience, has_unread: bool, site_name: str) -> str:
    """Return what every title and icon look like, but for their words."""
    unread = _A_NUMBER if has_unread else ""
    return render("title_changed", audience, title=_A_TITLE, unread=unread)


def end_renewed(audience: Audience, *, position: int) -> str:
    """The end of the log, which says once that it is in sight; it stands for this position."""
    return render("end_renewed", audience, position=position, oob=True)
