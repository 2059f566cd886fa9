"""What people see, live: every fragment that goes over a socket is rendered here and nowhere else.

Each function renders one template of templates/discuss/fragments/, of the same name; the pages include the
same files, so the first paint and the live update cannot differ. A fragment fetches nothing: it is given
what it shows.
"""

import hashlib
import logging
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils import timezone, translation

from discuss.forms import MESSAGE_LENGTH
from discuss.models import Entry, Group
from discuss.reading.lobby import Listing
from discuss.reading.members import Members, Moves
from discuss.reading.presence import Here
from discuss.rules.text import printable

logger = logging.getLogger(__name__)

# How many new lines at most the announcer reads out; more would be noise.
ANNOUNCED = 3
# Sent drafts that one frame holds at most: three of the longest messages are less than FRAME_LIMIT.
DRAFTS_AT_ONCE = 3
# The fields of a page that tell what it has sent and was not answered.
UNANSWERED = f"#nonce, #answered, #drafts > .draft:nth-child(-n+{DRAFTS_AT_ONCE}):not(:last-child)"
# Lines of which the log says that they cannot be shown, each by its key and its change.
UNSHOWN_KEPT = 1_000
_unshown: set[tuple[int, int]] = set()
# What stands in a kept answer for its number.
_A_NUMBER = "stands-for-the-number"


class Refusal(NamedTuple):
    """A message that was refused: where it was sent, what and under which nonce, and why not."""

    group: Group
    text: str
    nonce: str
    reason: str


class Audience(NamedTuple):
    """Those who see the same bytes: one rendering serves all of them."""

    language: str
    time_zone: str

    @classmethod
    def everyone(cls) -> "Audience":
        """Until people have a language and a time zone of their own, there is one audience."""
        return cls(settings.LANGUAGE_CODE, settings.TIME_ZONE)


def line(entry: Entry, audience: Audience, *, replaces: bool = False) -> str:
    """One line of the log, from Entry.objects.dressed(); it `replaces` its earlier self, or is new.

    One that cannot be rendered, because of a theme's template or an odd text, keeps no other from its page.
    """
    try:
        return _render("line", audience, entry=entry, replaces=replaces)
    except DatabaseError:
        raise  # which is tried again
    except Exception as error:
        _tell_of_unshown(entry, error)
        return line_unshown(entry, audience, replaces=replaces)


def is_unshown(entry: Entry) -> bool:
    """Whether it could not be rendered."""
    return (entry.pk, entry.change) in _unshown


def line_unshown(entry: Entry, audience: Audience, *, replaces: bool = False) -> str:
    """What stands in the place of a line that cannot be rendered."""
    return _render("line_unshown", audience, entry=entry, replaces=replaces)


def log_moved(
    audience: Audience,
    *,
    added: Sequence[str],
    replaced: Sequence[str],
    cursor: int,
    announced: Sequence[Entry] = (),
    panels: Sequence[str] = (),
) -> str:
    """All that a page lacked: rendered lines to append, lines to put in place, and its new cursor."""
    context = {"added": added, "replaced": replaced, "cursor": cursor, "panels": panels}
    messages = [entry for entry in announced if not entry.is_hidden][-ANNOUNCED:]
    try:
        return _render("log_moved", audience, **context, announced=messages)
    except Exception as error:
        if not messages:
            raise
        # The lines themselves are rendered already.
        _tell_of_unshown(messages[-1], error)
        return _render("log_moved", audience, **context, announced=())


def log_replaced(
    audience: Audience,
    *,
    lines: Sequence[str],
    cursor: int,
    epoch: str,
    oldest: int,
    has_older: bool,
    panels: Sequence[str] = (),
) -> str:
    """The whole log anew, for a page that is too far behind. The composer stays."""
    context = {"cursor": cursor, "epoch": epoch, "oldest": oldest, "has_older": has_older}
    return _render("log_replaced", audience, lines=lines, panels=panels, **context)


def history_added(audience: Audience, *, lines: Sequence[str], oldest: int, has_older: bool) -> str:
    """Older lines, above the oldest that the page had."""
    return _render("history_added", audience, lines=lines, oldest=oldest, has_older=has_older)


def members_changed(audience: Audience, *, members: Members) -> str:
    """The whole list of members anew."""
    return _render("members_changed", audience, **members_context(members), oob=True)


def members_moved(audience: Audience, *, members: Members, moves: Moves) -> str:
    """What makes the list of members that a page shows the list `members`, row by row."""
    context = {**members_context(members), "gone": moves.gone, "arrivals": moves.arrivals}
    return _render("members_moved", audience, **context, oob=True)


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
    return _render("presence_changed", audience, **presence(here), oob=True)


def presence(here: Here) -> dict[str, Any]:
    """Return what the template of presence shows: some names, and how many there are."""
    return {"here": here.names, "here_count": here.total}


def group_renamed(audience: Audience, *, group: Group) -> str:
    """The group's name and description where its own page shows them, the title of the tab too."""
    return _render("group_renamed", audience, group=group, oob=True)


