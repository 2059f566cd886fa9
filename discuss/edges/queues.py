"""How much one browser is answered at a time, and how often: what is over that waits for its turn.

Whoever asks for pages, or opens sockets, as fast as they come would else keep the interpreter from all others
(bench.attacks: forms, brackets, sockets). Nobody is refused for it but who has very much waiting.

A browser is told by the cookie of its session. Those without one take turns by address. A cookie can be made
up, so an address has a pace for all its browsers as well, at which an office comes back at once.
"""

from asyncio import Semaphore, sleep
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from typing import Any, NamedTuple

from django.conf import settings

from discuss.edges.connections import session_of, source_of
from discuss.limits import limits

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

# Seconds that something waits at most for its pace; what would wait longer is refused.
WITHIN = 10.0
REFUSED = b"These are too many pages at once. Try again in some seconds.\n"


class Who(NamedTuple):
    """Whose turn it is: that of a browser, or of those of an address who have no session."""

    key: str
    # What is answered at a time: while one request waits for the database, another does not.
    at_a_time: int
    # What is answered and waits; what is more is refused.
    most: int
    # The kinds of RATE_LIMITS that pace it, and whose pace each is.
    paces: tuple[tuple[str, str], ...]


class Queue:
    """What is answered to somebody, and what waits."""

    def __init__(self, who: Who) -> None:
        self.length = 0
        self.turns = Semaphore(who.at_a_time)


class Turns:
    """The turns of all, for one kind of thing."""

    def __init__(self, who: Callable[[Scope], Who | None]) -> None:
        """`who` says whose turn something takes; None for what waits for nothing."""
        self._who = who
        self.queues: dict[str, Queue] = {}

    @asynccontextmanager
    async def turn(self, scope: Scope) -> AsyncIterator[bool]:
        """Wait for a turn, and keep it; False where so much waits that there is none."""
        if not settings.RATE_LIMITS or (who := self._who(scope)) is None:
            yield True
            return
        queue = self.queues.setdefault(who.key, Queue(who))
        queue.length += 1
        try:
            if queue.length > who.most:
                yield False
                return
            async with queue.turns:
                yield await _paced(who)
        finally:
            queue.length -= 1
            if not queue.length:
                del self.queues[who.key]


async def _paced(who: Who) -> bool:
    """Wait until there may be another one; it returns False where that would take too long."""
    for kind, whose in who.paces:
        wait = limits.reserve(kind, whose, WITHIN)
        if wait is None:
            return False
        if wait:
            await sleep(wait)
    return True


def who_asks(scope: Scope) -> Who | None:
    """Return whose turn a request takes; files of the site take none."""
    if scope["path"].startswith(settings.STATIC_URL):
        return None
    address = source_of(scope)
    # Over a UNIX socket without a proxy there is none, and everybody would be one.
    of_address = (("request_address", address),) if address else ()
    if browser := _browser_of(scope):
        return Who(browser, at_a_time=2, most=50, paces=(("request", browser), *of_address))
    if address:
        strangers = "request_stranger", address
        return Who(address, at_a_time=4, most=500, paces=(strangers, *of_address))
    return None


def who_opens(scope: Scope) -> Who | None:
    """Return whose turn a handshake takes. How many sockets strangers open is counted once they are known."""
    browser = _browser_of(scope)
    return (browser and Who(browser, at_a_time=2, most=50, paces=(("handshake", browser),))) or None


def _browser_of(scope: Scope) -> str:
    """Return what stands for a browser, which gives its session to nobody; "" for one without."""
    session = session_of(scope)
    return sha256(session.encode()).hexdigest()[:16] if session else ""


pages = Turns(who_asks)
handshakes = Turns(who_opens)


async def in_turn(application: Application, scope: Scope, receive: Any, send: Any) -> None:
    """Have a request be answered when it is its turn.

    The turn is over when the answer begins: what is streamed takes as long as its reader.
    """
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
