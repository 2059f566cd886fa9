"""Rendered lines of the log."""

from discuss.models import Entry
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.kept import Kept

# The characters of the longest line that is kept; most have 500.
LINE_KEPT = 2_000
_kept = Kept(5_000, LINE_KEPT)


def rendered(entry: Entry, audience: Audience, *, replaces: bool = False) -> str:
    """Return a line (fragments.line) that is rendered once until it changes: many pages lack it."""
    people = [person and person.name for person in (entry.author, entry.subject)]
    before = entry.previous_kind, entry.previous_author_id, entry.previous_timestamp
    # The epoch, because databases can be exchanged.
    shown = (
        entry.pk,
        entry.change,
        entry.epoch,
        entry.timestamp,
        *before,
        *people,
        # What it quotes changes by a number of the line's own, but of very many replies later.
        entry.quoted_author,
        entry.quoted_text,
        entry.quoted_hidden_at,
        replaces,
        audience,
    )
    return _kept.rendered(
        shown,
        lambda: fragments.line(entry, audience, replaces=replaces),
        # What could not be rendered is tried again.
        lambda: not fragments.is_unshown(entry),
    )
