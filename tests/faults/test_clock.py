"""The server's clock jumps by an hour, there and back, while people talk."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.client import Client
from tests.faults.conversation import SETTLING, Conversation, conversation, until
from tests.faults.run import fault
from tests.server import Server

Serve = Callable[..., Server]

FORTH, BACK = "+1h", "+0"
HOUR = timedelta(hours=1)
# Where packages put the library.
PLACES = "usr/lib/*/faketime/libfaketime.so.1"


class Clock:
    """How far off the server's clock is."""

    def __init__(self, file: Path) -> None:
        self.file = file
        found = sorted(Path("/").glob(PLACES))
        assert found, "This test needs libfaketime."
        self.library = str(found[0])
        self.jump(BACK)

    def jump(self, offset: str) -> None:
        self.file.write_text(offset)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.mark.fault(name="clock")
@pytest.mark.both_ways
async def test_a_clock_that_jumps_by_an_hour_disorders_nothing(
    serve: Serve, way: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No page saves itself by a new socket.
    monkeypatch.setattr("tests.faults.client.SILENCE_SECONDS", 10 * SETTLING)
    server = serve(
        LD_PRELOAD=clock.library,
        FAKETIME_TIMESTAMP_FILE=str(clock.file),
        FAKETIME_CACHE_DURATION="1",
        # Time-outs and pauses go by this one, which does not jump on a real machine either.
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        # For an old glibc: with a new one, threads wait for each other many times as long.
        FAKETIME_FORCE_MONOTONIC_FIX="0",
        FAKETIME_DISABLE_SHM="1",
        NO_FAKE_STAT="1",
    )
    async with fault("clock", way) as run, conversation(server, run) as talk:
        talk.begin()
        for _ in run.repeat():
            for jump in (FORTH, BACK):
                await everyone_hears_and_is_heard(talk)
                clock.jump(jump)
                # Until the library looks at its file again.
                await asyncio.sleep(2)
                await everyone_hears_and_is_heard(talk)
        ledger = await talk.settle()
        assert ledger.problems() == []
        assert ledger.numbers()["closes"] == {}
        for client in talk.clients:
            assert HOUR / 2 < span(client) < 2 * HOUR, "The clock did not jump."


async def everyone_hears_and_is_heard(talk: Conversation) -> None:
    before = {c: (len(c.answered), c.document.cursor) for c in talk.clients}

    def is_past(client: Client) -> bool:
        answered, cursor = before[client]
        # Two: one may have been on its way when this began.
        return len(client.answered) > answered + 1 and client.document.cursor > cursor + 1

    await until(lambda: all(map(is_past, talk.clients)), "nobody is deaf")


def span(client: Client) -> timedelta:
    """Return how long the lines say that the conversation took."""
    said = client.document.document.xpath(
        "//ol[@id='log']//time[contains(@datetime, 'T')]/@datetime"
    )
    times = [datetime.fromisoformat(each) for each in said]
    return max(times) - min(times)
