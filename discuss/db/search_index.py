"""The index of messages by their words, in each of the two databases.

It knows which words a message has and not their order: so it stays small, and a phrase is looked for in the
texts (discuss/reading/search.py). Beside its words a message is kept by its group, author, month and day.

**SQLite**: a table of FTS5 that stores no text, with the primary keys of messages as its own. It is
written by `add` and `forget` (discuss/actions/indexing.py).

**PostgreSQL**: an index of the table of lines, by a function that makes words of a text. The database itself
keeps it, whoever writes: a process of the version before as well. It notes a new message as a whole, in the
index's pending list, where searches find it. `clean_pending` moves it from there to where the messages of
each word are.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC
from typing import NamedTuple

from django.db import connection

from discuss.db.search_tables import (
    CONDITION,
    EXPRESSION,
    INDEX,
    LARGE_BITS,
    SIGN,
    SMALL_BITS,
    TABLE,
)
from discuss.rules.queries import Query, Word
from discuss.rules.words import words_of

# Groups by which the index is asked; of more it is asked for lines of all groups, and they are chosen from.
# PostgreSQL is slow where one of many words is enough (20 µs a line), and quick to look at lines.
MOST_GROUPS = {"sqlite": 100, "postgresql": 2}
# Months and days by which it is asked; where there are more, lines are chosen by their time.
MOST_TIMES = {"sqlite": 1_000, "postgresql": 12}
# Since when there may be messages, and since when there are any that somebody looks for.
FIRST = datetime.datetime(1970, 1, 1, tzinfo=UTC)
NO_EARLIER = datetime.datetime(2000, 1, 1, tzinfo=UTC)
DAY, SHORTEST = datetime.timedelta(days=1), datetime.timedelta(microseconds=1)


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


def clear() -> None:
    """Take all messages out of the index."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('delete-all')")  # noqa: S608


def _kept(row: Row) -> str:
    moment = row.timestamp.astimezone(UTC)
    place = [f"g{SIGN}{row.group_id}"]
    author = [f"a{SIGN}{row.author_id}"] if row.author_id else []
    time = [f"m{SIGN}{_month(moment)}", f"d{SIGN}{moment.toordinal()}"]
    return " ".join([*words_of(row.text), *place, *author, *time])


def _month(moment: datetime.datetime) -> int:
    """Return the number of the month, by UTC."""
    moment = moment.astimezone(UTC)
    return moment.year * 12 + moment.month - 1


def _first_of(month: int) -> datetime.datetime:
    return datetime.datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


# --- writing: PostgreSQL -------------------------------------------------------------------------------


def clean_pending() -> int:
    """Empty PostgreSQL's pending list of new messages into the index; return how many pages it had.

    Else a post does so that finds 4 MB there, and waits for it. Only the owner of an index may ask for it
    (https://www.postgresql.org/docs/current/functions-admin.html).
    """
    if is_written():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gin_clean_pending_list(oid) FROM pg_class"
            " WHERE oid = to_regclass(%s) AND pg_has_role(relowner, 'USAGE')",
            [INDEX],
        )
        return sum(pages for (pages,) in cursor.fetchall())


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
    times = _times(wanted.since, wanted.until)
    if times and len(times) <= MOST_TIMES[connection.vendor]:
        needed.append([(word,) for word in times])
    # Of somebody in more groups than that, every message may be wanted.
    return needed or [[(Word(f"m{SIGN}", is_beginning=True),)]]


def _times(since: datetime.datetime | None, until: datetime.datetime | None) -> list[Word]:
    """Return the months and days between these moments: of months that count in part, their days."""
    if since is None and until is None:
        return []
    first = (since or FIRST).astimezone(UTC)
    last = (until or datetime.datetime.now(UTC) + DAY).astimezone(UTC) - SHORTEST
    words: list[Word] = []
    month, end = _month(first), _month(last)
    if first <= FIRST:
        # Nobody wrote before, so it matters little how that is asked.
        words, month = (
            [Word(f"m{SIGN}{_month(FIRST) // 1000}", is_beginning=True)],
            _month(NO_EARLIER),
        )
    for number in range(month, end + 1):
        begin, after = _first_of(number), _first_of(number + 1)
        if begin >= first and after - SHORTEST <= last:
            words.append(Word(f"m{SIGN}{number}"))
        else:
            days = max(begin, first).toordinal(), min(after - SHORTEST, last).toordinal()
            words += [Word(f"d{SIGN}{day}") for day in range(days[0], days[1] + 1)]
    return words


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
        f" AND {CONDITION} AND id < %s AND group_id = ANY(%s)"
        ' AND "timestamp" >= %s AND "timestamp" < %s)'
        " SELECT id FROM found ORDER BY id DESC LIMIT %s"
    )
    found: list[int] = []
    with connection.cursor() as cursor:
        if below is None:
            cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM discuss_entry")
            (below,) = cursor.fetchone()
        for asked, lowest in _blocks(words, below or 1, is_of_old=wanted.until is not None):
            times = wanted.since or FIRST, wanted.until or datetime.datetime.now(UTC) + DAY
            values = [asked, below, list(wanted.groups), *times, limit - len(found)]
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
