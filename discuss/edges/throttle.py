"""How much one browser is answered at a time, and how often: what is over that waits in its lane.

Whoever asks for pages, or opens sockets, as fast as they come would else keep the interpreter from all others
(bench.attacks: forms, brackets, sockets). Nobody is refused for it but who has very much waiting.

A browser is told by its session. Those of an address who have none share a lane. A session can be made up,
so an address has a pace for all whose session was never found.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.utils._os import safe_join

from discuss.accounts.sessions import FOUND
from discuss.edges.lanes import Allowance, Full, Scope, Throttle
from discuss.edges.scopes import session_of, source_of
from discuss.logs import shown

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Of one browser: what is answered at a time, for while one request waits for the database, another does not;
# and what is answered and waits. What is more is refused.
AT_A_TIME = 2
LENGTH = 50
# Seconds in which one request of a browser is answered before its next one begins: most compute, so that both
# would take the interpreter from others together, and be answered no sooner.
APART = 0.1
# Of those of an address who have no session.
STRANGERS_AT_A_TIME = 4
STRANGERS_LENGTH = 200
# Seconds that a request waits at most for its pace, and a handshake, which servers give up after ten.
REQUEST_WITHIN = 10.0
HANDSHAKE_WITHIN = 5.0
# Browsers whose session was found lately.
FOUND_KEPT = 10_000
REFUSED = b"This was too much at once. Go back to what you wrote, and try again in %d seconds.\n"

# --- who has a lane -------------------------------------------------------------------------------------

_found: dict[str, None] = {}


def of_request(scope: Scope) -> Allowance | None:
    """Return what a request is answered within. Files of the site wait for nothing."""
    if _is_file(scope["path"]):
        return None
    browser, address = _browser_of(scope), source_of(scope)
    # Over a UNIX socket without a proxy there is no address, and everybody would be one.
    of_address = (("request_address", address),) if address and browser not in _found else ()
    if browser:
        paces = ("request", browser), *of_address
        return Allowance(browser, AT_A_TIME, LENGTH, paces, APART)
    if address:
        paces = ("request_stranger", address), *of_address
        return Allowance(address, STRANGERS_AT_A_TIME, STRANGERS_LENGTH, paces)
    return None


def of_handshake(scope: Scope) -> Allowance | None:
    """Return what a handshake is done within; how many sockets strangers open is connections.py's."""
    if browser := _browser_of(scope):
        return Allowance(browser, AT_A_TIME, LENGTH, (("handshake", browser),))
    return None


def _browser_of(scope: Scope) -> str:
    """Return what stands for a browser, which gives its session to nobody; "" for one without."""
    session = session_of(scope)
    return sha256(session.encode()).hexdigest()[:16] if session else ""


def _note_found(scope: Scope) -> None:
    """Remember a browser whose session was found while it was answered."""
    if scope.get(FOUND):
        browser = _browser_of(scope)
        _found.pop(browser, None)
        _found[browser] = None
        if len(_found) > FOUND_KEPT:
            del _found[next(iter(_found))]


def _is_file(path: str) -> bool:
    """Whether the path is that of a file of the site: what is none there costs as much as a page."""
    if not path.startswith(settings.STATIC_URL):
        return False
    try:
        name = safe_join(str(settings.STATIC_ROOT), path.removeprefix(settings.STATIC_URL))
        return Path(name).is_file()
    except (SuspiciousFileOperation, ValueError, OSError):
        return False


requests = Throttle(of_request, REQUEST_WITHIN)
handshakes = Throttle(of_handshake, HANDSHAKE_WITHIN)

# --- requests -------------------------------------------------------------------------------------------


async def answer_throttled(
    application: Application, scope: Scope, receive: Receive, send: Send
) -> None:
    """Have a request be answered when there is a slot for it; whoever has gone by then is not."""
    # A page that loads again by itself while DEBUG is on keeps one answer open, and loads very many frames.
    if settings.DEBUG:
        await application(scope, receive, send)
        return
    heard: list[dict[str, Any]] = []
    async with AsyncExitStack() as stack:
        try:
            async with _while_there(receive, heard):
                await stack.enter_async_context(requests.slot(scope))
        except TimeoutError:
            return
        except Full as full:
            logger.warning("%s is refused: too much waits already.", shown(scope["path"]))
            await _refuse(send, full.seconds)
            return

        async def hear() -> dict[str, Any]:
            return heard.pop(0) if heard else await receive()

        await application(scope, hear, send)
        _note_found(scope)


@asynccontextmanager
async def _while_there(receive: Receive, heard: list[dict[str, Any]]) -> AsyncIterator[None]:
    """Keep what is heard in here; raises TimeoutError as soon as whoever asks goes away."""
    async with asyncio.timeout(None) as patience:

        async def listen() -> None:
            while True:
                heard.append(message := await receive())
                if message["type"] == "http.disconnect":
                    break
                if message.get("more_body"):
                    return  # the rest waits where it is, in no memory of ours
            patience.reschedule(asyncio.get_running_loop().time())

        listening = asyncio.create_task(listen())
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _refuse(send: Send, seconds: int) -> None:
    text = REFUSED % seconds
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(text)),
        (b"cache-control", b"no-store"),
        (b"retry-after", b"%d" % seconds),
        # The next one needs a connection. Where no proxy is in front, that is counted before anything is read
        # (discuss/server/gate.py).
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": text})
