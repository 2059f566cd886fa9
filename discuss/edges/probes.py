"""What machines ask: whether the process lives, whether it can serve, and what it counts.

Plain ASGI, before Django: no answer takes a thread, so whoever asks a thousand times keeps nobody waiting.
"""

import asyncio
from io import BytesIO
from typing import Any, NamedTuple

from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import connection

from discuss import doorbell
from discuss.db.workers import in_worker
from discuss.edges import metrics
from discuss.edges.addresses import tell_of_refused
from discuss.live.hub import hub

# Seconds that the database and the channel layer each have for an answer.
LOOK_WITHIN = 2.0
# Seconds for which the answer serves all who ask.
SHARED_FOR = 1.0


class Answer(NamedTuple):
    status: int
    text: str
    content_type: str = "text/plain; charset=utf-8"


ALIVE, READY = Answer(200, "alive\n"), Answer(200, "ready\n")
LEAVING = Answer(503, "leaving\n")
FOREIGN_HOST = Answer(400, "This host is not served here.\n")
NOT_FOUND = Answer(404, "Not found.\n")
NOT_ALLOWED = Answer(405, "It can be got, and nothing else.\n")


class Readiness:
    """Whether this process can serve: one look is under way at a time, and shared by all who ask."""

    def __init__(self) -> None:
        self._look: asyncio.Task[Answer] | None = None
        self._ended = 0.0

    async def ask(self) -> Answer:
        """Say whether the database and the channel layer answer, and the process stays."""
        if hub.is_leaving:
            return LEAVING
        clock = asyncio.get_running_loop().time
        if self._look is None or (self._look.done() and clock() >= self._ended + SHARED_FOR):
            self._look = asyncio.create_task(self._look_once())
        # Whoever goes away takes the answer from nobody else.
        return await asyncio.shield(self._look)

    async def _look_once(self) -> Answer:
        looks = {"database": _database_answers(), "channel layer": _layer_answers()}
        answers = await asyncio.gather(*looks.values(), return_exceptions=True)
        down = [
            name
            for name, answer in zip(looks, answers, strict=True)
            if isinstance(answer, BaseException)
        ]
        self._ended = asyncio.get_running_loop().time()
        return Answer(503, f"down: {', '.join(down)}\n") if down else READY


readiness = Readiness()


async def healthz() -> Answer:
    """Say that the process is alive."""
    return ALIVE


async def readyz() -> Answer:
    """Say whether the process can serve."""
    return await readiness.ask()


async def show_metrics() -> Answer:
    """Show what this process counts."""
    return Answer(200, metrics.page(), metrics.CONTENT_TYPE)


METRICS = "/metrics"
PROBES = {"/healthz": healthz, "/readyz": readyz, METRICS: show_metrics}


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer a request for one of PROBES."""
    status, text, content_type = await _answer(scope)
    whole = text.encode()
    headers = {
        b"content-type": content_type.encode(),
        b"content-length": b"%d" % len(whole),
        b"cache-control": b"no-store",
        b"x-content-type-options": b"nosniff",
        **({b"allow": b"GET, HEAD"} if status == 405 else {}),
    }
    await send({"type": "http.response.start", "status": status, "headers": [*headers.items()]})
    body = b"" if scope["method"] == "HEAD" else whole
    await send({"type": "http.response.body", "body": body})


async def _answer(scope: dict[str, Any]) -> Answer:
    if scope["path"] == METRICS:
        # Whoever may not see them does not learn that they are there.
        if not metrics.may_see(scope):
            return NOT_FOUND
    elif not _is_served(scope):
        return FOREIGN_HOST
    if scope["method"] not in {"GET", "HEAD"}:
        return NOT_ALLOWED
    return await PROBES[scope["path"]]()


def _is_served(scope: dict[str, Any]) -> bool:
    """Whether the request's host is one of ALLOWED_HOSTS, as for every page."""
    # Not every server sees to it that a query is text.
    request = ASGIRequest(scope | {"query_string": b""}, BytesIO())
    try:
        request.get_host()
    except DisallowedHost:
        tell_of_refused(request)
        return False
    return True


async def _database_answers() -> None:
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    async with asyncio.timeout(LOOK_WITHIN):
        await in_worker(ask)


async def _layer_answers() -> None:
    async with asyncio.timeout(LOOK_WITHIN):
        await doorbell.probe()
