"""Rendered lines of the log."""

from discuss.models import Entry
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.kept import Kept
from discuss.rules.roles import MEMBER

# The characters of the longest line that is kept, and of all of them together. Most have 1,000, and one with
# markup, a quote and three reactions 5,000.
LINE_KEPT = 16_000
LINES_KEPT = 10_000_000
_kept = Kept(5_000, LINE_KEPT, LINES_KEPT)


def rendered(entry: Entry, audience: Audience, *, replaces: bool = False) -> str:
    """Return a line (fragments.line) that is rendered once until it changes: many pages lack it."""
    # Who wants no skins shares it with those whose groups have none. What nobody has hidden looks the same to
    # all.
    seen_by = audience._replace(wear_skins=True)
    seen_by = seen_by if entry.hidden_by is not None else seen_by.seeing(MEMBER)
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
        seen_by,
    )
    return _kept.rendered(
        shown,
        lambda: fragments.line(entry, seen_by, replaces=replaces),
        # What could not be rendered is tried again.
        lambda: not fragments.is_unshown(entry),
    )
