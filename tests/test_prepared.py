"""A prepared frame is the very bytes of RFC 6455, whatever its length."""

import pytest
from websockets.frames import Frame, Opcode

from discuss.server.wire import BINARY, Prepared, to_wire


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 2**16 - 1, 2**16, 100_000])
def test_a_text_of_any_length_is_framed_as_another_library_frames_it(size: int):
    text = "x" * size
    assert Prepared(text).wire == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def test_its_length_is_that_of_its_bytes():
    text = "ü" * 100
    assert Prepared(text).wire == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def test_bytes_are_framed_as_bytes():
    assert to_wire(b"\x00\xff", BINARY) == Frame(Opcode.BINARY, b"\x00\xff").serialize(mask=False)
