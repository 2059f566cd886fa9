"""An update while people talk: `.venv-test/bin/python -m bench.rolling --old PATH` does one, and counts.

PATH is a checkout of the older version, such as `git worktree add /tmp/old e4e3079` makes; the newer one is
this checkout. Both run with the packages that this one has. A cluster with PostgreSQL, Redis and nginx on the
loopback begins with two processes of the older version. The newer one migrates the database. Then the
processes are restarted one after the other, each as the newer version. Six pages write all the while.

Printed are the messages that were answered in each step, and the longest time in which none was. At the end
nothing may be lost, doubled or out of order, nobody may have been refused, and no frame may name an element
that a page of the older version lacks. It takes about a minute.
"""

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.cluster import Cluster
from deploy.cluster.process import Process
from tests.faults.conversation import Conversation, conversation
from tests.server import TOP

# Seconds between two messages of a page, at most. Each waits for its answer besides.
PAUSE = 0.02
# Seconds that people talk between two steps, at least.
TALK = 3.0


class VersionedProcess(Process):
    """A process of the version in the folder `checkout`, which may be changed before a start."""

    checkout = TOP

    def options(self) -> dict[str, Any]:
        return {**super().options(), "cwd": self.checkout}

    def renew(self) -> None:
        """Restart it as the version of this checkout."""
        self.checkout = TOP
        self.stop()
        self.start()


class VersionedCluster(Cluster):
    """A cluster that begins as the version in the folder `checkout`."""

    def __init__(self, folder: Path, checkout: Path) -> None:
        super().__init__(folder, DJANGO_SETTINGS_MODULE="tests.quick_settings")
        self.checkout = checkout
        self.versioned = [VersionedProcess(n, folder, self.environment) for n in (1, 2)]
        for process in self.versioned:
            process.checkout = checkout
        self.processes = [*self.versioned]

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=self.checkout, env=self.environment, check=True)

    def migrate(self) -> None:
        """Bring the database up to the version of this checkout."""
        self.checkout = TOP
        self.manage("migrate", "--no-input", "-v0")


class Watch:
    """What people notice of a step."""

    def __init__(self, talk: Conversation) -> None:
        self.talk = talk
        self.silence = 0.0

    async def watch(self) -> None:
        """Note the longest time in which nobody was answered."""
        count, answered_at = self.talk.count_answered(), time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            self.silence = max(self.silence, now - answered_at)
            if count != (count := self.talk.count_answered()):
                answered_at = now


async def update(cluster: VersionedCluster) -> bool:
    """Update the cluster, and return whether people noticed nothing but pauses."""
    async with conversation(cluster) as talk:
        talk.pause = PAUSE
        talk.begin()
        await step(talk, "the older version", time.sleep, TALK)
        await step(talk, "the newer version migrates", cluster.migrate)
        await step(talk, "the older version, migrated", time.sleep, TALK)
        for process in cluster.versioned:
            await step(talk, f"{process.name} is restarted", process.renew)
            await step(talk, f"{process.name} is the newer version", time.sleep, TALK)
        ledger = await talk.settle()
    numbers, problems = ledger.numbers(), Counter(map(in_short, ledger.problems()))
    print("", *(f"- {name}: {value}" for name, value in numbers.items()), sep="\n")
    print(*(f"- {times} times: {problem}" for problem, times in problems.items()), sep="\n")
    return not (problems or numbers["notices"] or numbers["server_errors"])


def in_short(problem: str) -> str:
    """Return its first line without the page whose it is and without numbers, which differ."""
    return re.sub(r"^\S+ in \S+: |\d+", "", problem.splitlines()[0])


async def step(talk: Conversation, title: str, act: Any, *arguments: Any) -> None:
    """Do it in a thread, wait until every page was answered after it, and print what people noticed."""
    watch, before, began = Watch(talk), talk.count_answered(), time.monotonic()
    watching = asyncio.create_task(watch.watch())
    await asyncio.to_thread(act, *arguments)
    took = time.monotonic() - began
    await talk.goes_on()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    answered = talk.count_answered() - before
    print(f"| {title} | {took:.1f} | {answered} | {watch.silence:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.rolling")
    parser.add_argument("--old", type=Path, required=True, metavar="PATH", help="its checkout")
    old = parser.parse_args().old.resolve()
    with tempfile.TemporaryDirectory(prefix="discussit-rolling-") as name:
        folder = Path(name)
        # The user that PostgreSQL runs as, where we are root, has to come through.
        folder.chmod(0o711)
        cluster = VersionedCluster(folder, old)
        cluster.manage("collectstatic", "--no-input", "-v0")
        with cluster:
            print("| step | s | answered | s without an answer |\n|---|---|---|---|")
            is_well = asyncio.run(update(cluster))
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
