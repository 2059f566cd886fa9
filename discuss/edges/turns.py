"""How much one browser is answered at a time, and how often: what is over that waits for its turn.

Whoever asks for pages, or opens sockets, as fast as they come would else keep the interpreter from all others
(bench.attacks: forms, brackets, sockets). Nobody is refused for it but who has very much waiting.

A browser is told by the cookie of its session, whoever has none by the address. A cookie can be made up, so
an address has a pace for pages as well, at which an office comes back at once. (Sockets of made-up sessions
are counted by discuss/edges/connections.py.)
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from typing import Any

from django.conf import settings

from discuss.edges.connections import session_of, source_of
from discuss.limits import limits

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

# What is answered to one browser at a time: while one request waits for the database, another does not.
AT_A_TIME = 2
# What of one browser is answered or waits; what is more is refused.
MOST = 20
# Seconds that something waits at most for its pace; what would wait longer is refused.
WITHIN = 10.0
REFUSED = b"These are too many pages at once. Try again in some seconds.\n"


class Browser:
    """What one browser asked for that is answered or waits."""

    def __init__(self) -> None:
        self.length = 0
        self.turns = asyncio.Semaphore(AT_A_TIME)


class Turns:
    """The turns of all browsers, for one kind of thing."""

    def __init__(self, *paces: tuple[str, Callable[[Scope], str]]) -> None:
        """Take the paces to keep: each a kind of RATE_LIMITS, and who has it."""
        self._paces = paces
        self.browsers: dict[str, Browser] = {}

    @asynccontextmanager
    async def turn(self, scope: Scope) -> AsyncIterator[bool]:
        """Wait for a turn, and keep it; False where so much waits that there is none."""
        # Nobody can be told over a UNIX socket without a proxy.
        if not settings.RATE_LIMITS or not (who := browser_of(scope)):
            yield True
            return
        browser = self.browsers.setdefault(who, Browser())
        browser.length += 1
        try:
            if browser.length > MOST:
                yield False
                return
            async with browser.turns:
                yield await self._paced(scope)
        finally:
            browser.length -= 1
            if not browser.length:
                del self.browsers[who]

    async def _paced(self, scope: Scope) -> bool:
        """Wait until there may be another one; it returns False where that would take too long."""
        for kind, whose in self._paces:
            wait = limits.reserve(kind, whose(scope), WITHIN)
            if wait is None:
                return False
            if wait:
                await asyncio.sleep(wait)
        return True


def browser_of(scope: Scope) -> str:
    """Return what stands for a browser, which gives its session to nobody; "" for nobody's."""
    if session := session_of(scope):
        return sha256(session.encode()).hexdigest()[:16]
    return source_of(scope)


pages = Turns(("request", browser_of), ("request_address", source_of))
handshakes = Turns(("handshake", browser_of))


async def in_turn(application: Application, scope: Scope, receive: Any, send: Any) -> None:
    """Have a request be answered when it is its browser's turn; files of the site are not counted.

    The turn is over when the answer begins: what is streamed takes as long as its reader.
    """
    if scope["path"].startswith(settings.STATIC_URL):
        await application(scope, receive, send)
        return
    async with AsyncExitStack() as turn:

        async def tell(message: dict[str, Any]) -> None:
            await turn.aclose()
            await send(message)

        if await turn.enter_async_context(pages.turn(scope)):
            await application(scope, receive, tell)
        else:
            await _refuse(send)


async def _refuse(send: Any) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(REFUSED)),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"2"),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSED})
