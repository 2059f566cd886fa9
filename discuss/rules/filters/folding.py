"""What a filter takes for the same: a text in the forms in which rules are looked for in it.

Two forms tell no case, accents, widths or invisible characters apart. `words` is what a search takes for
the same (discuss/rules/words.py), with one space between words; a character of a script without spaces is a
word. `looks` is what they look like (discuss/rules/skeletons.py). It counts only where a word is disguised:
"fa1l" looks like "fail", and "fall" does so, too, to whoever takes every l for an i.

Each form is made character by character, of tables that are filled as characters come: 4,000 characters
take a tenth of a millisecond (bench/filters.py).
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property, lru_cache
from itertools import accumulate
from unicodedata import normalize

from discuss.rules.filters.hosts import hosts_in, linked_hosts, readable
from discuss.rules.scripts import mixes_scripts
from discuss.rules.skeletons import skeleton
from discuss.rules.words import BETWEEN, MARKS, UNSPACED, search_key

# Letters of a text at least, of which capitals are counted: OK is no shouting.
LETTERS = 10
# Characters of what stands for a text.
DIGEST_LENGTH = 32

# What cannot be seen, and marks that are drawn over a letter of any script.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u0488\u0489\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_MARK = re.compile(f"[{MARKS}]")
# A blank of Braille looks like a space.
_SIGN = re.compile(f"[{BETWEEN}\u2800]")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_UNSPACED_ROW = re.compile(f"[{UNSPACED}]+")


class _Table(dict[int, str]):
    """What each character becomes, found out when it comes for the first time. For str.translate."""

    def __init__(self, made: Callable[[str], str]) -> None:
        self._made = made

    def __missing__(self, code: int) -> str:
        self[code] = made = self._made(chr(code))
        return made


def _key(character: str) -> str:
    return "".join(map(_spaced, search_key(_UNSEEN.sub("", character))))


def _shown(character: str) -> str:
    plain = _MARK.sub("", normalize("NFKD", _UNSEEN.sub("", character)))
    return "".join(map(_spaced, normalize("NFC", plain)))


def _spaced(character: str) -> str:
    if _SIGN.match(character):
        return " "
    return f" {character} " if _UNSPACED.match(character) else character


def _look(character: str) -> str:
    if character == " ":
        return character
    # As names are looked at (discuss/rules/names.py): the capital of i looks like an l.
    return _MARK.sub("", skeleton(character)).replace("i", "l").replace(" ", "")


def _kind(character: str) -> str:
    """Return for what of ASCII a character stands where one tells whether a word is disguised."""
    return "0" if character.isdigit() else "A" if character.isupper() else "a"


def _seen(character: str) -> str:
    return "".join(map(_look, _shown(character)))


def _signed(character: str) -> str:
    return search_key(_UNSEEN.sub("", character))


_KEYS, _SIGNED, _SHOWN, _LOOKS, _SEEN = map(_Table, (_key, _signed, _shown, _look, _seen))
# For ASCII, which Python translates many times faster by a table that is complete.
_ASCII_SHOWN = {code: _shown(chr(code)) for code in range(128)}
_ASCII_LOOKS = {code: _seen(chr(code)) for code in range(128)}
_ASCII_KEYS = {code: _key(chr(code)) for code in range(128)}
_ASCII_KINDS = {c: k if (k := _shown(chr(c))) == " " else _kind(chr(c)) for c in range(128)}
# Plain words have no digits, and capitals at their beginnings alone, or nothing but capitals.
_ASCII_DISGUISES = ("aA", "AAa", "a0", "0a", "A0", "0A")


class Folded:
    """A text in the forms in which rules look for something in it. Each is made when it is first needed."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def words(self) -> str:
        """Its words, between spaces."""
        if self.text.isascii():
            return f" {' '.join(self.text.translate(_ASCII_KEYS).split())} "
        return f" {' '.join(self._composed.translate(_KEYS).split())} "

    @cached_property
    def signs(self) -> str:
        """Its words with all signs."""
        return f" {' '.join(self._composed.translate(_SIGNED).split())} "

    @cached_property
    def looks(self) -> str:
        """What its words look like, between spaces; nothing where none of them is disguised."""
        if self.text.isascii():
            kinds = self.text.translate(_ASCII_KINDS)
            if not any(disguise in kinds for disguise in _ASCII_DISGUISES):
                return ""
        return self.all_looks

    @cached_property
    def all_looks(self) -> str:
        """What its words look like, between spaces."""
        table = _ASCII_LOOKS if self.text.isascii() else _SEEN
        return f" {' '.join(self._spelled.translate(table).split())} "

    @cached_property
    def hosts(self) -> set[str]:
        """Whatever may be a host."""
        return hosts_in(self._readable)

    @cached_property
    def linked_hosts(self) -> set[str]:
        """Where its links lead."""
        return linked_hosts(self._readable)

    @cached_property
    def capitals(self) -> int:
        """How many of a hundred letters are capitals; none where there are few letters."""
        capitals = sum(map(str.isupper, self.text))
        # Those of scripts without capitals are neither.
        letters = capitals + sum(map(str.islower, self.text))
        return 100 * capitals // letters if letters >= LETTERS else 0

    @cached_property
    def digest(self) -> str:
        """What two texts share that say the same."""
        said = self.words if self.words.strip() else self.signs
        return hashlib.sha256(said.encode()).hexdigest()[:DIGEST_LENGTH]

    def is_disguised(self, start: int, end: int) -> bool:
        """Whether one of the words at these places of `looks` is disguised."""
        words, starts = self._places
        first = max(bisect_right(starts, start) - 1, 0)
        return any(map(is_disguise, words[first : bisect_right(starts, end - 1)]))

    @cached_property
    def _composed(self) -> str:
        return self.text if self.text.isascii() else normalize("NFKC", self.text)

    @cached_property
    def _spelled(self) -> str:
        """It without scripts that put no spaces between words: their words are not disguised."""
        return self.text if self.text.isascii() else _UNSPACED_ROW.sub(" ", self._composed)

    @cached_property
    def _places(self) -> tuple[list[str], list[int]]:
        """Its words as they are written, and where each begins in `looks`."""
        table = _ASCII_SHOWN if self.text.isascii() else _SHOWN
        shown = [(w, w.translate(_LOOKS)) for w in self._spelled.translate(table).split()]
        # What hardly shows looks like nothing.
        words = [word for word, look in shown if look]
        return words, list(accumulate((len(look) + 1 for _, look in shown if look), initial=1))

    @cached_property
    def _readable(self) -> str:
        return readable(_UNSEEN.sub("", self.text))


def forget() -> None:
    """Forget the words that were looked at."""
    is_disguise.cache_clear()


@lru_cache(10_000)
def is_disguise(word: str) -> bool:
    """Whether a word is written as no language has it, or is of letters that only look Latin."""
    letters = "".join(filter(str.isalpha, word))
    if not letters:
        return False  # a number
    if any(map(str.isdigit, word)) or mixes_scripts(word):
        return True
    if any(map(str.isupper, letters)) and not (letters.isupper() or letters[1:].islower()):
        return True
    return not word.isascii() and word.translate(_LOOKS).isascii()


def has_signs(term: str) -> bool:
    """Whether a term begins or ends with a sign, such as C++: then signs count."""
    return any(is_sign(character) for character in term[:1] + term[-1:])


def is_spelled(term: str) -> bool:
    """Whether all of its words are of letters that spell, and so may be disguised."""
    return not _UNSPACED.search(term)


def is_sign(character: str) -> bool:
    return bool(_SIGN.match(character))
