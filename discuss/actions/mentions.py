"""Mentions, as they are kept with the lines that they are in."""

from collections.abc import Sequence

from django.db import connection

from discuss.models import Entry, Mention
from discuss.rules.mentions import ALL, EVERYBODY, HERE


def write_mentions(lines: Sequence[Entry]) -> None:
    """Write whom new lines mention: in one statement for all of them, in none where they mention nobody.

    A line for a whole group is one row, however many people are in it.
    """
    rows = [
        (user_id, line.group_id, line.position, is_here, line.group_id, line.position)
        for line in lines
        for user_id, is_here in _whom(line)
    ]
    if not rows:
        return
    quote = connection.ops.quote_name
    mention, entry = quote(Mention._meta.db_table), quote(Entry._meta.db_table)
    with connection.cursor() as cursor:
        # Lines that were written together do not know their keys.
        cursor.executemany(
            f"INSERT INTO {mention} (entry_id, user_id, group_id, position, is_here)"  # noqa: S608
            f" SELECT id, %s, %s, %s, %s FROM {entry} WHERE group_id = %s AND position = %s",
            rows,
        )


def rewrite_mentions(*lines: Entry) -> None:
    """Write anew whom lines mention that were edited, removed or shown again."""
    changed = [line for line in lines if line.mention_names or line.edited_at]
    if changed:
        Mention.objects.filter(entry__in=changed).delete()
        write_mentions(changed)


def _whom(line: Entry) -> list[tuple[int | None, bool]]:
    """Return whom a line mentions: a person, or nobody for everybody, and whether it is for who is here."""
    if line.is_hidden or not line.mention_names:
        return []
    whom = line.mention_names.values()
    if ALL in whom:
        return [(None, False)]
    people = [(int(who), False) for who in whom if who not in EVERYBODY and who != line.author_id]
    return [*people, *([(None, True)] if HERE in whom else [])]
