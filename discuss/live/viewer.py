"""One open page, as the hub sees it."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from itertools import batched
from time import monotonic
from typing import Any

from discuss.models import User
from discuss.rendering.audience import Audience
from discuss.rules.unread import NEVER
from discuss.server.protocol import CLOSE_FAILED, CLOSE_NORMAL, CLOSE_OVERLOAD
from discuss.server.wire import Prepared, PreparedSend

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]

# Characters that may wait for one slow reader before it is closed; it returns and catches up.
OUTBOX_LIMIT = 1_000_000


# Pages that are written to before others get their turn on the event loop: about half a ms of work.
SLICE = 50


async def in_slices[T](pages: Iterable[T]) -> AsyncIterator[tuple[T, ...]]:
    """Yield some pages after the other, and let others work in between: a big room must not stall the rest.

    Whatever was true of a page may have changed by the time it comes.
    """
    for number, some in enumerate(batched(pages, SLICE)):
        if number:
            await asyncio.sleep(0)
        yield some


class Viewer:
    """An accepted socket: frames go out in the order they were written, without anyone waiting.

    Where the server takes prepared frames, it bounds what a slow reader leaves unread. Through other
    servers' `send`, which may wait for a slow reader, what is written queues here, and beyond OUTBOX_LIMIT
    characters the socket is closed with 1013.
    """

    __slots__ = (
        "_direct",
        "_draining",
        "_outbox",
        "_send",
        "_waiting",
        "acted_at",
        "address",
        "audience",
        "is_open",
        "marking",
        "name",
        "session_key",
        "sheet",
        "shown_name",
        "shows_own",
        "shows_sanctions",
        "shows_writing",
        "user_id",
    )

    def __init__(
        self,
        user: User,
        session_key: str,
        audience: Audience,
        send: Send,
        direct: PreparedSend | None = None,
        address: str = "",
    ) -> None:
        self.user_id = user.pk
        # Where its person is, as the server is told; nothing where nobody tells it.
        self.address = address
        # What others see; it may change while the page is open.
        self.name = user.name
        self.session_key = session_key
        self.audience = audience
        self.is_open = True
        # When its person came, or did something in it, in seconds of the monotonic clock: a browser plays no
        # sound in a page in which nobody has done anything.
        self.acted_at = monotonic()
        # The name that the page shows of its person; None of a page of the version before, which has no
        # place for another.
        self.shown_name: str | None = None
        # Which token sheet the page wears; None of a page of the version before, which has no place for one.
        self.sheet: str | None = None
        # Whether the page has places for what is its person's own; one of the version before has none.
        self.shows_own = True
        # Whether it has a place for what keeps its person from writing; one of the version before has none.
        self.shows_sanctions = False
        # Whether it has places for what goes by while people write.
        self.shows_writing = False
        # How its person had last marked something in its group as unread, before it came.
        self.marking = NEVER
        self._send = send
        self._direct = direct
        self._outbox: deque[dict[str, Any]] | None = None
        self._waiting = 0
        self._draining: asyncio.Task[None] | None = None

    def write(self, html: str) -> None:
        """Write what this page alone is sent."""
        self.write_prepared(Prepared(html))

    def write_prepared(self, frame: Prepared) -> None:
        """Write what others are sent too."""
        if not self.is_open:
            return
        if self._direct is not None:
            self._direct.write(frame.wire)
            return
        # What waits already counts, not the frame itself: a page that missed much is owed a large one, and
        # would never be current if that were refused.
        if self._waiting > OUTBOX_LIMIT:
            self._outbox = None
            self.close(CLOSE_OVERLOAD)
        else:
            self._waiting += len(frame.text)
            self._put({"type": "websocket.send", "text": frame.text})

    def close(self, code: int) -> None:
        """Close after what was written so far; nothing more goes out."""
        if self.is_open:
            self.is_open = False
            self._put({"type": "websocket.close", "code": code})

    def end(self, html: str, code: int) -> None:
        """Say a last thing, then close."""
        self.write(html)
        self.close(code)

    def _put(self, message: dict[str, Any]) -> None:
        if self._outbox is None:
            self._outbox = deque()
        self._outbox.append(message)
        if self._draining is None:
            # Eager: where `send` does not wait, this is done before the next line and costs no task switch.
            task = asyncio.Task(self._drain(), eager_start=True, loop=asyncio.get_running_loop())
            if not task.done():
                self._draining = task

    async def _send_or_close(self, message: dict[str, Any]) -> None:
        try:
            await self._send(message)
        except Exception:
            if message["type"] != "websocket.close" or message["code"] == CLOSE_NORMAL:
                raise
            # Plain Daphne refuses 1009, 1012 and 1013 (see discuss/server/). After 1000 a page does not
            # come back at once, but when it notices that its status is no longer renewed.
            await self._send({"type": "websocket.close", "code": CLOSE_NORMAL})

    async def _drain(self) -> None:
        try:
            while self._outbox:
                message = self._outbox.popleft()
                await self._send_or_close(message)
                self._waiting -= len(message.get("text", ""))
        except Exception as error:  # the server's own: the reader is gone, or never gets this one
            logger.debug("A page of user %s went away: %r", self.user_id, error)
            self.is_open = False
            # One that is there after all comes back and catches up, and is not left open and deaf.
            with contextlib.suppress(Exception):
                await self._send_or_close({"type": "websocket.close", "code": CLOSE_FAILED})
        finally:
            self._draining = self._outbox = None


def still_open[T](waiting: dict[Viewer, T]) -> dict[Viewer, T]:
    """Return what of these pages is still there."""
    return {viewer: request for viewer, request in waiting.items() if viewer.is_open}
