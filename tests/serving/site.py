"""A site with people in it: the real server, a group with the lines of a first page, and who is logged in."""

import json
import random
import shutil
import string
from dataclasses import dataclass
from pathlib import Path

from tests.server import Server
from tests.serving.wire import Wire

LINES = 50
# What a browser says that it can read.
BROWSER = "gzip, deflate, br, zstd"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire: `size` is all of it, in bytes."""

    status: int
    headers: dict[str, str]
    body: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Site:
    """`group` is the path of a group, `sessions` the keys of a "member"'s and a "staff"'s."""

    server: Server
    group: str
    sessions: dict[str, str]

    @classmethod
    def open(cls, folder: Path, migrated: Path) -> "Site":
        server = Server(folder)
        shutil.copyfile(migrated, server.database)
        facts = folder / "facts.json"
        script = f"from tests.serving.site import fill; fill({str(facts)!r})"
        server.manage("shell", "-v0", "-c", script)
        server.start()
        return cls(server, **json.loads(facts.read_text()))

    async def ask(
        self,
        path: str,
        who: str = "",
        encoding: str | None = None,
        method: str = "GET",
        etag: str | None = None,
    ) -> Answer:
        """Ask for a page or a file, as one with a session or a stranger; the path may hold {group}."""
        path = path.format(group=self.group)
        asked = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n"
        if who:
            asked += f"Cookie: discussit_session={self.sessions[who]}\r\n"
        if encoding is not None:
            asked += f"Accept-Encoding: {encoding}\r\n"
        if etag is not None:
            asked += f"If-None-Match: {etag}\r\n"
        async with await Wire.open(self.server) as wire:
            wire.write(f"{asked}\r\n".encode())
            head, body = (await wire.head(), b"") if method == "HEAD" else await wire.answer()
        status, *lines = head.decode().strip().split("\r\n")
        pairs = (line.split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in pairs}
        return Answer(int(status.split()[1]), headers, body, len(head) + len(body))


def fill(facts: str) -> None:
    """Make the people and the group, and write into this file what a Site knows of them."""
    from discuss import actions  # here, where Django is set up
    from discuss.models import User
    from discuss.rules.unread import Mark
    from tests.cast import gather, log_in

    cast = gather()
    dice = random.Random(4)
    for number in range(LINES):
        # Of random letters, which nothing makes much smaller.
        text = "".join(dice.choices(string.ascii_letters + string.digits, k=200))
        cast.say((cast.ann, cast.bob)[number % 2], text)
    # Else the icon would be another one until somebody has read.
    actions.mark_read({(cast.bob.pk, cast.kitchen.pk): Mark(cast.head())})
    sam = User.objects.create_superuser("sam")
    people = {"member": cast.bob, "staff": sam}
    sessions = {who: log_in(user).session.session_key for who, user in people.items()}
    known = {"group": cast.kitchen.get_absolute_url(), "sessions": sessions}
    Path(facts).write_text(json.dumps(known))