def draft(*, has_focus: bool = True) -> str:
    """A field to write the next message in: the same for everybody, in every group."""
    return _render("draft", Audience.everyone(), **composing(), has_focus=has_focus)


def unseen() -> str:
    """A sign that lines came below, until the end of the log is in sight."""
    return _render("unseen", Audience.everyone())


def at_hand() -> str:
    """All that a page takes from its browser's own cache, the same for everybody."""
    return draft() + unseen()


def at_hand_version() -> str:
    """What tells this version of it from others, in its address."""
    if settings.DEBUG:  # a designer may be changing a template
        return _version(at_hand())
    return _kept_version()


@cache
def _kept_version() -> str:
    return _version(at_hand())


def _version(html: str) -> str:
    return hashlib.sha256(html.encode()).hexdigest()[:12]


def composing() -> dict[str, Any]:
    """Return what the templates of composers need to know of the rules."""
    return {"longest": MESSAGE_LENGTH, "unanswered": UNANSWERED}


def message_answered(
    audience: Audience, *, answered: int, has_more: bool = False, refusal: Refusal | None = None
) -> str:
    """To its author: the message of this number is stored, or refused. No field is touched."""
    if refusal is not None or not answered or settings.DEBUG:
        return _message_answered(audience, answered, has_more, refusal)
    return _stored(audience, has_more).replace(_A_NUMBER, str(answered))


@cache
def _stored(audience: Audience, has_more: bool) -> str:
    """Return what answers every message that is stored, but for its number."""
    return _message_answered(audience, _A_NUMBER, has_more, None)


def _message_answered(
    audience: Audience, answered: int | str, has_more: bool, refusal: Refusal | None
) -> str:
    context = {"answered": answered, "has_more": has_more, "refusal": refusal, **composing()}
    return _render("message_answered", audience, **context)


def notice_shown(audience: Audience, *, text: str) -> str:
    """What went wrong, to the one who did it."""
    return _render("notice_shown", audience, text=printable(text), oob=True)


def status_renewed(audience: Audience) -> str:
    """The sign of life: while it keeps coming, the page does not say that it is reconnecting."""
    return _render("status_renewed", audience, oob=True)


def membership_ended(
    audience: Audience, *, group: Group | None, text: str, has_focus: bool = False
) -> str:
    """The end of a group's page for someone who is no member (any more); no `group` where it is gone."""
    return _render("membership_ended", audience, group=group, text=text, has_focus=has_focus)


def session_ended(audience: Audience, *, text: str, group_uuid: UUID | None = None) -> str:
    """The end of a page, of a group or (without `group_uuid`) the lobby, whose person is logged out."""
    return _render("session_ended", audience, text=text, group_uuid=group_uuid)


def reader_changed(audience: Audience, *, person: str, has_composer: bool) -> str:
    """The end of a page that was made for somebody else than the `person` who is logged in now."""
    return _render("reader_changed", audience, person=person, has_composer=has_composer)


def group_changed(audience: Audience, *, group: Group) -> str:
    """What the lobby says of a group, from Group.objects.listed()."""
    return _render("group_changed", audience, group=group, oob=True)


def group_added(audience: Audience, *, group: Group, after: Group | None) -> str:
    """A new row of the lobby, below the row of `after` or at the top, for people who are not in it."""
    return _render("group_added", audience, group=group, after=after)


def group_removed(audience: Audience, *, group: Group) -> str:
    return _render("group_removed", audience, group=group)


def membership_changed(
    audience: Audience,
    *,
    group: Group,
    is_member: bool,
    has_focus: bool = False,
    is_refused: bool = False,
) -> str:
    """A person's own buttons beside a group: Join, or Open and Leave. The actor's gets the focus.

    Where leaving `is_refused`, they are the same ones anew, with the question closed.
    """
    context = {"group": group, "is_member": is_member, "has_focus": has_focus}
    return _render("membership_changed", audience, **context, is_refused=is_refused, oob=True)


def own_actions(audience: Audience, *, group: Group) -> str:
    """The same for a member in the group, who was not let go."""
    return _render("own_actions", audience, group=group, has_focus=True, oob=True)


def group_list_replaced(audience: Audience, *, listing: Listing) -> str:
    """One page of the lobby's list anew."""
    return _render("group_list_replaced", audience, listing=listing, oob=True)


def _tell_of_unshown(entry: Entry, error: Exception) -> None:
    """Log that a line cannot be rendered: once, however many pages lack it."""
    if is_unshown(entry):
        return
    if len(_unshown) >= UNSHOWN_KEPT:
        _unshown.clear()
    _unshown.add((entry.pk, entry.change))
    text = "Line %s of group %s cannot be shown."
    logger.error(text, entry.position, entry.group_id, exc_info=error)


def _render(name: str, audience: Audience, **context: Any) -> str:
    template, zone = f"discuss/fragments/{name}.html", ZoneInfo(audience.time_zone)
    if translation.get_language() == audience.language and timezone.get_current_timezone() == zone:
        # To switch to what is active already would take as long as to render the shortest of them.
        return render_to_string(template, context)
    with translation.override(audience.language), timezone.override(zone):
        return render_to_string(template, context)
