"""Frames as they come in, with bounds: the usual one is read at once, and Autobahn reads all others."""

import math
from time import monotonic
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

from discuss.server.gate import CUT_COSTS
from discuss.server.protocol import CLOSE_OVERLOAD, CLOSE_POLICY, FRAME_LIMIT
from discuss.server.receive_queue import Inbox
from discuss.server.turns import frames
from discuss.server.wire import TEXT

# Frames that may wait for the application before their sender is sent away.
FRAMES_WAITING = 100
# Frames of any kind that a page may send in a second, and at once: a control frame of six bytes costs as much
# as any other. Whoever sends more is closed with 1008.
FRAMES_A_SECOND = 50.0
FRAMES_AT_ONCE = 120.0

# A client's frames are masked (RFC 6455 section 5.3); lengths of 126 and more take two bytes, or eight.
_MASKED = 0x80
_LONG = 126
_WIDTHS = {_LONG: 2, _LONG + 1: 8}


class IncomingFrames(WebSocketProtocol):
    """What comes in through a WebSocket, with bounds: on how fast it comes, and on what waits for us."""

    application_queue: Inbox
    # Frames are no longer taken: the socket is about to be closed.
    is_deaf = False
    # It sent too many frames, and nothing more of it is read.
    _is_cut = False
    # What came is read on in another turn of the event loop.
    _is_resting = False
    # How many frames it may send at once, how many were left when the latest was counted, and when that was.
    frames_at_once: float
    _frames_left: float
    _counted = 0.0
    # The latest ping that is not answered yet.
    _ping: bytes | None = None

    @property
    def is_up(self) -> bool:
        return bool(self.state == self.STATE_OPEN)

    def dataReceived(self, data: bytes) -> None:
        # Nobody may speak before the handshake is done (RFC 6455 section 4.1), and Autobahn would keep it.
        if self.state == self.STATE_CONNECTING and len(self.data) + len(data) > FRAME_LIMIT:
            self.dropConnection(abort=True)
            return
        if self._is_cut:
            return
        if self._is_resting:
            self.data += data
            return
        # What a person sends comes in one piece. Autobahn would take it through thirty calls.
        is_between = self.is_up and not (self.data or self.current_frame or self.inside_message)
        text = whole_text(data) if is_between else None
        if text is not None:
            if self._may_send():
                self._take({"type": "websocket.receive", "text": text})
        elif not self._is_flooded(data):
            # Not Autobahn's own dataReceived, which first writes out for its log what it was called for.
            self._dataReceived(data)
            self._answer_ping()

    def processData(self) -> bool:
        if self._is_cut:
            return False
        if self.current_frame is None and self.data and not frames.take():
            self._is_resting = True
            self.transport.pauseProducing()
            frames.wait(self)
            return False
        return bool(super().processData())

    def onFrameBegin(self) -> None:
        if self._may_send():
            super().onFrameBegin()

    def onPing(self, payload: bytes) -> None:
        # The latest alone has to be answered (RFC 6455 section 5.5.3).
        self._ping = payload

    def read_on(self) -> None:
        """Go on with what came, in a turn of one's own (discuss.server.turns)."""
        self._is_resting = False
        if self.transport.connected:
            self.consumeData()
            self._answer_ping()
        if not self._is_resting and not self._is_cut:
            self.transport.resumeProducing()

    def _answer_ping(self) -> None:
        if self._ping is not None:
            payload, self._ping = self._ping, None
            self.sendPong(payload)

    def _is_flooded(self, data: bytes) -> bool:
        """Close the socket where more frames came at once than it may send, before one of them is dealt with.

        To read a frame takes thirty times as long as to count it.
        """
        if self.state == self.STATE_CONNECTING or math.isinf(self.frames_at_once):
            return False
        left = max(0, int(self._count(0)))
        frame = self.current_frame
        rest = frame.length - self.current_frame_masker.pointer() if frame else 0
        is_flooded = has_more_frames(self.data + data, left, rest)
        if is_flooded:
            self._cut()
        return is_flooded

    def _may_send(self) -> bool:
        """Count a frame; close the socket where there were too many."""
        if self._count(1) < 0 and not self._is_cut:
            self._cut()
        return not self._is_cut

    def _count(self, frames: int) -> float:
        """Count so many frames, and return how many more may come."""
        now = monotonic()
        left = self._frames_left + (now - self._counted) * FRAMES_A_SECOND
        self._frames_left = min(self.frames_at_once, left) - frames
        self._counted = now
        return self._frames_left

    def _cut(self) -> None:
        self._is_cut = True
        self.data = b""
        self.serverClose(CLOSE_POLICY)
        # The other side's answer is not waited for, but for its time.
        self.transport.pauseProducing()
        self._tell_of_end(CLOSE_POLICY)
        self._charge(CUT_COSTS)

    def _tell_of_end(self, code: int) -> None:
        """Tell the application now, which otherwise hears of it when the connection is lost."""
        self.application_queue.put_nowait({"type": "websocket.disconnect", "code": code})
        self.muted = True

    def onMessageFrameData(self, payload: bytes) -> None:
        # Nothing is kept of an empty one.
        if payload:
            super().onMessageFrameData(payload)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        content: str | bytes = payload if isBinary else payload.decode()
        self._take({"type": "websocket.receive", "bytes" if isBinary else "text": content})

    def _take(self, message: dict[str, Any]) -> None:
        if self.is_deaf or not self.is_up:
            return
        if self.application_queue.qsize() >= FRAMES_WAITING:
            # Daphne's queue has no bound. The page comes back, and what was not stored is still in its
            # composer.
            self.serverClose(CLOSE_OVERLOAD)
        else:
            self.application_queue.put_nowait(message)

    def _charge(self, connections: int) -> None:
        if self.client_addr:
            self.server.charge(self.client_addr[0], connections)


def whole_text(data: bytes) -> str | None:
    """Return the text where `data` is one whole text frame of up to 64 KiB, and nothing else; or None."""
    if len(data) < 6 or data[0] != TEXT or not data[1] & _MASKED:
        return None
    size, begin = data[1] & ~_MASKED, 2
    if size == _LONG:
        size, begin = int.from_bytes(data[2:4]), 4
        if size < _LONG:
            return None
    if (size > _LONG and begin == 2) or len(data) != begin + 4 + size:
        return None
    key, masked = data[begin : begin + 4], data[begin + 4 :]
    mask = (key * (size // 4 + 1))[:size]
    payload = (int.from_bytes(masked) ^ int.from_bytes(mask)).to_bytes(size)
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return None


def has_more_frames(data: bytes, most: int, begin: int = 0) -> bool:
    """Whether more than `most` frames begin in `data`, the first of them at `begin`."""
    # A frame's second byte is the last that must be there to know its length, or how long that is.
    end = len(data) - 1
    for _ in range(most + 1):
        if begin >= end:
            return False
        second = data[begin + 1]
        size, begin = second & ~_MASKED, begin + 2
        width = _WIDTHS.get(size)
        if width:
            size, begin = int.from_bytes(data[begin : begin + width]), begin + width
        begin += size + (4 if second & _MASKED else 0)
    return True
