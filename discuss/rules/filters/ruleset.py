"""Rules of one group, or of the whole site, made ready once to be looked for in many texts.

All words and phrases are looked for at once (Aho and Corasick, 1975), in a time that grows as the text does
and with what is found, however many there are. So no rule can make it stand still.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import ahocorasick

from discuss.rules.filters import hosts
from discuss.rules.filters.folding import Folded, has_signs, is_sign, is_spelled
from discuss.rules.filters.rule import FilterKind, Rule

# Places at which terms are found that are gone through one by one. No text that somebody means has more: then
# each term is looked for by itself.
PLACES = 5_000

# The rules that each term belongs to, by their places in the set.
type Owners = dict[str, set[int]]
# Whether a text that mentions so many people breaks a rule.
type Check = Callable[[Folded, int], bool]


class Place(NamedTuple):
    """Where a term stands in a text, from its beginning to behind its end, and whose it is."""

    start: int
    end: int
    owners: tuple[int, ...]


class RuleSet:
    """Some rules. Any thread may ask it. It is made ready when it is asked for the first time."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)

    @cached_property
    def _ready(self) -> "_Ready":
        words: Owners = {}
        looks: Owners = {}
        signs: Owners = {}
        others: list[tuple[int, Check]] = []
        for owner, rule in enumerate(self.rules):
            if rule.kind == FilterKind.WORDS:
                for term in rule.terms:
                    _add_term(owner, term, rule.is_part, words, looks, signs)
            else:
                others.append((owner, _CHECKS[rule.kind](rule)))
        return _Ready(_Terms(words), _Terms(looks), _Terms(signs), others)

    def caught(self, text: Folded, mentions: int = 0) -> list[Rule]:
        """Return those of the rules that this text may break, which mentions so many people.

        Whether it is the same text again is not known here.
        """
        words, looks, signs, others = self._ready
        found: set[int] = set()
        if words:
            words.find_all(text.words, found)
        if signs:
            for place in signs.places(text.signs):
                found.update(o for o in place.owners if self._is_whole(o, text.signs, place))
        if looks and text.looks:
            for place in looks.places(text.looks):
                if not found.issuperset(place.owners) and text.is_disguised(place.start, place.end):
                    found.update(place.owners)
        found.update(owner for owner, is_broken in others if is_broken(text, mentions))
        return [self.rules[owner] for owner in sorted(found)]

    def _is_whole(self, owner: int, text: str, place: Place) -> bool:
        """Whether no letter touches a letter of a term at its ends; parts of words need not be whole."""
        return self.rules[owner].is_part or (
            _ends_word(text, place.start) and _ends_word(text, place.end)
        )


class _Terms:
    """Terms that are looked for in one form of a text."""

    def __init__(self, owners: Owners) -> None:
        self._owners: Mapping[str, tuple[int, ...]] = {t: tuple(o) for t, o in owners.items()}
        self._automaton = ahocorasick.Automaton()
        for term, places in self._owners.items():
            self._automaton.add_word(term, (len(term), places))
        self._automaton.make_automaton()

    def __bool__(self) -> bool:
        return bool(self._owners)

    def places(self, text: str) -> Iterator[Place]:
        """Yield where terms are in the text, up to PLACES of them."""
        for end, (length, owners) in islice(self._automaton.iter(text), PLACES):
            yield Place(end + 1 - length, end + 1, owners)

    def find_all(self, text: str, found: set[int]) -> None:
        """Add whose terms are in the text."""
        rest = self._automaton.iter(text)
        for _, (_, owners) in islice(rest, PLACES):
            found.update(owners)
        if next(rest, None) is not None:
            found.update(*(o for term, o in self._owners.items() if term in text))


class _Ready(NamedTuple):
    words: _Terms
    looks: _Terms
    signs: _Terms
    others: list[tuple[int, Check]]


def _add_term(
    owner: int, term: str, is_part: bool, words: Owners, looks: Owners, signs: Owners
) -> None:
    folded = Folded(term)
    if has_signs(term.strip()):
        signs.setdefault(folded.signs.strip(), set()).add(owner)
    elif folded.words.strip():
        look = folded.all_looks
        # The spaces at its ends say that it is whole.
        key, shown = (folded.words.strip(), look.strip()) if is_part else (folded.words, look)
        words.setdefault(key, set()).add(owner)
        if not is_spelled(key):
            return
        looks.setdefault(shown, set()).add(owner)
        if not key.isascii() and look.isascii():
            # It can be written with letters of Latin alone.
            words.setdefault(shown.upper(), set()).add(owner)


def _ends_word(text: str, place: int) -> bool:
    return is_sign(text[place - 1]) or is_sign(text[place])


# --- what is no word ------------------------------------------------------------------------------------


def _denied(rule: Rule) -> Check:
    denied = frozenset(map(hosts.host_key, map(hosts.readable, rule.terms)))
    return lambda text, mentions: any(hosts.is_of(h, denied) for h in text.hosts)


def _allowed(rule: Rule) -> Check:
    allowed = frozenset(map(hosts.host_key, map(hosts.readable, rule.terms)))
    return lambda text, mentions: not all(hosts.is_of(h, allowed) for h in text.linked_hosts)


def _mentions(rule: Rule) -> Check:
    return lambda text, mentions: mentions > rule.number


def _capitals(rule: Rule) -> Check:
    return lambda text, mentions: text.capitals > rule.number


def _repeated(rule: Rule) -> Check:
    # The database says whether it is the same again (discuss/actions/filtering.py).
    return lambda text, mentions: True


_CHECKS: dict[str, Callable[[Rule], Check]] = {
    FilterKind.DENIED: _denied,
    FilterKind.ALLOWED: _allowed,
    FilterKind.MENTIONS: _mentions,
    FilterKind.CAPITALS: _capitals,
    FilterKind.REPEATED: _repeated,
}
