"""What becomes of the drafts that pages of one person hold for one group; pure.

Each page writes one draft. Where somebody has several pages of the group, the latest draft is shown by the
next page that loads, and those of the others are kept below it: to send one takes away no other.
"""

import hashlib
from collections.abc import Iterable
from functools import reduce
from typing import Any, NamedTuple

# Drafts of one person in one group that are kept at most: the latest.
KEPT = 4

type Drafts = tuple[Kept, ...]


class Place(NamedTuple):
    """A place among the messages of one page: how many of them came before."""

    nonce: str = ""
    answered: int = 0

    def is_before(self, other: "Place") -> bool:
        """Whether both are of one page, and this was before the other."""
        return self.nonce == other.nonce and self.answered < other.answered


class Kept(NamedTuple):
    """What stands in a page's composer, at what place, and the position of the message that it answers."""

    place: Place
    text: str
    reply_to: int | None = None

    @property
    def name(self) -> str:
        """Return what a page that shows it calls it by, as long as it says the same."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


class Typed(NamedTuple):
    """A page's composer holds this from now on. `shown` names the draft that the page was loaded with."""

    kept: Kept
    shown: str = ""

    def applied(self, drafts: Drafts) -> Drafts:
        """Return the drafts from now on: this one comes first."""
        if self.kept in drafts:
            # It stands there as before, and others may have been written since.
            return drafts
        place, text, _ = self.kept
        others = (each for each in drafts if each.place.nonce != place.nonce and each.text != text)
        goes_on = not place.answered
        rest = [each for each in others if not (goes_on and each.name == self.shown)]
        return (self.kept, *rest)[:KEPT]


class Ended(NamedTuple):
    """What stood in a page's composer before this place does so no more: it was sent, or emptied.

    `text` is what was sent. `shown` names the draft that the page was loaded with.
    """

    upto: Place
    text: str = ""
    shown: str = ""

    def applied(self, drafts: Drafts) -> Drafts:
        """Return the drafts that are none of it."""
        return tuple(each for each in drafts if not self._has(each))

    def _has(self, kept: Kept) -> bool:
        # The page's first text goes on from what it was loaded with.
        is_shown = self.upto.answered == 1 and kept.name == self.shown
        return is_shown or kept.place.is_before(self.upto) or kept.text.strip() == self.text.strip()


type Event = Typed | Ended


def after(events: Iterable[Event], drafts: Drafts) -> Drafts:
    """Return what these drafts became by what happened, in order."""
    return reduce(lambda before, event: event.applied(before), events, drafts)


def stored(drafts: Drafts) -> list[list[Any]]:
    """Return the drafts as a row has them."""
    return [[*each.place, each.text, each.reply_to] for each in drafts]


def from_stored(text: str, rows: Iterable[Any] | None) -> Drafts:
    """Return the drafts of a row, of which `text` is the first: a version before writes that one alone."""
    drafts = tuple(
        Kept(Place(nonce, answered), each, reply_to)
        for nonce, answered, each, reply_to in rows or ()
    )
    if drafts and drafts[0].text == text:
        return drafts
    return (Kept(Place(), text), *drafts)[:KEPT] if text else ()
