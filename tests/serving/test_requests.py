"""Requests have bounds in size and in time, whatever their sender does."""

import asyncio
import json

import pytest

from discuss.server.http import BODY_LIMIT, CRUMBS
from tests.serving.conftest import Start
from tests.serving.test_slow_readers import memory
from tests.serving.tiny import NEVER, TinyServer
from tests.serving.wire import KEY, PATIENCE, Wire, frozen

HEAD = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def test_the_largest_body_is_taken_with_its_length_or_in_chunks(start: Start):
    server = start()
    async with await Wire.open(server) as wire:
        wire.write(HEAD + b"Content-Length: %d\r\n\r\n" % BODY_LIMIT + b"x" * BODY_LIMIT)
        _, body = await wire.answer()
        assert json.loads(body)["size"] == BODY_LIMIT
        wire.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        wire.write(chunk(b"x" * 1000) + chunk(b"x" * (BODY_LIMIT - 1000)) + chunk(b""))
        _, body = await wire.answer()
        assert json.loads(body)["size"] == BODY_LIMIT


async def test_a_body_is_read_by_the_application_alone(start: Start):
    """Twisted would read what it takes for a form, while all others wait: 12 ms for 128 KiB."""
    server = start()
    async with await Wire.open(server) as wire:
        for kind in (b"multipart/form-data; boundary=x", b"application/x-www-form-urlencoded"):
            wire.write(HEAD + b"Content-Type: " + kind + b"\r\nContent-Length: 8\r\n\r\nno form;")
            _, body = await wire.answer()
            assert json.loads(body)["size"] == 8


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n",
        b"Content-Length: 4\r\nContent-Length: 20000\r\nX: y\r\n\r\n",
        b"Bad header\r\nX: y\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"X: y\r\n" * 200 + b"\r\n",
    ],
)
async def test_what_is_no_request_is_answered_once_and_not_read_on(start: Start, head: bytes):
    """Its rest would be the next request, of whose size others decide (RFC 9112 section 11.2)."""
    server = start()
    async with await Wire.open(server) as wire:
        wire.write(HEAD + head + b"abcd" * 6000)
        async with asyncio.timeout(PATIENCE):
            answer = await wire.reader.read()
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_all_are_answered_however_few_are_begun_in_a_turn(start: Start):
    server = start(turns={"REQUESTS_A_TURN": 1})
    wires = [await Wire.open(server) for _ in range(20)]
    for wire in wires:
        # Some at once, each of which waits for the one before it.
        wire.write((HEAD + b"Content-Length: 3\r\n\r\nabc") * 5)
    for wire in wires:
        async with wire:
            for _ in range(5):
                _, body = await wire.answer()
                assert json.loads(body)["size"] == 3


async def test_an_answer_may_be_the_last_of_its_connection(start: Start):
    server = start()
    async with await Wire.open(server) as wire:
        await wire.ask("/")
        head, _ = await wire.ask("/last")
        assert head.lower().count(b"\r\nconnection: close\r\n") == 1
        assert await wire.is_over()


async def test_a_larger_one_is_refused_before_it_has_come(start: Start):
    server = start()
    async with await Wire.open(server) as wire:
        wire.write(HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (BODY_LIMIT + 1))
        assert (await wire.head()).startswith(b"HTTP/1.1 413 ")
        assert await wire.is_over()


async def test_a_body_that_comes_in_crumbs_is_refused(start: Start):
    """Each chunk takes the loop 3 µs: 60,000 of one byte, which others wait for, 160 ms."""
    server = start()
    async with await Wire.open(server) as wire:
        wire.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        wire.write(chunk(b"x") * CRUMBS + chunk(b""))
        _, body = await wire.answer()
        assert json.loads(body)["size"] == CRUMBS
        wire.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(b"x") * (CRUMBS + 1))
        assert (await wire.head()).startswith(b"HTTP/1.1 413 ")
        assert await wire.is_over()


@pytest.mark.parametrize("coding", [b"Content-Length: 20000000", b"Transfer-Encoding: chunked"])
async def test_the_answer_arrives_although_the_body_is_being_sent(start: Start, coding: bytes):
    server = start(http={"CUT_WITHIN": NEVER})
    async with await Wire.open(server) as wire:
        before = memory(server)
        wire.write(HEAD + coding + b"\r\n\r\n")
        for _ in range(200):
            wire.write(chunk(b"x" * 100_000))
        async with asyncio.timeout(PATIENCE):
            await wire.writer.drain()
        assert (await wire.head()).startswith(b"HTTP/1.1 413 ")
        # Half of what was sent.
        assert memory(server) - before < 10 * 2**20


