"""What machines ask: whether the process lives, and whether it can serve."""

import asyncio

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static

from discuss.live import doorbell
from discuss.live.hub import hub
from discuss.live.pool import in_worker


def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("discuss/icon.svg"))


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process is alive."""
    return HttpResponse("alive\n", content_type="text/plain")


async def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether the database and the channel layer answer, each within two seconds, and it stays."""
    if hub.is_leaving:
        return HttpResponse("leaving\n", status=503, content_type="text/plain")
    answers = await asyncio.gather(_database_answers(), _layer_answers(), return_exceptions=True)
    down = [
        name
        for name, answer in zip(("database", "channel layer"), answers, strict=True)
        if isinstance(answer, BaseException)
    ]
    if down:
        return HttpResponse(f"down: {', '.join(down)}\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


async def _database_answers() -> None:
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    async with asyncio.timeout(2):
        await in_worker(ask)


async def _layer_answers() -> None:
    async with asyncio.timeout(2):
        await doorbell.probe()
