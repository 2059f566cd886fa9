"""A client: one open page of a group in a real browser's stead, over real connections.

It does what htmx does (tests/document.py, tests/faults/htmx.py), what the page's style sheet does with a
socket that fell silent, and what a person does who wants to be heard: what was refused is sent again, by the
button beside it. What was not answered the page sends by itself when it returns.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from websockets.asyncio.client import ClientConnection

from tests.document import Broken, Document
from tests.faults.htmx import Socket
from tests.faults.person import Person, Unavailable

# The animation of #status (static/discuss/base.css): each time it comes round, a new socket is fetched.
SILENCE_SECONDS = 30.0
# The page's own limit for that (hx-request in status_renewed.html).
FETCH_SECONDS = 10.0
# Seconds after which a person tries again what was answered by an error.
AGAIN_SECONDS = 1.0

# What every message says of where it was said, so that one in a wrong place shows.
MARK = re.compile(r"said-in-([a-z]+-[0-9a-f]+)")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a conversation. Its name is in every message, as said-in-<name>."""

    name: str
    path: str


class Client:
    """One page of `group`, opened by `person`. Counts and times are the ledger's to read."""

    def __init__(self, person: Person, group: Group) -> None:
        self.person = person
        self.group = group
        self.document: Document
        self.socket: Socket
        # Texts, in order: those sent, and those of which an answer said that the server has them.
        self.posted: list[str] = []
        self.answered: list[str] = []
        self.nonces: set[str] = set()
        self.resends = 0
        self.refusals = 0
        self.notices: Counter[str] = Counter()
        self.closes: Counter[int] = Counter()
        # How often no socket opened that was dialled.
        self.failed_dials = 0
        # Seconds from each loss until the page was live again.
        self.backs: list[float] = []
        # The groups of all messages that ever reached it.
        self.heard_of: set[str] = set()
        # What must not happen at all.
        self.trouble: list[str] = []
        # What stands below the log and waits for an answer.
        self._pending = ""
        self._answer = asyncio.Event()
        # Which opening of a socket it was sent through.
        self._opening = 0
        self._awaits_first_frame = False
        # How often a socket of this page has opened.
        self._openings = 0
        self._lost_at: float | None = None
        self._renewed_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return f"{self.person.name} in {self.group.name}"

    @property
    def is_live(self) -> bool:
        """Whether it is open and has heard from the server since it opened."""
        return self.socket.is_open and not self._awaits_first_frame

    def has_all(self, head: int) -> bool:
        """Whether it is live and has seen the log up to `head`."""
        return self.is_live and self.document.cursor >= head

    async def open(self) -> None:
        """Load the page, and let it live."""
        await self._load()
        self._begin(self._watch())

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.socket.end()

    async def say(self, text: str) -> None:
        """Write a message, press Enter, and wait for its answer for as long as it takes."""
        document = self.document
        self.posted.append(text)
        self.nonces.add(f"{document.nonce}-{document.answered + 1}")
        self._pending = text
        self._answer.clear()
        document.write(text, self._draft)
        # What is queued goes out with the next opening, behind the page's own words.
        self._opening = self._openings + (not self.socket.is_open)
        self.socket.send(self._frame("send-form"))
        await self._answer.wait()

    async def fresh_log(self) -> list[str]:
        """Return the lines that fresh pages show, from the oldest line of this one on."""
        fresh = Document(await self.person.get(self.group.path))
        lines, oldest = fresh.log, fresh.oldest
        while oldest > self.document.oldest:
            older = Document(await self.person.get(f"{self.group.path}?before={oldest}"))
            lines, oldest = older.log + lines, older.oldest
        return self.document.from_its_oldest(lines)

    # --- what the person does -----------------------------------------------------------------------

    async def _press_again(self) -> None:
        """Press the button beside what was refused, until it is stored."""
        while self.document.refused:
            await asyncio.sleep(AGAIN_SECONDS)
            ((text, _),) = self.document.refused
            (form,) = self.document.element("refused").iterchildren("form")
            nonce, path = form.find("input").get("value"), form.get("hx-post")
            self.resends += 1
            with suppress(Unavailable):
                _, html = await self.person.post(path, htmx=True, text=text, nonce=nonce)
                # Either a reason again, or that it is sent.
                if 'class="error"' not in html:
                    form.drop_tree()
        self._is_stored()

    def _is_stored(self) -> None:
        self.answered.append(self._pending)
        self._pending = ""
        self._answer.set()

    # --- what the page does -------------------------------------------------------------------------

    async def _load(self) -> None:
        html = await self.person.get(self.group.path)
        self.heard_of.update(MARK.findall(html))
        self.document = Document(html)
        self._draft = await self.person.get(self.document.element("post-form").get("hx-get") or "")
        self._renewed_at = _now()
        self._connect()

    def _connect(self) -> None:
        path = self.document.element("live").get("ws-connect")
        assert path is not None

        self.socket = Socket(
            lambda: self._dial(path),
            on_open=self._on_open,
            on_frame=self._on_frame,
            on_close=self._on_close,
        )

    async def _dial(self, path: str) -> ClientConnection:
        try:
            return await self.person.dial(path)
        except Exception:
            self.failed_dials += 1
            raise

    def _on_open(self, socket: Socket) -> None:
        self._openings += 1
        self._awaits_first_frame = True
        if self._pending and self._opening < self._openings:
            self.resends += 1
        socket.send(self._frame("resume-form"))

    def _on_close(self, code: int) -> None:
        if self._lost_at is None:
            self._lost_at = _now()
            self.closes[code] += 1

    def _on_frame(self, frame: str) -> None:
        self.heard_of.update(MARK.findall(frame))
        try:
            self.document.swap(frame)
        except Broken as error:
            self.trouble.append(str(error))
            return
        if 'id="status"' in frame:
            self._renewed_at = _now()
        if 'id="answered"' in frame:
            self._on_answer()
        if self._awaits_first_frame:
            self._on_resumed()
        if 'id="notice"' in frame and self.document.notice:
            self.notices[self.document.notice] += 1

    def _on_resumed(self) -> None:
        self._awaits_first_frame = False
        if self._lost_at is not None:
            self.backs.append(_now() - self._lost_at)
            self._lost_at = None

    def _on_answer(self) -> None:
        if self.document.sent:
            self.trouble.append(f"Still waiting: {self.document.sent}")
        elif self.document.refused:
            self.refusals += 1
            self.notices[self.document.refused[0][1]] += 1
            self._begin(self._press_again())
        else:
            self._is_stored()

    async def _watch(self) -> None:
        """Fetch a new socket whenever the animation of #status comes round."""
        due = self._renewed_at + SILENCE_SECONDS
        while True:
            await asyncio.sleep(max(0.0, due - _now()))
            if _now() - self._renewed_at < SILENCE_SECONDS:
                due = self._renewed_at + SILENCE_SECONDS
                continue
            if "ended" not in (self.document.element("status").get("class") or ""):
                await self._fetch_socket()
            due += SILENCE_SECONDS

    async def _fetch_socket(self) -> None:
        if self._lost_at is None:
            # Nobody told it: the loss is as old as what it heard last.
            self._lost_at = self._renewed_at
            self.closes[0] += 1
        try:
            html = await self.person.get(f"{self.group.path}live/", FETCH_SECONDS)
        except Unavailable:
            return
        if not html:
            self.trouble.append("It was logged out.")
            return
        self.document.put(self.document.element("live"), html)
        self.socket.remove()
        self._connect()

    def _frame(self, form_id: str) -> str:
        return self.document.frame(form_id, urljoin(self.person.url, self.group.path))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.trouble.append(repr(error))


def _now() -> float:
    return asyncio.get_running_loop().time()
