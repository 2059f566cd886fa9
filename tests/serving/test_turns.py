"""However many sockets send or connect at once, the loop does little for them in a turn."""

import asyncio
import socket
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from daphne.http_protocol import WebRequest
from twisted.internet import protocol, tcp
from twisted.internet.main import CONNECTION_DONE
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from websockets.frames import Frame, Opcode

from discuss.server import endpoints, http, turns as module
from discuss.server.gate import CUT_COSTS
from discuss.server.http import CRUMBS, HEAD_WITHIN, LOOK, Channel
from discuss.server.incoming import has_more_frames
from discuss.server.turns import FRAMES_A_TURN, HANDSHAKES_A_TURN, REQUESTS_A_TURN, Turns


class Chatterbox:
    """Has so many frames to read, and notes in which turn of the loop it read each."""

    def __init__(self, turns: Turns, frames: int) -> None:
        self._turns, self._frames = turns, frames
        self.read_in: list[int] = []
        self.now = 0

    def read_on(self) -> None:
        while self._frames:
            if not self._turns.take():
                self._turns.wait(self)
                return
            self._frames -= 1
            self.read_in.append(self.now)


async def go_round(turns: int, *talkers: Chatterbox) -> None:
    for now in range(1, turns):
        for each in talkers:
            each.now = now
        await asyncio.sleep(0)


async def test_all_sockets_together_are_read_so_much_in_a_turn():
    turns = Turns(lambda: FRAMES_A_TURN)
    talkers = [Chatterbox(turns, 3 * FRAMES_A_TURN) for _ in range(5)]
    for each in talkers:
        each.read_on()
    await go_round(30, *talkers)
    read = sorted(turn for each in talkers for turn in each.read_in)
    assert len(read) == 15 * FRAMES_A_TURN
    assert max(read.count(turn) for turn in range(30)) == FRAMES_A_TURN


async def test_who_has_more_to_say_waits_behind_the_others():
    turns = Turns(lambda: FRAMES_A_TURN)
    long, short = Chatterbox(turns, 5 * FRAMES_A_TURN), Chatterbox(turns, 1)
    long.read_on()
    short.read_on()
    await go_round(10, long, short)
    # Once the other has had a turn more.
    assert short.read_in == [2]
    assert long.read_in.count(2) == FRAMES_A_TURN - 1


async def test_who_speaks_alone_is_read_at_once():
    turns = Turns(lambda: FRAMES_A_TURN)
    for _ in range(3):
        await asyncio.sleep(0)
        talker = Chatterbox(turns, FRAMES_A_TURN)
        talker.read_on()
        assert len(talker.read_in) == FRAMES_A_TURN
        await asyncio.sleep(0)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
