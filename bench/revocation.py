"""How long somebody's pages outlive what ends them: `.venv-test/bin/python -m bench.revocation`.

A cluster of two processes with PostgreSQL and Redis on the loopback. For each cause somebody has pages of the
lobby and of a group at both processes. Some are live, and some stay silent and speak some seconds after the
cause. Somebody else writes a line each 50 ms meanwhile, and all of these pages try to post. The table has the
seconds from the cause to the last line that any of them was sent, and to the last of their messages that was
stored. It takes about three minutes.
"""

import asyncio
import itertools
import json
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, LiteralString

import lxml.html
import psycopg
from websockets import Origin
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed

from deploy.cluster import Cluster
from deploy.cluster.process import Process
from tests.serving.people import PASSWORD, Browser

# Seconds after the cause at which a silent page says where it stands; None stands for one that is live.
SPEAKS_AFTER = (None, 0.1, 1.0, 3.0, 9.0)
# Seconds between two lines of the bystander, and between two messages of a page.
PACE = 0.05
# Seconds that are watched after a cause: by hand, it takes longer.
WATCHED, WATCHED_BY_HAND = 12.0, 20.0


class Scene:
    """A cluster, an owner who is staff too, and for each cause somebody new."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.ann = Browser(cluster)
        self.group = ""
        self.names = (f"bob{number}" for number in itertools.count())

    async def settle(self) -> None:
        await self.ann.sign_up("ann")
        self.execute("UPDATE discuss_user SET is_staff = true, is_superuser = true")

    async def make_group(self, name: str) -> None:
        await self.ann.submit("/groups/new/", name=name)
        self.group = self.ann.path

    def execute(self, statement: LiteralString, *values: Any) -> Any:
        """Do this by hand in the database, and return the first row of what comes."""
        with psycopg.connect(self.cluster.postgres.url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchone() if cursor.description else None


class Bob(Browser):
    """Somebody whose pages are about to end."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.cluster)
        self.scene = scene
        self.name = next(scene.names)

    async def arrive(self) -> None:
        await self.sign_up(self.name)
        await self.submit("/", f"{self.scene.group}join/")
        await self.load(self.scene.group)

    @property
    def key(self) -> int:
        return int(
            self.scene.execute("SELECT id FROM discuss_user WHERE username = %s", self.name)[0]
        )

    @property
    def membership(self) -> int:
        found = self.scene.execute("SELECT id FROM discuss_membership WHERE user_id = %s", self.key)
        return int(found[0])


# --- causes -----------------------------------------------------------------------------------------


async def log_out(bob: Bob) -> None:
    await bob.submit("/accounts/logout/")


async def change_password(bob: Bob) -> None:
    elsewhere, new = Browser(bob.server), PASSWORD + "!"
    await elsewhere.submit("/accounts/login/", login=bob.name, password=PASSWORD)
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    await elsewhere.submit("/accounts/password/change/", **fields)


async def be_deactivated(bob: Bob) -> None:
    ann, address = bob.scene.ann, f"/admin/discuss/user/{bob.key}/change/"
    page: Any = lxml.html.document_fromstring(await ann.get(address))
    (form,) = page.xpath("//form[@id='user_form']")
    values = {name: value for name, value in form.form_values() if name != "is_active"}
    await ann.submit(address, **values, _save="Save")
    assert ann.path == "/admin/discuss/user/", "The form was refused."


async def be_deleted(bob: Bob) -> None:
    await bob.scene.ann.submit(f"/admin/discuss/user/{bob.key}/delete/", post="yes")


async def be_removed(bob: Bob) -> None:
    address = f"/admin/discuss/membership/{bob.membership}/delete/"
    await bob.scene.ann.submit(address, post="yes")


async def leave(bob: Bob) -> None:
    await bob.submit("/", f"{bob.scene.group}leave/")


async def have_the_group_deleted(bob: Bob) -> None:
    await bob.scene.ann.submit(f"{bob.scene.group}close/")


async def log_everyone_out(bob: Bob) -> None:
    await asyncio.to_thread(bob.scene.cluster.manage, "log_everyone_out", "--verbosity=0")


async def lose_the_session(bob: Bob) -> None:
    bob.scene.execute("DELETE FROM discuss_session WHERE user_id = %s", bob.key)


async def lose_the_membership(bob: Bob) -> None:
    bob.scene.execute("DELETE FROM discuss_membership WHERE id = %s", bob.membership)


async def be_closed_by_hand(bob: Bob) -> None:
    bob.scene.execute("UPDATE discuss_user SET is_active = false WHERE id = %s", bob.key)


