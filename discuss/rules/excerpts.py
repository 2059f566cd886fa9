"""Parts of a text, where there is no room for all of it: its beginning, and what was found in it."""

from collections.abc import Sequence
from typing import NamedTuple

# More than the widest row has room for.
EXCERPT_LENGTH = 160
# Characters of what is shown of a text around what was found, and of those before it.
AROUND = 240
BEFORE = 60


def excerpt(text: str) -> str:
    """Return the text in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else f"{line[:EXCERPT_LENGTH].rstrip()}…"


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
