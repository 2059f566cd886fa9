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

import asyncio
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from deploy.cluster.postgres import Postgres
from tests.server import TOP, Server

SECONDS = 5.0
AT_ONCE = 8
# Seconds that PostgreSQL is away, and that are watched in all.
AWAY = 2.0
WATCHED = 20.0

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


class Rate(NamedTuple):
    """How many were done in a second; the rest is in seconds. `cpu` is what each took."""

    per_second: float
    median: float
    p99: float
    slowest: float
    cpu: float

    def cells(self, *, median: bool = False) -> list[str]:
        times = [*([self.median] if median else []), self.p99, self.cpu]
        return [f"{self.per_second:,.0f}", *(f"{each * 1000:.1f} ms" for each in times)]


def rate_of(taken: list[float], seconds: float, cpu: float) -> Rate:
    """`taken` are the seconds that each took, `seconds` how long all did, `cpu` what all took."""
    ordered = sorted(taken)
    p99 = ordered[len(ordered) * 99 // 100]
    each = cpu / len(ordered)
    return Rate(len(taken) / seconds, statistics.median(ordered), p99, ordered[-1], each)


def cpu_of(*pids: int) -> float:
    """Return the seconds of CPU that these processes and their children have used (proc(5))."""
    used: dict[int, int] = {}
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            number = int(stat.parent.name)
            parents[number] = int(fields[1])
            # Those of children that have ended are in the parent's.
            used[number] = sum(map(int, fields[11:15]))
    ticks = sum(used[n] for n in used if n in pids or parents[n] in pids)
    return ticks / os.sysconf("SC_CLK_TCK")


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


# --- inside: crossings, in a process with the arrangement's settings --------------------------------


def command(part: str) -> list[str]:
    return [sys.executable, "-m", "bench.postgres_connections", part]


def piped() -> dict[str, Any]:
    return {"stdout": subprocess.PIPE, "stdin": subprocess.DEVNULL, "text": True}


def inside(server: Server, part: str) -> Any:
    done = subprocess.run(command(part), cwd=TOP, env=server.environment, check=True, **piped())
    return json.loads(done.stdout.splitlines()[-1])


def prepare() -> tuple[str, str]:
    """Make AT_ONCE groups of 60 lines and return a session and the path of a group."""
    from django.test import Client

    from discuss import actions
    from discuss.models import User

    ann = User.objects.create_user("ann")
    for number in range(AT_ONCE):
        group = actions.create_group(ann, name=f"Group {number}")
        member = ann.memberships.get(group=group)
        for line in range(60):
            actions.post_message(member, text=f"Line {line}", nonce=actions.new_nonce())
    client = Client()
    client.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["discussit_session"].value, group.get_absolute_url()


async def crossings() -> tuple[Rate, Rate]:
    from discuss import actions
    from discuss.db.workers import in_actor, in_worker
    from discuss.models import Group, Membership

    members = await in_worker(lambda: list(Membership.objects.select_related("user", "group")))
    first = members[0].group_id

    async def cross(number: int) -> None:
        await in_worker(Group.objects.filter(pk=first).values_list("head").get)

    async def post(number: int) -> None:
        nonce = actions.new_nonce()
        await in_actor(actions.post_message, members[number], text="Soup? " * 20, nonce=nonce)

    return await repeat(cross), await repeat(post)


async def repeat(work: Callable[[int], Awaitable[None]]) -> Rate:
    """Do it AT_ONCE at a time for SECONDS, after it was done a few times."""
    taken: list[float] = []

    async def go(number: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begin = time.monotonic()
            await work(number)
            taken.append(time.monotonic() - begin)

    await asyncio.gather(*(go(number, 0.5) for number in range(AT_ONCE)))
    taken.clear()
    pids = os.getpid(), int(os.environ["POSTGRES"])
    before = cpu_of(*pids)
    await asyncio.gather(*(go(number, SECONDS) for number in range(AT_ONCE)))
    return rate_of(taken, SECONDS, cpu_of(*pids) - before)


async def watch() -> list[float]:
    """Cross for WATCHED seconds and return when each that failed did (time.monotonic)."""
    from discuss.db.workers import in_worker
    from discuss.models import Group

    failed = []
    print("begun", flush=True)
    end = time.monotonic() + WATCHED

    async def go() -> None:
        while time.monotonic() < end:
            try:
                await in_worker(Group.objects.count)
            except Exception:
                failed.append(time.monotonic())
            await asyncio.sleep(0.05)

    await asyncio.gather(*(go() for _ in range(AT_ONCE)))
    return failed


def run_inside(part: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    import django

    django.setup()
    parts: dict[str, Callable[[], Any]] = {
        "prepare": prepare,
        "crossings": lambda: asyncio.run(crossings()),
        "watch": lambda: asyncio.run(watch()),
    }
    print(json.dumps(parts[part]()))
    from discuss.db import workers

    workers.close()


if __name__ == "__main__":
    main() if len(sys.argv) == 1 else run_inside(sys.argv[1])
