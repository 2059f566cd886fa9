"""The index of messages by their words, in each of the two databases.

It knows which words a message has and not their order: so it stays small, and a phrase is looked for in the
texts (discuss/reading/search.py). Beside its words a message is kept by its group, its author and its month.

**SQLite**: a table of FTS5 that stores no text, with the primary keys of messages as its own. Whoever writes
messages writes it too: `add` and `forget`.

**PostgreSQL**: an index of the table of lines, by a function that makes words of a text. The database itself
keeps it, whoever writes: a process of the version before as well.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db import connection

from discuss.db.search_tables import CONDITION, EXPRESSION, LARGE_BITS, SIGN, SMALL_BITS, TABLE
from discuss.rules.queries import Query, Word
from discuss.rules.words import words_of

# Groups by which the index is asked; of more it is asked for lines of all groups, and they are chosen from.
# PostgreSQL is slow where one of many words is enough (20 µs a line), and quick to look at lines.
MOST_GROUPS = {"sqlite": 100, "postgresql": 2}


class Row(NamedTuple):
    """What the index knows of a message."""

    pk: int
    group_id: int
    author_id: int | None
    timestamp: datetime.datetime
    text: str


class Wanted(NamedTuple):
    """What is looked for: the query, by keys. `groups` and `authors` are those of which one has to be it."""

    query: Query
    groups: Sequence[int]
    authors: Sequence[int]
    since: datetime.datetime | None
    until: datetime.datetime | None


# --- writing: SQLite -----------------------------------------------------------------------------------


def is_written() -> bool:
    """Whether the index has to be written: PostgreSQL does so itself."""
    return connection.vendor == "sqlite"


def add(rows: Iterable[Row]) -> None:
    """Put messages into the index that are not in it."""
    sql = f"INSERT INTO {TABLE} (rowid, words) VALUES (%s, %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(row.pk, _kept(row)) for row in rows])


def forget(rows: Iterable[Row]) -> None:
    """Take messages out of the index, which were put in as they are here."""
    # It stores no text, so it has to be told what to take out (https://sqlite.org/fts5.html, section 6.5).
    sql = f"INSERT INTO {TABLE} ({TABLE}, rowid, words) VALUES ('delete', %s, %s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(row.pk, _kept(row)) for row in rows])


def known(rows: Sequence[Row]) -> set[int]:
    """Return the keys of those of these messages that are in the index."""
    if not rows:
        return set()
    months = " OR ".join({_fts(Word(f"m{SIGN}{_month(row.timestamp)}")) for row in rows})
    keys = [row.pk for row in rows]
    sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid BETWEEN %s AND %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [months, min(keys), max(keys)])
        return {pk for (pk,) in cursor.fetchall()}


def clear() -> None:
    """Take all messages out of the index."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('delete-all')")  # noqa: S608


def _kept(row: Row) -> str:
    place = [f"g{SIGN}{row.group_id}", f"m{SIGN}{_month(row.timestamp)}"]
    author = [f"a{SIGN}{row.author_id}"] if row.author_id else []
    return " ".join([*words_of(row.text), *place, *author])


def _month(moment: datetime.datetime) -> int:
    moment = moment.astimezone(datetime.UTC)
    return moment.year * 12 + moment.month - 1


# --- reading -------------------------------------------------------------------------------------------


def newest(wanted: Wanted, *, below: int | None, limit: int) -> list[int]:
    """Return the keys of the newest messages that may be found, the newest first.

    All that is found is among them. They are of lower keys than `below`. What is no message, is hidden or
    stands in another order may be among them, too.
    """
    if connection.vendor == "sqlite":
        return _newest_of_sqlite(wanted, below, limit)
    return _newest_of_postgresql(wanted, below, limit)


