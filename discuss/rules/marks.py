"""Marks above and below letters: how many pile up, and normal forms at a bounded price."""

import unicodedata
from itertools import chain
from typing import Literal

# Marks that pile up on one character at most: more of them paint over other people's lines.
PILE = 4
# Marks of a character that have places of their own at most: Hebrew has up to four, Tibetan stacks more.
PLACED = 10
# Non-starters in a row that a text of any language may need (UAX 15, "Stream-Safe Text Format").
STREAM_SAFE = 30

# Mn nonspacing, Me enclosing.
MARKS = frozenset({"Mn", "Me"})
# These are of category Mn, too, and draw nothing: joiners of graphemes, selectors of a shape.
UNDRAWN = frozenset(
    map(
        chr,
        chain(
            [0x034F, 0x17B4, 0x17B5],
            range(0x180B, 0x1810),
            range(0xFE00, 0xFE10),
            range(0xE0100, 0xE01F0),
        ),
    )
)
# These count as starters, yet a normal form begins them with a mark.
SPLIT = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")
# The combining classes of marks that have one place on their letter: points of Hebrew and Arabic, vowels and
# tones of Thai and Tibetan (Unicode's chapter 4.3). Whatever is not a starter has one of the others.
OWN_PLACES = range(10, 200)


def has_pile(text: str) -> bool:
    """Whether more marks than PILE stand above, below or on one another."""
    if text.isascii():
        return False
    piled, placed = 0, set[str]()
    for character in text:
        category = unicodedata.category(character)
        if category in MARKS and character not in UNDRAWN:
            place = unicodedata.combining(character)
            if (not place or place in OWN_PLACES) and character not in placed and category == "Mn":
                placed.add(character)
            else:
                piled += 1
            if piled > PILE or len(placed) > PLACED:
                return True
        # What cannot be seen does not part them.
        elif category != "Cf" and character not in UNDRAWN:
            piled, placed = 0, set()
    return False


def normalized(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """Return a normal form of the text (UAX 15), in time that grows as its length does.

    Marks in a row beyond STREAM_SAFE are left out: CPython sorts them in quadratic time, while nothing else
    runs in the process (https://github.com/python/cpython/issues/149079).
    """
    has_marks = any(map(unicodedata.combining, text)) or not SPLIT.isdisjoint(text)
    if len(text) <= STREAM_SAFE or not has_marks:
        return unicodedata.normalize(form, text)
    kept, row = [], 0
    for character in text:
        row = row + 1 if unicodedata.combining(character) or character in SPLIT else 0
        if row <= STREAM_SAFE:
            kept.append(character)
    return unicodedata.normalize(form, "".join(kept))
