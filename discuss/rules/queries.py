"""What people type to search messages: words, phrases, beginnings of words, names and days."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from discuss.rules.text import name_key
from discuss.rules.words import (
    BETWEEN,
    UNSPACED,
    WORD_LENGTH,
    Unit,
    is_unspaced,
    other_forms,
    pairs,
    search_key,
    units_of,
)

# Words, phrases and conditions of one search.
MOST_PARTS = 20
# Letters from which on a word finds those that begin with it, too.
BEGINNING = 4
# Syllables of Hangul: what follows a Korean noun is written together with it.
SYLLABLES = 2
_HANGUL = re.compile("[\uac00-\ud7a3]+")
# The least letters of what `*` ends: less would be most of what there is.
LEAST_BEGINNING = 2

# `name:` before what it is about, then a phrase or what stands up to the next space.
_PART = re.compile(
    r'(?:\b(from|in|after|before|on):)?(?:"([^"]*)(?:"|$)|([^\s"]+))(\*?)', re.IGNORECASE
)
_ABOUT = re.compile("(?:from|in|after|before|on):", re.IGNORECASE)
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»\uff02", '"'), "\0": " "})
# A character between two words, and one of a word.
BETWEEN_WORDS = f"[{BETWEEN}]"
IN_WORDS = f"[^{BETWEEN}{UNSPACED}]"
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


class Senseless(TextChoices):
    """Why a search makes no sense, each with its sentence, which may name what was typed."""

    NO_WORD = (
        "no word",
        _("There is no word in “%(typed)s”. Letters, digits and pictures can be searched for."),
    )
    NO_DAY = "no day", _("“%(typed)s” is not a day. Write it like this: 2026-01-31.")
    SHORT = "short", _("“%(typed)s” would find too much. Write two letters or more before the *.")
    MANY = "many", _("That is too much to look for at once: 20 words are the most.")
    NOTHING_AFTER = "nothing after", _("Something has to stand after “%(typed)s”.")


class QueryError(Exception):
    """What was typed makes no sense: `code` says why, and `typed` is what of it."""

    def __init__(self, code: Senseless, typed: str = "") -> None:
        super().__init__(code, typed)
        self.code, self.typed = code, typed


class Word(NamedTuple):
    """A word of the index that is looked for, or the beginning of one."""

    text: str
    is_beginning: bool = False


@dataclass(frozen=True)
class Term:
    """One word or phrase: what has to stand in a text, in this order."""

    words: tuple[str, ...]
    # What of it the index knows. That has no order, so a phrase is still to be looked for in each text.
    needed: tuple[Word, ...]
    # The last word may go on.
    is_beginning: bool = False
    # What may stand in the place of a single word.
    forms: frozenset[str] = frozenset()

    def ways(self) -> list[tuple[Word, ...]]:
        """Return lists of words that the index knows: all of one list are there where this is found."""
        return [self.needed, *((Word(form),) for form in sorted(self.forms))]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What finds it in the key of a text (discuss.rules.words.search_key)."""
        row, before = "", ""
        for word in self.words:
            if row:
                row += BETWEEN_WORDS + ("*" if is_unspaced(word) or is_unspaced(before) else "+")
            forms = [word, *sorted(self.forms)]
            row += f"(?:{'|'.join(map(re.escape, forms))})"
            before = word
        begins = "" if is_unspaced(self.words[0]) else f"(?<!{IN_WORDS})"
        is_open = self.is_beginning or is_unspaced(before) or len(before) == WORD_LENGTH
        return re.compile(f"{begins}{row}{'' if is_open else f'(?!{IN_WORDS})'}")

    def found_in(self, units: Sequence[Unit]) -> list[tuple[int, int, bool]]:
        """Return the first and last place among the units of each find, and whether it is the very words."""
        length, found = len(self.words), []
        for first in range(len(units) - length + 1):
            last = first + length - 1
            if any(units[first + n].word != word for n, word in enumerate(self.words[:-1])):
                continue
            word = units[last].word
            is_same = word == self.words[-1]
            goes_on = self.is_beginning and word.startswith(self.words[-1])
            if is_same or goes_on or word in self.forms:
                found.append((first, last, is_same))
        return found


