"""A ban whose process is killed in its middle, and one of which no bell tells, with and without a Redis."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from deploy.cluster.redis import Redis
from discuss.server.protocol import CLOSE_NO_MEMBER, CLOSE_NO_SESSION, CLOSE_RESTART
from tests import forked
from tests.faults.repetitions import IS_MEASURED
from tests.faults.run import fault
from tests.server import TOP, Server

Serve = Callable[..., Server]

# Seconds within which the pages of somebody who is banned are closed, whatever bell was lost.
SWEPT_WITHIN = 15.0

BEGIN = """
import json, os, signal
import django
django.setup()
from discuss import actions
from discuss.models import Group, User
from discuss.moderation.actions import Why, people, perform_act

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""
GATHER = """
from django.conf import settings
from tests.cast import log_in
bob, boss = User.objects.create_user("bob"), User.objects.create_superuser("boss")
group = actions.create_group(bob, name="Kitchen")
cookie = log_in(bob).cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps([settings.SESSION_COOKIE_NAME, cookie, str(group.uuid)]))
"""
BAN = """
bob, boss = (User.objects.get(username=name) for name in ("bob", "boss"))
perform_act(boss, "ban", user=bob, why=Why("spam"))
"""
PARDON = """
bob, boss = (User.objects.get(username=name) for name in ("bob", "boss"))
perform_act(boss, "end_ban", user=bob)
"""
# Where it is killed: the record and the ban are written, and nothing of it is committed; and behind that.
BEFORE_COMMIT = "people._set_active = die\n"
BEFORE_BELL = "from discuss.doorbell import bells\nbells._doorbell.hand_over = die\n"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    folder = tmp_path / "redis"
    folder.mkdir()
    redis = Redis(folder)
    redis.start()
    yield redis
    if redis.is_running:
        redis.stop()


@pytest.mark.fault(name="ban")
async def test_a_ban_is_there_whole_or_not_at_all_and_closes_pages_without_a_bell(
    serve: Serve,
) -> None:
    await ban_that_is_killed("ban", serve(), None)


@pytest.mark.fault(name="ban-redis")
async def test_so_it_is_while_redis_is_away(serve: Serve, redis: Redis) -> None:
    await ban_that_is_killed("ban-redis", serve(REDIS_URL=redis.url), redis)


@pytest.mark.fault(name="ban-deaf")
async def test_a_ban_of_which_redis_tells_nobody_is_found_by_the_sweep(
    serve: Serve, redis: Redis
) -> None:
    """The ban itself is done at once, and from then on nothing that the page sends is stored."""
    server = serve(REDIS_URL=redis.url)
    async with fault("ban-deaf") as run:
        name, cookie, uuid = json.loads(await asyncio.to_thread(do, server, GATHER))
        took = []
        for number in run.repeat():
            async with page_of(server, f"{name}={cookie}", uuid) as page:
                await resume(page)
                silence = redis.pause if number == 0 else redis.kill
                await asyncio.to_thread(silence)
                began = time.monotonic()
                await asyncio.to_thread(do, server, BAN)
                assert state(server)[:2] == (0, 1)
                await post(page, "Soup")
                await closed(page)
                took.append(time.monotonic() - began)
                await is_told(page, server, f"{name}={cookie}", uuid)
                assert "Soup" not in texts(server)
            if number == 0:
                redis.resume()
                await asyncio.to_thread(do, server, PARDON)
                await let_in(server)
        run.numbers["besides"] = f"closed within {max(took):.1f} s"
        if IS_MEASURED:
            assert max(took) <= SWEPT_WITHIN


async def ban_that_is_killed(name_of_fault: str, server: Server, redis: Redis | None) -> None:
    async with fault(name_of_fault) as run:
        name, cookie, uuid = json.loads(await asyncio.to_thread(do, server, GATHER))
        for _ in run.repeat():
            async with page_of(server, f"{name}={cookie}", uuid) as page:
                await resume(page)
                if redis:
                    await asyncio.to_thread(redis.kill)
                assert await asyncio.to_thread(is_killed, server, BEFORE_COMMIT + BAN)
                assert state(server) == (1, 0, 0)
                assert page.close_code is None
                began = time.monotonic()
                assert await asyncio.to_thread(is_killed, server, BEFORE_BELL + BAN)
                assert state(server) == (0, 1, 1)
                await closed(page)
                took = time.monotonic() - began
                await is_told(page, server, f"{name}={cookie}", uuid)
                run.numbers["besides"] = f"closed within {took:.1f} s"
                if IS_MEASURED:
                    assert took <= SWEPT_WITHIN


def do(server: Server, script: str) -> str:
    """Run this in a process of its own on the server's database, and return what it said."""
    return forked.run([sys.executable, "-c", BEGIN + script], server.environment, TOP)


def is_killed(server: Server, script: str) -> bool:
    try:
        do(server, script)
    except subprocess.CalledProcessError as error:
        return error.returncode == -signal.SIGKILL
    return False


def state(server: Server) -> tuple[int, ...]:
    """Return whether bob's account is open, how many bans there are, and how many acts."""
    with closing(sqlite3.connect(server.database)) as database:
        asked = (
            "SELECT is_active FROM discuss_user WHERE username = 'bob'",
            "SELECT count(*) FROM discuss_ban",
            "SELECT count(*) FROM discuss_act",
        )
        return tuple(int(database.execute(each).fetchone()[0]) for each in asked)


def texts(server: Server) -> list[str]:
    with closing(sqlite3.connect(server.database)) as database:
        return [text for (text,) in database.execute("SELECT text FROM discuss_entry")]


async def let_in(server: Server) -> None:
    """Wait until the server hears Redis again."""
    for _ in range(300):
        if await asyncio.to_thread(answer, f"{server.url}/readyz") == 200:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("It does not hear Redis again.")


def answer(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def page_of(server: Server, cookie: str, uuid: str) -> connect:
    address = f"{server.url.replace('http', 'ws')}/ws/groups/{uuid}/"
    return connect(address, additional_headers={"Cookie": cookie, "Origin": server.url})


async def resume(page: ClientConnection) -> None:
    place = {"cursor": "0", "epoch": "x", "oldest": "0", "sight": "member"}
    await page.send(json.dumps({"verb": "resume", **place}))
    while "#log" not in str(await page.recv()):
        pass


async def post(page: ClientConnection, text: str) -> None:
    """Press Enter; the page may be closed already."""
    with suppress(ConnectionClosed):
        await page.send(json.dumps({"verb": "post", "text": text, "nonce": "n" * 20}))


async def is_told(page: ClientConnection, server: Server, cookie: str, uuid: str) -> None:
    """See that a page that was closed comes back, as htmx has it do, and reads why it is not let in."""
    # Whichever comes first ends it: the look at its session, or that of its group, which has no such member.
    assert page.close_code in {CLOSE_RESTART, CLOSE_NO_MEMBER}
    async with page_of(server, cookie, uuid) as again:
        said = str(await again.recv())
        await closed(again)
    assert "You are banned from this site" in said
    assert again.close_code == CLOSE_NO_SESSION


async def closed(page: ClientConnection) -> None:
    """Wait until the server closes the page, for as long as that takes."""
    try:
        while True:
            await page.recv()
    except ConnectionClosed:
        return
