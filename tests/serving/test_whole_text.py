"""The usual frame is read at once, and whatever is unusual about it is left to Autobahn."""

import pytest
from websockets.frames import Frame, Opcode

from discuss.live.server.frames import whole_text


def masked(payload: bytes, opcode: Opcode = Opcode.TEXT, **parts: bool) -> bytes:
    """Return a client's frame, as another library makes it."""
    return Frame(opcode, payload, **parts).serialize(mask=True)


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 125, 126, 127, 5000, 2**16 - 1])
def test_a_text_of_any_length_is_read(size: int):
    cut = ("añ€𝄞" * size).encode()[:size].decode(errors="ignore")
    text = cut + "x" * (size - len(cut.encode()))
    assert len(text.encode()) == size
    assert whole_text(masked(text.encode())) == text


def test_less_than_a_frame_and_more_than_one_are_left_alone():
    for frame in (masked(b"Soup?"), masked(b"Soup? " * 50)):
        for end in range(len(frame)):
            assert whole_text(frame[:end]) is None
        assert whole_text(frame + b"\x81") is None
        assert whole_text(frame + frame) is None


@pytest.mark.parametrize(
    "frame",
    [
        masked(b"bytes", Opcode.BINARY),
        masked(b"ping", Opcode.PING),
        masked(b"\x03\xe8", Opcode.CLOSE),
        masked(b"a part", fin=False),
        masked(b"another", Opcode.CONT),
        b"\xc1" + masked(b"compressed?")[1:],
        Frame(Opcode.TEXT, b"not masked").serialize(mask=False),
        masked(b"x" * 2**16),
        masked(b"\xff is no UTF-8"),
        masked(b"\xed\xa0\x80 is a surrogate"),
        b"\x81\xfe\x00\x05\x00\x00\x00\x00short",  # a length in two bytes that needs one (section 5.2)
    ],
)
def test_any_other_frame_is_left_alone(frame: bytes):
    assert whole_text(frame) is None
