"""What stands for somebody's picture: letters of a name, and a colour."""

import re
from zlib import crc32

# The colours of the style sheet.
HUES = 8
_WORD = re.compile(r"[^\W_]+")


def initials(name: str) -> str:
    """Return the first letters of a name's first two words, or the first two of its only one."""
    words: list[str] = _WORD.findall(name)
    if not words:
        return name.strip()[:2] or "?"
    if len(words) > 1:
        return (words[0][0] + words[1][0]).upper()
    return words[0][0].upper() + words[0][1:2]


def hue_of(name: str) -> int:
    """Return which of the colours belongs to whoever, or whatever, has this name."""
    return crc32(name.encode()) % HUES
