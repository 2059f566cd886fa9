"""How fast pages are, and how large: `.venv-test/bin/python -m bench.pages` prints a table.

Each page is asked for in one process, without a socket in between, as a browser does that can read what is
compressed: session, person, queries, template, compression. The database is a SQLite file of its own in a
temporary folder, with 500 groups and a person who is in half of them, a group of 10,000 lines, one of 500
members, and one whose lines are formatted, answer each other and have reactions. It takes half a minute.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.server import Server

GROUPS = 500
LINES = 10_000
MEMBERS = 500
# The lines of one page (discuss/reading/log.py).
WINDOW = 50
TIMES = 50


class Page(NamedTuple):
    name: str
    ask: Callable[..., Any]
    # Whether nothing is rendered before it is asked for.
    is_first: bool = False


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.manage("migrate", "--no-input", "-v", "0")
        server.manage("collectstatic", "--no-input", "-v", "0")
        script = "from bench.pages import measure; measure()"
        print(server.manage("shell", "-v", "0", "-c", script), flush=True)


def measure() -> None:
    """Print the table. It runs in a process with Django and the database of the server above."""
    from discuss.rendering import kept

    pages = stage()
    taken: dict[str, list[float]] = {page.name: [] for page in pages}
    # In turns, so that a moment in which the machine is busy is nobody's own.
    for _ in range(TIMES):
        for page in pages:
            if page.is_first:
                kept.forget()
            start = time.perf_counter()
            page.ask(headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
            taken[page.name].append((time.perf_counter() - start) * 1000)
    print("| page | queries | min ms | median ms | max ms | bytes | compressed |")
    print("|---|---|---|---|---|---|---|")
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            plain = page.ask()
            count = len(queries)
        compressed = page.ask(headers={"Accept-Encoding": "gzip"})
        assert plain.status_code == compressed.status_code == 200
        times = taken[page.name]
        shown = (min(times), statistics.median(times), max(times))
        print(
            f"| {page.name} | {count} | "
            + " | ".join(f"{each:.1f}" for each in shown)
            + f" | {len(plain.content):,} | {len(compressed.content):,} |"
        )


def stage() -> list[Page]:
    # Here, where Django is set up.
    from bench.stage import group_of, many_groups, rich_group_of
    from discuss.models import User

    ann, *others = User.objects.bulk_create(
        User(username=f"person-{number}") for number in range(MEMBERS)
    )
    long = group_of([ann, *others[:9]], name="A long conversation", lines=LINES)
    full = group_of([ann, *others], name="A full house", lines=100)
    rich = rich_group_of([*others[:6], ann], name="A feast", lines=WINDOW)
    many_groups([ann], GROUPS - 3)

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
    stranger = Client(SERVER_NAME="127.0.0.1")

    def page(name: str, path: str, client: Client = browser) -> Page:
        return Page(name, lambda **extra: client.get(path, **extra))

    here = long.get_absolute_url()
    feast = f"{WINDOW} formatted lines with quotes and reactions"
    return [
        page("log-in", "/accounts/login/", stranger),
        page(f"lobby of {GROUPS} groups", "/"),
        page("its second page", "/?page=2"),
        page("search, all match", "/?q=dinner"),
        page("search, one matches", "/?q=0123"),
        page("search, none matches", "/?q=nowhere"),
        page(f"group of {LINES:,} lines", here),
        page("its older lines", f"{here}?before={LINES // 2}"),
        page("its log alone, in a frame", f"{here}log/"),
        page(f"group of {MEMBERS} members", full.get_absolute_url()),
        page(feast, rich.get_absolute_url()),
        page(f"{feast}, the first time", rich.get_absolute_url())._replace(is_first=True),
    ]


if __name__ == "__main__":
    main()
