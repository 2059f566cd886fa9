"""Crossings into worker threads, in a process with an arrangement's settings (bench.postgres_connections).

`python -m bench.crossings prepare|crossings|watch` prints what came of it as JSON.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.rate import Rate, cpu_of, rate_of

SECONDS = 5.0
AT_ONCE = 8
# Seconds that are watched while PostgreSQL goes away.
WATCHED = 20.0


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
    run_inside(sys.argv[1])
