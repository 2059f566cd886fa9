"""The usual frame is read at once, and whatever is unusual about it is left to Autobahn."""

import pytest
from websockets.frames import Frame, Opcode

from discuss.server.incoming import whole_text


def masked(payload: bytes, opcode: Opcode = Opcode.TEXT, **parts: bool) -> bytes:
    """Return a client's frame, as another library makes it."""
    return Frame(opcode, payload, **parts).serialize(mask=True)


# The masks are random, and a test's name has to be the same in every process that runs some of the tests.
OTHERS = {
    "bytes": masked(b"bytes", Opcode.BINARY),
    "a ping": masked(b"ping", Opcode.PING),
    "a close frame": masked(b"\x03\xe8", Opcode.CLOSE),
    "a part": masked(b"a part", fin=False),
    "another part": masked(b"another", Opcode.CONT),
    "with RSV1": b"\xc1" + masked(b"compressed?")[1:],
    "not masked": Frame(Opcode.TEXT, b"not masked").serialize(mask=False),
    "over 64 KiB": masked(b"x" * 2**16),
    "no UTF-8": masked(b"\xff is no UTF-8"),
    "a surrogate": masked(b"\xed\xa0\x80 is a surrogate"),
    # A length in two bytes that needs one (section 5.2).
    "a long length": b"\x81\xfe\x00\x05\x00\x00\x00\x00short",
}


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


@pytest.mark.parametrize("frame", OTHERS.values(), ids=OTHERS)
def test_any_other_frame_is_left_alone(frame: bytes):
    assert whole_text(frame) is None