@dataclass(frozen=True)
class Query:
    """A search as it is meant."""

    terms: tuple[Term, ...] = ()
    # Keys of names (discuss.rules.text.name_key).
    authors: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    # The first day that counts, and the first that does not any more.
    since: date | None = None
    until: date | None = None

    def finds(self, text: str) -> bool:
        """Whether all that is looked for stands in this text."""
        key = search_key(text)
        return all(term.pattern.search(key) for term in self.terms)

    def score(self, text: str) -> float:
        """Return how well the text answers: by the very words, often, and in a short text."""
        units = list(units_of(text))
        score = 0.0
        for term in self.terms:
            kinds = Counter(is_same for _, _, is_same in term.found_in(units))
            weight = 2 * kinds[True] + kinds[False]
            score += weight / (weight + 1) + (1 if kinds[True] else 0)
        return score / (1 + math.log1p(len(units)) / 4)

    def places(self, text: str) -> list[tuple[int, int]]:
        """Return where in the text what is looked for begins and ends, in order, without overlap."""
        units = list(units_of(text))
        found = sorted(
            (units[first].start, units[last].end)
            for term in self.terms
            for first, last, _ in term.found_in(units)
        )
        places: list[tuple[int, int]] = []
        for start, end in found:
            if places and start <= places[-1][1]:
                places[-1] = places[-1][0], max(end, places[-1][1])
            else:
                places.append((start, end))
        return places


def read_query(typed: str) -> Query:
    """Return what was typed as it is meant. Raises QueryError."""
    parts = list(_PART.finditer(typed.translate(_QUOTES)))
    if len(parts) > MOST_PARTS:
        raise QueryError(Senseless.MANY)
    terms: dict[Term, None] = {}
    names: dict[str, list[str]] = {"from": [], "in": []}
    since = until = None
    for part in parts:
        about, value = (part[1] or "").lower(), part[2] if part[2] is not None else part[3]
        if _ABOUT.fullmatch(value) and part[2] is None:
            raise QueryError(Senseless.NOTHING_AFTER, value)
        if not about:
            terms |= dict.fromkeys(_terms(value, part, is_phrase=part[2] is not None))
        elif not value.strip():
            raise QueryError(Senseless.NOTHING_AFTER, f"{about}:")
        elif about in names:
            names[about].append(name_key(value.removeprefix("@") if about == "from" else value))
        else:
            day = _day(value)
            first = date.fromordinal(day.toordinal() + 1) if about == "after" else day
            last = day if about == "before" else date.fromordinal(day.toordinal() + 1)
            if about != "before":
                since = max(since or first, first)
            if about != "after":
                until = min(until or last, last)
    query = Query(tuple(terms), tuple(names["from"]), tuple(names["in"]), since, until)
    if typed.strip() and query == Query():
        raise QueryError(Senseless.NO_WORD, typed.strip())
    return query


def _terms(value: str, part: re.Match[str], *, is_phrase: bool) -> list[Term]:
    """Return what has to be found of a phrase, or of what stands between two spaces."""
    units = list(units_of(search_key(value)))
    words = tuple(unit.word for unit in units)
    has_star = bool(part[4]) or (not is_phrase and value.endswith("*"))
    if not words:
        return []
    if has_star and len(words) == 1 and len(words[0]) < LEAST_BEGINNING and words[0].isascii():
        raise QueryError(Senseless.SHORT, part[0])
    # What punctuation holds together stands together: 1.5, e-mail, and rows without spaces.
    if is_phrase or len(words) > 1 or has_star:
        return [Term(words, tuple(_needed(units, is_beginning=has_star)), has_star)]
    (word,) = words
    least = SYLLABLES if _HANGUL.fullmatch(word) else BEGINNING
    goes_on = len(word) >= least and not word.isdigit()
    forms = {form for form in other_forms(word) if not (goes_on and form.startswith(word))}
    needed = tuple(_needed(units, is_beginning=goes_on))
    return [Term(words, needed, goes_on, frozenset(forms))]


def _needed(units: list[Unit], *, is_beginning: bool) -> dict[Word, None]:
    """Return the words of the index that a phrase consists of."""
    needed: dict[Word, None] = {}
    row = ""
    for unit, after in zip(units, [*units[1:], None], strict=True):
        if not is_unspaced(unit.word):
            needed[Word(unit.word, is_beginning and after is None)] = None
            continue
        row += unit.word
        if after is None or after.start != unit.end or not is_unspaced(after.word):
            if len(row) == 1:
                needed[Word(row, is_beginning=True)] = None
            needed |= dict.fromkeys(Word(pair) for pair in sorted(pairs(row)))
            row = ""
    return needed


def _day(value: str) -> date:
    match = _DAY.fullmatch(value.strip())
    try:
        if match:
            day = date(*map(int, match.groups()))
            if date(1970, 1, 1) <= day < date(9000, 1, 1):
                return day
    except ValueError:
        pass
    raise QueryError(Senseless.NO_DAY, value)
