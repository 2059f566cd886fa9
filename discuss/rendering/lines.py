"""Rendered lines of the log, kept until something that they show changes: for pages and frames alike."""

from django.conf import settings

from discuss.models import Entry
from discuss.rendering import fragments
from discuss.rendering.audience import Audience

# Rendered lines that are kept, and the characters of the longest of them; most have 500.
LINES_KEPT = 5_000
LINE_KEPT = 2_000
_kept: dict[tuple[object, ...], str] = {}


def rendered(entry: Entry, audience: Audience, *, replaces: bool = False) -> str:
    """Return a line (fragments.line) that is rendered once until it changes: many pages lack it."""
    people = [person and person.name for person in (entry.author, entry.subject)]
    before = entry.previous_kind, entry.previous_author_id, entry.previous_timestamp
    # All that a line shows or that decides how it looks; the epoch, because databases can be exchanged.
    key = (
        entry.pk,
        entry.change,
        entry.epoch,
        entry.timestamp,
        *before,
        *people,
        replaces,
        audience,
    )
    html = _kept.get(key)
    if html is None:
        html = fragments.line(entry, audience, replaces=replaces)
        # A designer may be changing the template; and memory is not for whoever writes the longest lines.
        # What could not be rendered is tried again.
        if settings.DEBUG or len(html) > LINE_KEPT or fragments.is_unshown(entry):
            return html
        if len(_kept) >= LINES_KEPT:
            _kept.clear()
        _kept[key] = html
    return html