def _needed(wanted: Wanted) -> list[list[tuple[Word, ...]]]:
    """Return what has to be there: of each list one, and all words of that."""
    needed = [term.ways() for term in wanted.query.terms]
    for letter, keys in (("g", wanted.groups), ("a", wanted.authors)):
        if keys and len(keys) <= MOST_GROUPS[connection.vendor]:
            needed.append([(Word(f"{letter}{SIGN}{key}"),) for key in keys])
    months = list(_months(wanted))
    if months:
        needed.append([(month,) for month in months])
    # Of somebody in more groups than that, every message may be wanted.
    return needed or [[(Word(f"m{SIGN}", is_beginning=True),)]]


def _months(wanted: Wanted) -> Iterable[Word]:
    """Yield the months that count; whole decades of months by their beginnings."""
    if wanted.since is None and wanted.until is None:
        return
    first = _month(wanted.since) if wanted.since else 0
    last = _month(wanted.until) if wanted.until else _month(datetime.datetime.now(datetime.UTC)) + 1
    # No message is older than the first computers that had it, and none is from the future.
    first, last = max(first, 1970 * 12), min(last, 3000 * 12)
    while first <= last:
        for size in (1000, 100, 10, 1):
            if first % size == 0 and first + size - 1 <= last:
                digits = str(first // size)
                yield Word(f"m{SIGN}{digits}", is_beginning=size > 1)
                first += size
                break


def _newest_of_sqlite(wanted: Wanted, below: int | None, limit: int) -> list[int]:
    words = " AND ".join(
        f"({' OR '.join(_all(way, ' AND ', _fts) for way in ways)})" for ways in _needed(wanted)
    )
    sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s"  # noqa: S608
    values: list[str | int] = [words]
    if below is not None:
        sql, values = f"{sql} AND rowid < %s", [*values, below]
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY rowid DESC LIMIT %s", [*values, limit])
        return [pk for (pk,) in cursor.fetchall()]


def _newest_of_postgresql(wanted: Wanted, below: int | None, limit: int) -> list[int]:
    words = " & ".join(
        f"({' | '.join(_all(way, ' & ', _lexeme) for way in ways)})" for ways in _needed(wanted)
    )
    # Apart, so that no other index is tried: that of keys would try the function on line after line.
    sql = (
        f"WITH found AS MATERIALIZED (SELECT id FROM discuss_entry WHERE {EXPRESSION} @@ %s::tsquery"  # noqa: S608
        f" AND {CONDITION} AND id < %s AND group_id = ANY(%s))"
        " SELECT id FROM found ORDER BY id DESC LIMIT %s"
    )
    found: list[int] = []
    with connection.cursor() as cursor:
        if below is None:
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM discuss_entry")
            (below,) = cursor.fetchone()
        for asked, lowest in _blocks(words, below or 1, is_of_old=wanted.until is not None):
            values = [asked, below, list(wanted.groups), limit - len(found)]
            cursor.execute(sql, values)
            found += [pk for (pk,) in cursor.fetchall()]
            below = lowest
            if len(found) >= limit:
                break
    return found


def _blocks(words: str, below: int, *, is_of_old: bool) -> Iterator[tuple[str, int]]:
    """Yield what is asked for one after the other, each with the key that it reaches down to.

    Of a common word the newest blocks have enough, so that only a part of its lines is looked at.
    """
    for letter, bits in () if is_of_old else (("b", SMALL_BITS), ("c", LARGE_BITS)):
        block = (below - 1) >> bits
        if block > 0:
            newest = f"'{letter}{SIGN}{block}' | '{letter}{SIGN}{block - 1}'"
            yield f"{words} & ({newest})", (block - 1) << bits
    yield words, 0


def _all(way: Iterable[Word], sign: str, written: Callable[[Word], str]) -> str:
    return f"({sign.join(map(written, way))})"


def _fts(word: Word) -> str:
    return f'"{word.text}"{" *" if word.is_beginning else ""}'


def _lexeme(word: Word) -> str:
    return f"'{word.text}'{':*' if word.is_beginning else ''}"
