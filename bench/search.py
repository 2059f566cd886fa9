"""How fast messages are found: `.venv-test/bin/python -m bench.search [LINES]` prints two tables.

For SQLite and for PostgreSQL it makes a database of LINES messages (1,000,000 unless said otherwise) in a
temporary folder, in 100 groups, of made-up words that are as common and as rare as those of a language. It
prints how large the index is beside the texts, what each kind of search takes from the query to the hits of a
page, for somebody in 20 of the groups, and what posting takes with the index and without it. It takes about
five minutes.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate, batched
from pathlib import Path

from django.db import connection, transaction

from deploy.cluster.postgres import Postgres
from tests.server import Server

LINES = 1_000_000
GROUPS = 100
OWN_GROUPS = 20
PEOPLE = 1_000
WORDS = 60_000
TIMES = 15
POSTS = 400
AT_ONCE = 10_000
BEGIN = datetime(2023, 1, 1, tzinfo=UTC)


def main() -> None:
    lines = sys.argv[1] if len(sys.argv) > 1 else str(LINES)
    for name, kept in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        if len(sys.argv) > 2 and sys.argv[2].lower() != name.lower():
            continue
        print(f"\n{name}\n", flush=True)
        with tempfile.TemporaryDirectory() as folder, kept(Path(folder)) as server:
            server.environment |= {"SEARCH_LINES": lines}
            server.manage("migrate", "--no-input", "-v", "0")
            script = "from bench.search import measure; measure()"
            print(server.manage("shell", "-v", "0", "-c", script), flush=True)


@contextmanager
def _sqlite(folder: Path) -> Iterator[Server]:
    yield Server(folder)


@contextmanager
def _postgresql(folder: Path) -> Iterator[Server]:
    postgres = Postgres(folder)
    try:
        postgres.start()
        server = Server(folder)
        server.environment |= {"DATABASE_URL": postgres.url}
        yield server
    finally:
        postgres.close()


# --- in a process with Django and the database of the server above ------------------------------------------


def measure() -> None:
    from discuss.models import User

    dice = random.Random(4)
    vocabulary = _vocabulary(dice)
    seconds = -time.perf_counter()
    fill(int(os.environ["SEARCH_LINES"]), vocabulary, dice)
    seconds += time.perf_counter()
    texts, index = sizes()
    print(f"texts {texts / 1e6:.1f} MB, index {index / 1e6:.1f} MB ({index / texts:.0%})", end="")
    print(f"; made in {seconds:.0f} s\n")
    ann = User.objects.get(username="person-0")
    print("| search | number found | median ms | worst ms |\n|---|---|---|---|")
    for name, typed in searches(vocabulary, dice).items():
        times, counts = zip(*(_timed(ann, each) for each in typed), strict=True)
        count = statistics.median(counts)
        print(f"| {name} | {count:g} | {statistics.median(times):.1f} | {max(times):.1f} |")
    print("\n| | with the index | without | |\n|---|---|---|---|")
    for name, (with_index, without) in posting(ann, vocabulary, dice).items():
        print(
            f"| {name} | {with_index:.3f} ms | {without:.3f} ms | {with_index / without - 1:+.0%} |"
        )


def searches(vocabulary: "Vocabulary", dice: random.Random) -> dict[str, list[str]]:
    """Return what is searched for, several of each kind."""

    def some(first: int, last: int) -> Iterator[str]:
        while True:
            yield vocabulary.words[dice.randrange(first, last)]

    rare, usual, common = some(20_000, WORDS), some(500, 3000), some(0, 30)
    kinds: dict[str, Callable[[], str]] = {
        "a rare word": lambda: f'"{next(rare)}"',
        "a word": lambda: next(usual),
        "a common word": lambda: next(common),
        "two words": lambda: f"{next(usual)} {next(common)}",
        "two common words": lambda: f"{next(common)} {next(common)}",
        "a phrase": lambda: f'"{next(usual)} {next(common)}"',
        "a phrase of common words": lambda: f'"{next(common)} {next(common)}"',
        "a beginning (wor*)": lambda: f"{next(usual)[:3]}*",
        "a word from somebody": lambda: f"{next(usual)} from:person-{dice.randrange(PEOPLE)}",
        "all from somebody": lambda: f"from:person-{dice.randrange(PEOPLE)}",
        "a common word in a group": lambda: f"{next(common)} in:group-{dice.randrange(OWN_GROUPS)}",
        "a word of a month": lambda: f"{next(usual)} after:2023-03-31 before:2023-05-01",
        "a common word of a month": lambda: f"{next(common)} after:2023-03-31 before:2023-05-01",
        "a word that there is not": lambda: "nosuchthing",
    }
    return {name: [make() for _ in range(TIMES)] for name, make in kinds.items()}


def _timed(user: object, typed: str) -> tuple[float, int]:
    from discuss.reading.search import newest_hits, read_scope
    from discuss.rules.queries import read_query

    begin = time.perf_counter()
    results = newest_hits(read_scope(user), read_query(typed))  # type: ignore[arg-type]
    return (time.perf_counter() - begin) * 1000, results.count


def posting(
    user: object, vocabulary: "Vocabulary", dice: random.Random
) -> dict[str, tuple[float, float]]:
    """Return the milliseconds that a message takes to be posted, with the index and without.

    The time of our process says more than the other where a machine is busy; the database's own is in it
    with SQLite alone.
    """
    from discuss import actions
    from discuss.db import search_tables
    from discuss.models import Membership

    member = Membership.objects.select_related("user", "group").filter(user=user).first()  # type: ignore[misc]
    assert member

    def post() -> tuple[float, float]:
        text, nonce = vocabulary.text(dice), actions.new_nonce()
        begin, computed = time.perf_counter(), time.process_time()
        actions.post_message(member, text=text, nonce=nonce)
        now, all_computed = time.perf_counter(), time.process_time()
        return (now - begin) * 1000, (all_computed - computed) * 1000

    # The first ones fill what is kept in this process and in the database's.
    for _ in range(POSTS):
        post()
    while actions.index_new():
        pass
    actions.index_pending()
    without = [post() for _ in range(POSTS)]
    # Afterwards, many at a time, as the hub does it: its time is that of a message.
    begin, computed = time.perf_counter(), time.process_time()
    while actions.index_new():
        pass
    actions.index_pending()
    more = time.perf_counter() - begin, time.process_time() - computed
    wall, own = (seconds * 1000 / POSTS for seconds in more)
    with_index = [(each[0] + wall, each[1] + own) for each in without]
    if connection.vendor == "postgresql":
        # It has noted each message while that was posted.
        search_tables.drop(connection)
        without = [post() for _ in range(POSTS)]
    names = "a message posted and indexed: median", "mean", "mean of our process"
    how = ((statistics.median, 0), (statistics.mean, 0), (statistics.mean, 1))
    return {
        name: (mean(each[n] for each in with_index), mean(each[n] for each in without))
        for name, (mean, n) in zip(names, how, strict=True)
    }


def sizes() -> tuple[int, int]:
    """Return the bytes of all texts and of the index."""
    from discuss.db import search_tables

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sum(length(CAST(text AS BLOB))) FROM discuss_entry")
            (texts,) = cursor.fetchone()
            cursor.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name LIKE %s", [f"{search_tables.TABLE}%"]
            )
        else:
            cursor.execute("SELECT sum(octet_length(text)) FROM discuss_entry")
            (texts,) = cursor.fetchone()
            cursor.execute(f"SELECT pg_relation_size('{search_tables.INDEX}')")
        return int(texts), int(cursor.fetchone()[0])


class Vocabulary:
    """Words, the most common first: each as common as its rank says (Zipf's law)."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))

    def text(self, dice: random.Random) -> str:
        count = min(200, max(1, round(dice.lognormvariate(2.2, 0.8))))
        return " ".join(dice.choices(self.words, cum_weights=self._weights, k=count))


def _vocabulary(dice: random.Random) -> Vocabulary:
    syllables = [
        a + b for a in "bcdfghklmnprstvwz" for b in ("a", "e", "i", "o", "u", "an", "er", "is")
    ]
    words: dict[str, None] = {}
    while len(words) < WORDS:
        # Common words are short.
        count = min(4, 1 + len(words) // 60 if len(words) < 180 else dice.choice((2, 3, 3, 4)))
        words["".join(dice.choices(syllables, k=count))] = None
    return Vocabulary(list(words))


def fill(lines: int, vocabulary: Vocabulary, dice: random.Random) -> None:
    """Make people, groups, and so many messages of three years."""
    from discuss.db import search_index, search_tables
    from discuss.models import Entry, Group, IndexProgress, Membership, User

    people = User.objects.bulk_create(User(username=f"person-{n}") for n in range(PEOPLE))
    groups = Group.objects.bulk_create(Group(name=f"group-{n}", head=lines) for n in range(GROUPS))
    Membership.objects.bulk_create(Membership(group=g, user=people[0]) for g in groups[:OWN_GROUPS])
    if connection.vendor == "postgresql":
        # As an update finds it: the messages are there, and then the index is made.
        search_tables.drop(connection)
    step = timedelta(days=3 * 365) / lines
    for numbers in batched(range(1, lines + 1), AT_ONCE):
        made = [
            Entry(
                pk=number,
                group=groups[min(int(dice.expovariate(8) * GROUPS), GROUPS - 1)],
                author=dice.choice(people),
                kind="message",
                position=number,
                change=number,
                timestamp=BEGIN + number * step,
                text=vocabulary.text(dice),
            )
            for number in numbers
        ]
        with transaction.atomic():
            _write(made)
            if search_index.is_written():
                search_index.add(
                    search_index.Row(e.pk, e.group_id, e.author_id, e.timestamp, e.text)
                    for e in made
                )
    IndexProgress.objects.update_or_create(pk=1, defaults={"upto": lines})
    if connection.vendor == "postgresql":
        search_tables.create(connection)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('discuss_entry', 'id'), %s)", [lines]
            )
            cursor.execute("ANALYZE")


def _write(made: "Sequence[object]") -> None:
    """Write lines in the quickest way."""
    from discuss.models import Entry

    names = ("id", "group_id", "author_id", "kind", "position", "change", "timestamp", "text")
    rows = [[getattr(entry, name) for name in names] for entry in made]
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            places = ", ".join(["%s"] * len(names))
            insert = f"INSERT INTO {Entry._meta.db_table} ({columns}) VALUES ({places})"  # noqa: S608
            cursor.executemany(insert, rows)
        else:
            with cursor.copy(f"COPY {Entry._meta.db_table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


if __name__ == "__main__":
    main()
