"""Everything that somebody wrote is hidden, and whoever does it is killed: twice, in the middle of it."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.faults.run import fault
from tests.faults.test_bans import do, is_killed, page_of, resume
from tests.server import Server

Serve = Callable[..., Server]

# Enough for the second kill to come in the middle, too: 60 steps.
LINES = 6_000
# Seconds within which another process goes on (DELETIONS_INTERVAL, twice), and within which all is done.
GOES_ON_WITHIN, DONE_WITHIN = 60.0, 120.0

GATHER = f"""
from django.conf import settings
from discuss.models import Entry
from tests.cast import log_in
ann, bob = (User.objects.create_user(name) for name in ("ann", "bob"))
group = actions.create_group(ann, name="Kitchen")
actions.join_group(bob, group=group)
head = Group.objects.get(pk=group.pk).head
Entry.objects.bulk_create(
    Entry(
        group=group, kind="message", author=ann if number % 7 == 0 else bob, nonce=str(number),
        text=f"Soup {{number}}", position=head + 1 + number, change=head + 1 + number,
    )
    for number in range({LINES})
)
Group.objects.filter(pk=group.pk).update(head=head + {LINES})
cookie = log_in(ann).cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps([settings.SESSION_COOKIE_NAME, cookie, str(group.uuid)]))
"""
# Three steps are done, and the fourth is killed when all of it is written and nothing committed.
HIDE = """
from discuss.actions import steps
from discuss.models import LongAct
from discuss.moderation.actions import long_steps, take_long_steps
group, bob = Group.objects.get(), User.objects.get(username="bob")
ann = group.memberships.select_related("user", "group").get(user__username="ann")
perform_act(ann, "hide_all", user=bob, group=group, why=Why("spam"))
taken = take_long_steps(LongAct.objects.get())
for _ in range(3):
    next(taken)
long_steps.doorbell.ring_hidden = die
next(taken)
"""
UNDO = """
from discuss.moderation.actions import finish_long_acts
group, bob = Group.objects.get(), User.objects.get(username="bob")
ann = group.memberships.select_related("user", "group").get(user__username="ann")
perform_act(ann, "show_all", user=bob, group=group)
finish_long_acts()
"""


@pytest.mark.fault(name="hide-all")
async def test_it_goes_on_after_a_kill_and_ends_complete_and_exactly_once(serve: Serve) -> None:
    server = serve()
    async with fault("hide-all") as run:
        name, cookie, uuid = json.loads(await asyncio.to_thread(do, server, GATHER))
        bobs = LINES - len(range(0, LINES, 7))
        for _ in run.repeat():
            head = ask(server, "SELECT head FROM discuss_group")
            async with page_of(server, f"{name}={cookie}", uuid) as page:
                await resume(page)
                assert await asyncio.to_thread(is_killed, server, HIDE)
                assert work(server) == ("running", 3, 300)
                assert hidden(server) == 300
                began = time.monotonic()
                await until(lambda: work(server)[1] > 5, GOES_ON_WITHIN)
                run.numbers["besides"] = f"gone on with after {time.monotonic() - began:.1f} s"
                await asyncio.to_thread(server.kill)
            assert 500 <= hidden(server) < bobs, "It was no kill in the middle."
            assert work(server)[0] == "running"
            await asyncio.to_thread(server.start)
            async with page_of(server, f"{name}={cookie}", uuid) as page:
                await resume(page)
                await until(lambda: work(server)[0] == "done", DONE_WITHIN)
            steps = -(-bobs // 100)
            assert work(server) == ("done", steps + 1, bobs)
            assert hidden(server) == bobs
            # Each step took one number, so none was done twice; and all of it is one act.
            assert ask(server, "SELECT head FROM discuss_group") == head + steps
            assert (
                ask(server, "SELECT count(*) FROM discuss_act WHERE kind = 'hide_all'")
                == run.done + 1
            )
            await asyncio.to_thread(do, server, UNDO)
            assert hidden(server) == 0


def ask(server: Server, question: str) -> int:
    with closing(sqlite3.connect(server.database)) as database:
        return int(database.execute(question).fetchone()[0])


def hidden(server: Server) -> int:
    """Return how many lines are hidden by the latest act."""
    return ask(
        server,
        "SELECT count(*) FROM discuss_entry WHERE hidden_by ="
        " (SELECT max(id) FROM discuss_act WHERE kind = 'hide_all')",
    )


def work(server: Server) -> tuple[str, int, int]:
    """Return the state of the latest, its beat, and to how many lines it was done."""
    with closing(sqlite3.connect(server.database)) as database:
        state, beat, done = database.execute(
            "SELECT state, beat, done FROM discuss_longact ORDER BY id DESC"
        ).fetchone()
        return state, beat, done


async def until(condition: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.02)