@pytest.mark.parametrize("mask", [True, False])
def test_frames_are_counted_by_their_heads(size: int, mask: bool):
    data = Frame(Opcode.BINARY, b"x" * size).serialize(mask=mask) * 3
    assert has_more_frames(data, 2)
    assert not has_more_frames(data, 3)
    # The rest of a frame that began before.
    assert has_more_frames(b"\xff" * 7 + data, 2, begin=7)
    assert not has_more_frames(b"\xff" * 7 + data, 3, begin=7)
    # What is not there yet begins nothing.
    assert not has_more_frames(data[: len(data) // 3 * 2], 2)
    assert not has_more_frames(data + b"\x81", 3)


def test_a_connection_has_one_timer_which_is_never_brought_forward():
    channel = Channel()
    channel.factory, channel.callLater = Mock(), Mock()
    channel.timeOut = 60  # as Twisted's factory sets it
    channel.makeConnection(StringTransport())
    assert [call.args[0] for call in channel.callLater.call_args_list] == [HEAD_WITHIN]
    channel.callLater.return_value.reset.assert_not_called()


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Is called for each request that is begun. The turns are those of this test's loop."""
    monkeypatch.setattr(http, "requests", Turns(lambda: REQUESTS_A_TURN))
    monkeypatch.setattr(http, "handshakes", Turns(lambda: HANDSHAKES_A_TURN))
    monkeypatch.setattr(WebRequest, "process", begun := Mock())
    return begun


def ask(more: bytes = b"") -> Channel:
    """Ask for a page by a connection of one's own."""
    channel = Channel()
    channel.factory, channel.callLater = Mock(), Mock()
    channel.factory.server.is_draining = False
    transport = StringTransport()
    transport.loseWriteConnection = Mock()
    channel.makeConnection(transport)
    channel.dataReceived(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more + b"\r\n")
    return channel


async def test_however_many_ask_at_once_few_are_answered_in_a_turn(begun: Mock):
    channels = [ask() for _ in range(3 * REQUESTS_A_TURN)]
    assert begun.call_count == REQUESTS_A_TURN
    # Who has gone meanwhile is not answered, and who was told that it took too long is so once.
    channels[-1].connectionLost(Failure(CONNECTION_DONE))
    channels[-2].requests[0].finished = True
    for _ in range(3):
        await asyncio.sleep(0)
    assert begun.call_count == 3 * REQUESTS_A_TURN - 2


async def test_handshakes_have_turns_of_their_own(begun: Mock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(WebRequest, "basic_error", refused := Mock())
    for _ in range(REQUESTS_A_TURN):
        ask()
    channels = [ask(b"Upgrade: websocket\r\n") for _ in range(HANDSHAKES_A_TURN + 1)]
    assert begun.call_count == REQUESTS_A_TURN + HANDSHAKES_A_TURN
    # The process was asked to end meanwhile.
    channels[-1].factory.server.is_draining = True
    await asyncio.sleep(0)
    assert begun.call_count == REQUESTS_A_TURN + HANDSHAKES_A_TURN
    assert refused.call_args.args[0] == 503


async def test_where_turns_are_long_more_are_read_in_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "monotonic", clock := Mock(return_value=0.0))
    turns = Turns(lambda: 2, a_second=500)
    talkers = [Chatterbox(turns, 1) for _ in range(40)]
    for each in talkers:
        each.read_on()
    clock.return_value = 1.0
    await go_round(3, *talkers)
    read = [turn for each in talkers for turn in each.read_in]
    assert [read.count(turn) for turn in (0, 1, 2)] == [2, 2, 2]
    # Nobody knew how long the first would take.
    clock.return_value = 1.02
    await go_round(2, *talkers)
    assert len([each for each in talkers if each.read_in]) == 6 + 10


async def test_whoever_sends_crumbs_pays_for_them_and_is_not_read_on(begun: Mock):
    channel = ask(b"Transfer-Encoding: chunked\r\n")
    (request,) = channel.requests
    channel.dataReceived(b"1\r\nx\r\n" * 10_000)
    assert CRUMBS < request._crumbs <= CRUMBS + LOOK / 6 + 1
    channel.factory.server.charge.assert_called_once_with(channel.getPeer().host, CUT_COSTS)
    begun.assert_not_called()


@pytest.fixture
def taken() -> Mock:
    """Is called for each connection that is taken."""
    return Mock(return_value=None)


@pytest.fixture
def port(taken: Mock) -> Iterator[tcp.Port]:
    """A port that many connections wait for."""
    factory = protocol.Factory()
    factory.buildProtocol = taken
    port = tcp.Port(0, factory, interface="127.0.0.1", reactor=Mock())
    port.startListening()
    endpoints.take_few(port)
    callers = [socket.create_connection(port.socket.getsockname()) for _ in range(50)]
    listening = port.socket
    yield port
    for each in (*callers, listening):
        each.close()


def test_connections_are_taken_few_at_a_time(port: tcp.Port, taken: Mock, clock: Mock):
    for turn in range(1, 4):
        port.doRead()
        assert taken.call_count == turn * endpoints.TAKEN_A_TURN
    # Who stops takes all that have come.
    endpoints.stop_listening(port)
    assert taken.call_count == 50


def test_more_are_taken_where_turns_are_long(port: tcp.Port, taken: Mock, clock: Mock):
    port.doRead()
    clock.return_value = 30 / endpoints.TAKEN_A_SECOND
    port.doRead()
    assert taken.call_count == 30 + endpoints.TAKEN_A_TURN
    port.doRead()
    assert taken.call_count == 30 + 2 * endpoints.TAKEN_A_TURN


def test_after_a_time_in_which_nobody_waited_few_are_taken(
    port: tcp.Port, taken: Mock, clock: Mock
):
    while taken.call_count < 50:
        port.doRead()
    port.doRead()
    clock.return_value = 100.0
    late = [socket.create_connection(port.socket.getsockname()) for _ in range(10)]
    try:
        port.doRead()
        assert taken.call_count <= 50 + endpoints.TAKEN_A_TURN
    finally:
        for each in late:
            each.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Mock:
    clock = Mock(return_value=0.0)
    monkeypatch.setattr(endpoints, "monotonic", clock)
    return clock
