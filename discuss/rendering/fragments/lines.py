"""The log's lines, and the frames that bring them."""

import logging
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from discuss.models import Entry, Kind
from discuss.rendering.audience import Audience
from discuss.rendering.backend import Templates, wearing
from discuss.rendering.fragments.shown_line import ShownLine, avatar_of, name_of
from discuss.rendering.templates import render, rendered, seen_by, shows_ours

logger = logging.getLogger(__name__)

# How many new lines at most the announcer reads out; more would be noise.
ANNOUNCED = 3
# Lines of which the log says that they cannot be shown, each by its key and its change.
UNSHOWN_KEPT = 1_000
# Kinds of lines that this version has words for. During an update, a newer one may have written others.
KNOWN = frozenset(Kind.values)
_unshown: set[tuple[int, int]] = set()
# What stands for the rest in what is kept of a frame. No template of ours has it.
_MARK = "\0"


def line(entry: Entry, audience: Audience, *, replaces: bool = False) -> str:
    """One line of the log, from Entry.objects.for_display(); it `replaces` its earlier self, or is new.

    One that cannot be rendered, because of a theme's template or an odd text, keeps no other from its page.
    """
    if not knows_kinds(entry.kind):
        return line_unshown(entry, audience, replaces=replaces, is_unknown=True)
    try:
        with seen_by(audience):
            is_revealed = audience.sees_hidden and entry.hidden_by is not None
            shown: dict[str, Any] = {"replaces": replaces, "is_revealed": is_revealed}
            # It has a template of its own, whose faults and whose time are not those of the line's.
            shown["entry"] = ShownLine(entry, avatar=avatar_of(entry.author))
            return rendered("fragments/line", audience.skin, **shown)
    except DatabaseError:
        raise  # which is tried again
    except Exception as error:
        _tell_of_unshown(entry, error)
        return line_unshown(entry, audience, replaces=replaces)


def is_unshown(entry: Entry) -> bool:
    """Whether it could not be rendered."""
    return (entry.pk, entry.change) in _unshown


def line_unshown(
    entry: Entry, audience: Audience, *, replaces: bool = False, is_unknown: bool = False
) -> str:
    """What stands in the place of a line that cannot be rendered."""
    shown = {"replaces": replaces, "is_unknown": is_unknown}
    return render("line_unshown", audience, entry=entry, **shown)


def knows_kinds(*kinds: str) -> bool:
    """Whether this version has words for lines of these kinds."""
    return KNOWN.issuperset(kinds)


def log_moved(
    audience: Audience,
    *,
    added: Sequence[str],
    replaced: Sequence[str],
    cursor: int,
    announced: Sequence[Entry] = (),
    unsays: bool = False,
    panels: Sequence[str] = (),
) -> str:
    """All that a page lacked: rendered lines to append, lines to put in place, and its new cursor.

    It `unsays` what was announced before, where a line does not say that any more.
    """
    context: dict[str, Any] = {
        "added": added,
        "replaced": replaced,
        "cursor": cursor,
        "panels": panels,
    }
    context |= {"unsays": unsays}
    messages = [e for e in announced if not e.is_hidden and knows_kinds(e.kind)][-ANNOUNCED:]
    is_usual = not replaced and len(added) <= ANNOUNCED and all(e.is_message for e in messages)
    try:
        with seen_by(audience):
            if is_usual and shows_ours(audience.skin):
                return _usual(audience, added, panels, cursor, [_said(entry) for entry in messages])
            shown = [ShownLine(entry, said=_said(entry)) for entry in messages]
            return rendered("fragments/log_moved", audience.skin, **context, announced=shown)
    except Exception as error:
        if not messages:
            raise
        # The lines themselves are rendered already.
        _tell_of_unshown(messages[-1], error)
        return render("log_moved", audience, **context, announced=())


