"""What a search takes for the same: the words of a text, by which it is kept in the index and found.

The index of SQLite holds what `words_of` returns. That of PostgreSQL holds the same, made by a function of
the database (discuss/db/search_tables.py), which has the ranges of this file. A test compares the two.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from discuss.rules.characters import IGNORABLE

# Characters of a word that count: the rest of a longer one is not looked at.
WORD_LENGTH = 40

# Marks that many leave out when they type: accents, the points of Hebrew and of Arabic, and its filler.
MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670"
)
# What stands between words: all of ASCII but letters and digits, and the punctuation and signs of scripts.
# By ranges, so that both databases and every version of Unicode agree.
BETWEEN = (
    "\x01-/:-@\\[-`{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb\u00bf\u00d7\u00f7\u02c2-\u02c5\u02d2-\u02df\u037e"
    "\u0387\u055a-\u055f\u0589-\u058f\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u0600-\u060f\u061b-\u061f\u066a-\u066d"
    "\u06d4\u0700-\u070f\u0964\u0965\u0970\u0df4\u0e2f\u0e4f\u0e5a\u0e5b\u0f04-\u0f17\u0f3a-\u0f3d\u104a-\u104f"
    "\u10fb\u1360-\u1368\u166d\u166e\u1680\u169b\u169c\u16eb-\u16ed\u17d4-\u17da\u1800-\u180a\u2000-\u200a"
    "\u2010-\u2029\u202f-\u205f\u20a0-\u20a7\u20a9-\u20cf\u2190-\u245f\u2500-\u25ff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f"
    "\u30a0\u30fb\ua4fe\ua4ff\ufd3e\ufd3f\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f"
)
# Scripts that put no spaces between words (Thai, Lao, Burmese, Khmer, Chinese, Japanese), and pictures.
UNSPACED = (
    "\u0e01-\u0e2e\u0e30-\u0e4e\u0e50-\u0e59\u0e80-\u0edf\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17db-\u17ff"
    "\u2600-\u27bf\u2b00-\u2bff\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa"
    "\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U0001f000-\U0001faff\U00020000-\U000323af"
)

_ASCII_WORD = re.compile("[A-Z0-9]+")
_MARK = re.compile(f"[{MARKS}]")
_PART = re.compile(f"([{UNSPACED}]+)|[^{BETWEEN}{UNSPACED}]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_UNIT = re.compile(f"[{UNSPACED}]|[^{BETWEEN}{UNSPACED}]+")
# English endings, the longer before those that end them.
_ENDINGS = ("ING", "IES", "ED", "ES", "S")
_PLAIN = re.compile("[A-Z]{3,}")


class Unit(NamedTuple):
    """A word of a text, or a character of a script without spaces, and where it stands there."""

    word: str
    start: int
    end: int


def search_key(text: str) -> str:
    """Return the text with what a search does not tell apart made alike: case, width and accents.

    It is in upper case, which both databases and Python make in the same way.
    """
    if text.isascii():
        return text.upper()
    # A message has no rows of marks so long that this would take its time (validate_marks).
    plain = normalize("NFKD", IGNORABLE.sub("", text)).lower().upper()
    return normalize("NFC", _MARK.sub("", normalize("NFKD", plain)))


def words_of(text: str) -> set[str]:
    """Return the words by which a text is kept in the index.

    Of scripts without spaces these are all pairs of neighbours, and the last character of each row: so a
    character is found as the beginning of a word, like any other.
    """
    key = search_key(text)
    if key.isascii():
        return {word[:WORD_LENGTH] for word in _ASCII_WORD.findall(key)}
    words = set()
    for match in _PART.finditer(key):
        part = match[0]
        if match[1]:
            words |= pairs(part)
            words.add(part[-1])
        else:
            words.add(part[:WORD_LENGTH])
    return words


def pairs(row: str) -> set[str]:
    """Return every two neighbours in a row of characters."""
    return {row[place : place + 2] for place in range(len(row) - 1)}


def units_of(text: str) -> Iterator[Unit]:
    """Yield the words of a text in their order, with their places, to mark what was found."""
    for match in _UNIT.finditer(text):
        for word in _words_in(match[0]):
            yield Unit(word, match.start(), match.end())


def forget() -> None:
    """Forget the words whose forms are known."""
    _words_in.cache_clear()


@lru_cache(10_000)
def _words_in(part: str) -> tuple[str, ...]:
    """Return what a word becomes; a few become several, such as one of an old ligature."""
    return tuple(word[:WORD_LENGTH] for word in _UNIT.findall(search_key(part)))


def is_unspaced(word: str) -> bool:
    """Whether a word is a character of a script without spaces."""
    return bool(_UNSPACED.fullmatch(word))


def other_forms(word: str) -> frozenset[str]:
    """Return other forms of an English word. Some of them are none, which finds nothing and does no harm."""
    if not _PLAIN.fullmatch(word):
        return frozenset()
    stem = ending = ""
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3 and not word.endswith(("SS", "US", "IS")):
            break
    else:
        stem, ending = word.removesuffix("E"), ""
    if ending == "IES":
        stem += "Y"
    is_short = len(stem) == 3 and ending in {"", "S"}  # "not" is no "note"
    forms = {stem + end for end in ("", "S", *(() if is_short else ("E", "ES", "ED", "ING")))}
    if stem.endswith("Y"):
        forms.add(stem[:-1] + "IES")
    return frozenset(forms - {word})
