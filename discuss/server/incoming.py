"""Frames as they come in: the usual one is read at once, and Autobahn reads all others."""

from discuss.server.wire import TEXT

# A client's frames are masked (RFC 6455 section 5.3); lengths of 126 and more take two bytes.
_MASKED = 0x80
_LONG = 126


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
