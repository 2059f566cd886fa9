"""Parts of a text, where there is no room for all of it: its beginning, and what was found in it."""

from collections.abc import Sequence
from typing import NamedTuple

from discuss.rules.markup import parse, to_words

# More than the widest row has room for.
EXCERPT_LENGTH = 160
# Of a longer text no more than this is looked at: spaces and markup may go from it.
LOOKED_AT = 2 * EXCERPT_LENGTH
# Characters of what is shown of a text around what was found, and of those before it.
AROUND = 240
BEFORE = 60


def excerpt(text: str) -> str:
    """Return the text in one line without its markup, cut where it is long."""
    line = " ".join(plain(text[:LOOKED_AT]).split())
    if len(line) <= EXCERPT_LENGTH and len(text) <= LOOKED_AT:
        return line
    return f"{line[:EXCERPT_LENGTH].rstrip()}…"


def plain(text: str) -> str:
    """Return the text without the characters that are markup: what one reads of it."""
    tokens = parse(text)
    return text if tokens is None else to_words(tokens)


class Piece(NamedTuple):
    """A part of a text, and whether it is marked."""

    text: str
    is_marked: bool


def excerpt_around(text: str, places: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return what stands around the first of these places, which begin and end there, with them marked."""
    start, end = 0, len(text)
    if end > AROUND:
        first = places[0][0] if places else 0
        start = _at_space(text, max(0, min(first - BEFORE, end - AROUND)))
        end = start + AROUND
    pieces, at = [Piece("…", is_marked=False)] if start else [], start
    for place, until in places:
        if place < at or place >= end:
            continue
        pieces += [Piece(text[at:place], is_marked=False), Piece(text[place:until], is_marked=True)]
        at = until
    rest = text[at : max(at, end)]
    pieces.append(Piece(f"{rest.rstrip()}…" if max(at, end) < len(text) else rest, is_marked=False))
    return [piece for piece in pieces if piece.text]


def _at_space(text: str, place: int) -> int:
    """Return where the word after this place begins, if one does soon."""
    if place == 0:
        return 0
    space = text.find(" ", place, place + BEFORE // 2)
    return place if space < 0 else space + 1
