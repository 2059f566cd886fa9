"""Somebody who does everything a hundred times as often as they may, and comes back whenever sent away."""

import asyncio
import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin

from project.rates import OF_PEOPLE

# Times the pace that the limits allow.
TIMES = 100
# Seconds between two bursts of frames, and those that htmx waits before it comes back.
PACE, PAUSE = 0.02, 0.5
_RESUME = {"verb": "resume", "cursor": 0, "epoch": "", "oldest": 0, "writing": "yes"}


_VERBS: dict[str, dict[str, Any]] = {
    "post": {"text": "flood"},
    "react": {"line": 1, "emoji": "👍"},
    "draft": {"text": "flood", "answered": 0},
    "typing": {},
}


class Place(NamedTuple):
    """Where the flooder comes in: a server, a group's socket, and their cookie."""

    url: str
    group: str
    cookie: str


class Flood(NamedTuple):
    """What came of it: frames that were sent, and how often the flooder was sent away with 1013."""

    frames: int = 0
    sent_away: int = 0


@contextmanager
def flooding(place: Place) -> Iterator[list[Flood]]:
    """Have a process flood the place meanwhile; the list holds what came of it in the end."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_flood, args=(place, theirs))
    process.start()
    came: list[Flood] = []
    try:
        # It has begun.
        ours.recv()
        yield came
    finally:
        ours.send("end")
        came.append(Flood(*ours.recv()) if ours.poll(10) else Flood())
        process.join(10)
        if process.is_alive():
            process.kill()


def _flood(place: Place, pipe: Any) -> None:
    # As if it ran on another machine.
    os.nice(19)
    pipe.send("begun")
    pipe.send(tuple(asyncio.run(_flood_until_told(place, pipe))))


async def _flood_until_told(place: Place, pipe: Any) -> Flood:
    frames = sent_away = 0
    while not pipe.poll():
        try:
            async with connect(
                f"{place.url.replace('http', 'ws', 1)}/ws/groups/{place.group}/",
                origin=Origin(place.url),
                additional_headers={"Cookie": place.cookie},
            ) as socket:
                reading = asyncio.create_task(_read(socket))
                await socket.send(json.dumps(_RESUME))
                while not pipe.poll() and not reading.done():
                    begin = time.monotonic()
                    for frame in _burst():
                        await socket.send(frame)
                        frames += 1
                    await asyncio.sleep(max(PACE - (time.monotonic() - begin), 0))
                reading.cancel()
        except ConnectionClosed as closed:
            sent_away += bool(closed.rcvd and closed.rcvd.code == 1013)
        except (OSError, WebSocketException):
            pass
        await asyncio.sleep(PAUSE)
    return Flood(frames, sent_away)


async def _read(socket: ClientConnection) -> None:
    """Read as a browser does, to the end of the socket."""
    try:
        async for _ in socket:
            pass
    except ConnectionClosed:
        pass


def _burst() -> Iterator[str]:
    """Yield what one burst sends of each verb."""
    for verb, fields in _VERBS.items():
        a_second = float(OF_PEOPLE[verb].partition("+")[2].removesuffix("/s"))
        for _ in range(max(1, round(TIMES * a_second * PACE))):
            yield json.dumps({"verb": verb, "nonce": os.urandom(8).hex(), **fields})
