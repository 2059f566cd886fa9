"""How connections to PostgreSQL are best kept: `.venv-test/bin/python -m bench.postgres_connections`.

It starts a PostgreSQL and the real server of its own on free ports of the loopback, and prints a table. For
each arrangement it measures
- crossings into a worker thread that read one row, and messages posted through the actors' threads, into
  8 groups, 8 at a time,
- a group's page over HTTP, 8 people at a time,
- what each of these cost in CPU time, in our process and in PostgreSQL together, which says more than the
  rates where a machine is busy with other things too,
- PostgreSQL away for AWAY seconds, under both: how many crossings and pages failed, until when, and how long
  the slowest page took.

It takes about four minutes.
"""

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.crossings import AT_ONCE, SECONDS, WATCHED
from bench.rate import Rate, cpu_of, rate_of
from deploy.cluster.postgres import Postgres
from tests.server import TOP, Server

# Seconds that PostgreSQL is away, of those that are watched.
AWAY = 2.0

ARRANGEMENTS = {
    "kept by each worker thread, new for each request": "no-pool",
    "kept, not checked before use": "no-pool unchecked",
    "a pool for everything, given back after each crossing (as it is)": "",
    "a pool, not checked before use": "unchecked",
    "new for each crossing and request": "no-pool close",
}
COLUMNS = (
    *("crossings/s", "p99", "CPU"),
    *("posts/s", "p99", "CPU"),
    *("pages/s", "median", "p99", "CPU"),
    "PostgreSQL away",
)


def main() -> None:
    print(f"| arrangement | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}")
    with tempfile.TemporaryDirectory() as folder, serving_database(Path(folder)) as postgres:
        server = Server(Path(folder))
        server.environment |= {"DATABASE_URL": postgres.url, "POSTGRES": str(postgres.pid)}
        server.manage("migrate", "--no-input", "-v", "0")
        server.manage("collectstatic", "--no-input", "-v", "0")
        session, page = inside(server, "prepare")
        for name, words in ARRANGEMENTS.items():
            server.environment |= {
                "ARRANGEMENT": words,
                "DJANGO_SETTINGS_MODULE": "bench.arrangement",
            }
            crossings, posts = (Rate(*each) for each in inside(server, "crossings"))
            with running(server):
                pages, broken = ask_pages(server, postgres, session, page, SECONDS)
                assert not broken, broken
                told = take_away(postgres, server, session, page)
                # It is another process now.
                server.environment["POSTGRES"] = str(postgres.pid)
            cells = [name, *crossings.cells(), *posts.cells(), *pages.cells(median=True), told]
            print(f"| {' | '.join(cells)} |", flush=True)


@contextmanager
def running(server: Server) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()


@contextmanager
def serving_database(folder: Path) -> Iterator[Postgres]:
    postgres = Postgres(folder)
    try:
        postgres.start()
        yield postgres
    finally:
        postgres.close()


# --- pages, from outside ----------------------------------------------------------------------------


class Broken(NamedTuple):
    """A page that failed: when it ended (time.monotonic), and why."""

    when: float
    why: str


def ask_pages(
    server: Server, postgres: Postgres, session: str, page: str, seconds: float
) -> tuple[Rate, list[Broken]]:
    """Ask for the page as AT_ONCE people do, each over a connection that stays open."""
    taken: list[float] = []
    broken: list[Broken] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        while time.monotonic() < end:
            client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            try:
                while time.monotonic() < end:
                    begin = time.monotonic()
                    client.request("GET", page, headers={"Cookie": f"discussit_session={session}"})
                    answer = client.getresponse()
                    answer.read()
                    taken.append(time.monotonic() - begin)
                    if answer.status != 200:
                        broken.append(Broken(time.monotonic(), str(answer.status)))
                        time.sleep(0.05)
            except OSError as error:
                broken.append(Broken(time.monotonic(), repr(error)))
            finally:
                client.close()

    people = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    before = cpu_of(server.pid, postgres.pid)
    for person in people:
        person.start()
    for person in people:
        person.join()
    return rate_of(taken, seconds, cpu_of(server.pid, postgres.pid) - before), broken


def take_away(postgres: Postgres, server: Server, session: str, page: str) -> str:
    """Take PostgreSQL away for a while, under pages and crossings; say what failed and until when."""
    watcher = subprocess.Popen(command("watch"), cwd=TOP, env=server.environment, **piped())
    assert watcher.stdout is not None
    watcher.stdout.readline()  # it has begun
    found: list[Broken] = []
    slowest: list[float] = []

    def ask() -> None:
        rate, broken = ask_pages(server, postgres, session, page, WATCHED - 2)
        found.extend(broken)
        slowest.append(rate.slowest)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(2)
    postgres.stop()
    time.sleep(AWAY)
    postgres.start()
    back = time.monotonic()
    asking.join()
    out, _ = watcher.communicate()
    crossings = [float(when) for when in json.loads(out.splitlines()[-1])]
    return (
        f"crossings: {len(crossings)} failed, {after(back, crossings)}; "
        f"pages: {len(found)} failed, {after(back, [each.when for each in found])}, "
        f"slowest {slowest[0]:.1f} s"
    )


def after(back: float, failures: list[float]) -> str:
    late = [when - back for when in failures if when > back]
    return (
        f"{len(late)} of them up to {max(late):.1f} s after it was back" if late else "none after"
    )


# --- crossings, in a process of their own -----------------------------------------------------------


def command(part: str) -> list[str]:
    return [sys.executable, "-m", "bench.crossings", part]


def piped() -> dict[str, Any]:
    return {"stdout": subprocess.PIPE, "stdin": subprocess.DEVNULL, "text": True}


def inside(server: Server, part: str) -> Any:
    done = subprocess.run(command(part), cwd=TOP, env=server.environment, check=True, **piped())
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