def _usual(
    audience: Audience,
    added: Sequence[str],
    panels: Sequence[str],
    cursor: int,
    said: Sequence[str],
) -> str:
    """Return what log_moved renders where lines are only added, and they are messages.

    For speed only (bench case small-groups): what stands around these is rendered once, not in 60 us.
    """
    around = _around(wearing(""), audience, len(added), len(panels), len(said))
    inside = map(conditional_escape, (*added, *panels, str(cursor), *said, ""))
    return "".join(chain.from_iterable(zip(around, inside, strict=True)))


@lru_cache(1_000)
def _around(
    templates: Templates, audience: Audience, added: int, panels: int, said: int
) -> list[str]:
    """Return the parts of such a frame, with so many lines and panels, and so many messages read out."""
    mark = SafeString(_MARK)
    context = {"added": [mark] * added, "panels": [mark] * panels, "cursor": mark, "replaced": ()}
    announced = [{"is_message": True, "said": mark}] * said
    html = templates.get_template("discuss/fragments/log_moved.html").render_alone(
        {**context, "announced": announced, "unsays": False}
    )
    return html.split(_MARK)


def _said(entry: Entry) -> str:
    """Return what a screen reader reads out of a message."""
    if not entry.is_message:
        return ""
    said = {"author": name_of(entry.author), "text": entry.excerpt}
    return gettext("%(author)s: %(text)s") % said


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
    place = {"cursor": cursor, "epoch": epoch, "oldest": oldest, "has_older": has_older}
    shown = {
        "lines": lines,
        "panels": panels,
        "zone": audience.time_zone,
        "sight": audience.sight,
    }
    return render("log_replaced", audience, **place, **shown)


def words_changed(audience: Audience, *, changed: Sequence[Entry]) -> str:
    """What these messages say by now, wherever a page shows their words apart from their lines."""
    return words("words_changed", audience, changed)


def words(name: str, audience: Audience, changed: Sequence[Entry], **others: Any) -> str:
    """What messages say, as this fragment shows it; one that cannot be rendered keeps no other away."""
    try:
        return render(name, audience, changed=changed, **others)
    except DatabaseError:
        raise  # which is tried again
    except Exception as error:
        if len(changed) > 1:
            return "".join(words(name, audience, [entry], **others) for entry in changed)
        _tell_of_unshown(changed[0], error)
        return words_unshown(audience, entry=changed[0])


def words_unshown(audience: Audience, *, entry: Entry) -> str:
    """What stands in the place of words that cannot be rendered."""
    return render("words_unshown", audience, entry=entry)


def words_forgotten(audience: Audience) -> str:
    """No words of messages but those of the lines, on a page that gets all of these anew."""
    return render("words_forgotten", audience)


def history_added(audience: Audience, *, lines: Sequence[str], oldest: int, has_older: bool) -> str:
    """Older lines, above the oldest that the page had."""
    return render("history_added", audience, lines=lines, oldest=oldest, has_older=has_older)


def newer_added(audience: Audience, *, lines: Sequence[str], panels: Sequence[str]) -> str:
    """Newer lines, below the newest that the page had."""
    return render("newer_added", audience, lines=lines, panels=panels)


def newest(
    audience: Audience, *, group_uuid: UUID, newest: int | None, newer_count: int | None
) -> str:
    """Where a page ends that does not show the end of the log; nothing from now on where `newest` is None."""
    context = {"group_uuid": group_uuid, "newest": newest, "newer_count": newer_count}
    return render("newest", audience, **context, oob=True)


def newer_counted(audience: Audience, *, group_uuid: UUID, newer_count: int | None) -> str:
    """How much is below such a page: the same for all that have as much below them."""
    context = {"group_uuid": group_uuid, "newer_count": newer_count}
    return render("newer_counted", audience, **context, oob=True)


def _tell_of_unshown(entry: Entry, error: Exception) -> None:
    """Log that a line cannot be rendered: once, however many pages lack it."""
    if is_unshown(entry):
        return
    if len(_unshown) >= UNSHOWN_KEPT:
        _unshown.clear()
    _unshown.add((entry.pk, entry.change))
    text = "Line %s of group %s cannot be shown."
    logger.error(text, entry.position, entry.group_id, exc_info=error)