Cause = Callable[[Bob], Awaitable[None]]
# Those that end the session end pages of the lobby too.
OF_SESSION: list[Cause] = [log_out, change_password, be_deactivated, be_deleted]
OF_GROUP: list[Cause] = [be_removed, leave, have_the_group_deleted]
BY_HAND: list[Cause] = [log_everyone_out, lose_the_session, lose_the_membership, be_closed_by_hand]
LOBBY_GOES_ON = {be_removed, leave, have_the_group_deleted, lose_the_membership}


# --- pages ------------------------------------------------------------------------------------------


class Page:
    """One of somebody's open pages, and when it was last sent something."""

    def __init__(self, bob: Bob, path: str, process: Process, speaks_after: float | None) -> None:
        self.bob, self.path, self.process, self.speaks_after = bob, path, process, speaks_after
        self.last_frame = 0.0
        self.closed = asyncio.Event()
        self.has_begun = asyncio.Event()

    async def live(self, cause: asyncio.Future[float]) -> None:
        url = self.bob.server.url
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.bob.cookies)
        async with unix_connect(
            str(self.process.socket),
            f"{url.replace('http', 'ws')}/ws{self.path}",
            origin=Origin(url),
            additional_headers={"Cookie": cookies, "X-Real-IP": "127.0.0.1"},
        ) as socket:
            reading = asyncio.create_task(self._read(socket))
            with suppress(ConnectionClosed):
                if self.speaks_after is None:
                    await self._resume(socket)
                self.has_begun.set()
                if self.speaks_after is not None:
                    await asyncio.shield(cause)
                    await asyncio.sleep(self.speaks_after)
                    await self._resume(socket)
                while not self.closed.is_set():
                    await self.bob.post(socket, "Still here", secrets.token_hex(8))
                    await asyncio.sleep(PACE)
            await reading

    async def _resume(self, socket: ClientConnection) -> None:
        if self.path == "/":
            await socket.send(json.dumps({"verb": "resume", "HEADERS": {}}))
        else:
            await self.bob.resume(socket)

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                frame = str(await socket.recv())
                if "Soup" in frame:
                    self.last_frame = time.time()
        self.closed.set()


async def time_cause(scene: Scene, cause: Cause) -> str:
    """Return the row of one cause."""
    await scene.make_group(cause.__name__.replace("_", " "))
    bob = Bob(scene)
    await bob.arrive()
    paths = ["/", scene.group] if cause not in LOBBY_GOES_ON else [scene.group]
    pages = [
        Page(bob, path, process, speaks_after)
        for path in paths
        for process in scene.cluster.processes
        for speaks_after in SPEAKS_AFTER
    ]
    begun: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    living = [asyncio.create_task(page.live(begun)) for page in pages]
    writing = asyncio.create_task(write(scene))
    for page in pages:
        await page.has_begun.wait()
    await asyncio.sleep(0.5)
    await cause(bob)
    done = time.time()
    begun.set_result(done)
    await asyncio.sleep(WATCHED_BY_HAND if cause in BY_HAND else WATCHED)
    writing.cancel()
    still = sum(not page.closed.is_set() for page in pages)
    for task in living:
        task.cancel()
    await asyncio.gather(*living, writing, return_exceptions=True)
    last_frame = max(0.0, *(page.last_frame - done for page in pages))
    latest = scene.execute(
        "SELECT extract(epoch FROM max(timestamp))::float8 FROM discuss_entry WHERE text = %s",
        "Still here",
    )[0]
    last_post = max(0.0, (latest or 0.0) - done)
    return f"| {cause.__name__.replace('_', ' ')} | {last_frame:.2f} | {last_post:.2f} | {still} |"


async def write(scene: Scene) -> None:
    """Write a line again and again."""
    await scene.ann.load(scene.group)
    with suppress(ConnectionClosed):
        async with scene.ann.dial() as socket:
            await scene.ann.resume(socket)
            while True:
                await scene.ann.post(socket, "Soup", secrets.token_hex(8))
                await asyncio.sleep(PACE)


async def measure(cluster: Cluster) -> None:
    scene = Scene(cluster)
    await scene.settle()
    for cause in (*OF_SESSION, *OF_GROUP, *BY_HAND):
        print(await time_cause(scene, cause), flush=True)
        if cause is log_everyone_out:
            await scene.ann.submit("/accounts/login/", login="ann", password=PASSWORD)


def main() -> None:
    print("| cause | s to the last line | s to the last message stored | pages still open |")
    print("|---|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        Cluster(Path(folder), RATE_LIMITS="off") as cluster,
    ):
        asyncio.run(measure(cluster))


if __name__ == "__main__":
    main()