@pytest.mark.parametrize("hosts", [0, 2])
@pytest.mark.parametrize("upgrade", [b"", b"Upgrade: websocket\r\nConnection: Upgrade\r\n"])
async def test_a_request_has_one_host(start: Start, hosts: int, upgrade: bytes):
    """As RFC 9112 section 3.2 wants it."""
    server = start()
    async with await Wire.open(server) as wire:
        wire.write(b"GET / HTTP/1.1\r\n" + b"Host: 127.0.0.1\r\n" * hosts + upgrade + b"\r\n")
        head, _ = await wire.answer()
        assert head.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("host", [b"", b"Host: 127.0.0.1\r\n"])
async def test_one_of_an_older_kind_needs_no_host_and_becomes_no_socket(start: Start, host: bytes):
    """An upgrade in HTTP/1.0 is to be ignored (RFC 9110 section 7.8)."""
    server = start()
    async with await Wire.open(server) as wire:
        wire.write(
            b"GET / HTTP/1.0\r\n%bUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: %b\r\nSec-WebSocket-Version: 13\r\n\r\n" % (host, KEY)
        )
        assert (await wire.head()).startswith(b"HTTP/1.0 200 ")


async def test_a_head_that_drips_is_not_waited_for(start: Start):
    server = start(http={"HEAD_WITHIN": 1.5})
    with frozen(server):
        dripping = await Wire.open(server)
        dripping.write(b"GET / HTTP/1.1\r\n")
    async with dripping as wire:
        head = asyncio.ensure_future(wire.head())
        while not head.done():
            await asyncio.sleep(0.2)
            wire.write(b"X-Drip: drip\r\n")
        assert (await head).startswith(b"HTTP/1.1 408 ")
        assert await wire.is_over()


async def test_nor_is_a_body_that_drips(start: Start):
    server = start(http={"HEAD_WITHIN": NEVER, "BODY_WITHIN": 1})
    async with await Wire.open(server) as wire:
        wire.write(HEAD + b"Content-Length: 1000\r\n\r\n")
        head = asyncio.ensure_future(wire.head())
        while not head.done():
            wire.write(b"x")
            await asyncio.sleep(0.1)
        assert (await head).startswith(b"HTTP/1.1 408 ")


async def test_the_second_request_of_a_connection_is_bounded_like_the_first(start: Start):
    server = start(http={"HEAD_WITHIN": 1.5, "IDLE_WITHIN": NEVER})
    with frozen(server):
        kept = await Wire.open(server)
        kept.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    async with kept as wire:
        await wire.answer()
        await asyncio.sleep(2)  # a pause between two is something else
        await wire.ask("/")
        head = asyncio.ensure_future(wire.head())
        wire.write(b"GET /")
        while not head.done():
            await asyncio.sleep(0.1)
            wire.write(b"a")
        assert (await head).startswith(b"HTTP/1.1 408 ")


async def test_a_connection_over_which_nothing_comes_is_closed(start: Start):
    server = start(http={"HEAD_WITHIN": 1.5, "IDLE_WITHIN": 1})
    with frozen(server):
        silent, asking = await Wire.open(server), await Wire.open(server)
        asking.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    async with silent as new, asking as kept:
        await kept.answer()
        # Twisted's own bound would be a minute.
        assert await new.is_over(40)
        assert await kept.is_over(40)


async def test_a_reader_of_a_page_that_does_not_read_is_cut_off(start: Start):
    server = start(http={"IDLE_WITHIN": 1, "CUT_WITHIN": 1})
    async with await Wire.open(server) as wire:
        wire.stop_reading()
        before = memory(server)
        wire.write(b"GET /large/50000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(PATIENCE):
            while memory(server) - before < 30 * 2**20:
                await ask_once(server)
            while memory(server) - before > 30 * 2**20:
                await ask_once(server)
        wire.read_again()
        assert await wire.is_over()


async def ask_once(server: TinyServer) -> None:
    async with await Wire.open(server) as wire:
        await wire.ask("/")
    await asyncio.sleep(0.05)


async def test_an_application_that_does_not_answer_is_answered_for(start: Start):
    server = start(http={"ANSWER_WITHIN": 1})
    async with await Wire.open(server) as wire:
        head, _ = await wire.ask("/hold")
        assert head.startswith(b"HTTP/1.1 503 ")
    assert "'/hold' had no whole answer" in server.log.read_text()


async def test_a_handshake_that_the_application_leaves_open_is_ended(start: Start):
    server = start(websocket={"AUTOBAHN_OPTIONS": {"openHandshakeTimeout": 10}})
    async with await Wire.socket(server, "/?0.1") as good, await Wire.open(server) as wire:
        with pytest.raises(ConnectionError):
            await wire.upgrade("/?hold")
        # Its own time was up before the other's.
        good.send("tell")
        await good.hear()
