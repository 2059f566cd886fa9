"""Who reacted to a line, by name."""

from collections.abc import Sequence
from typing import NamedTuple

from discuss.models import Entry, User
from discuss.rules.reactions import OFFERED

# People who are named of those who reacted with one emoji.
NAMED = 20


class Reacted(NamedTuple):
    """One emoji at a line, and who reacted with it: so many more than are named."""

    emoji: str
    names: Sequence[str]
    unnamed: int = 0
    is_own: bool = False


class Offered(NamedTuple):
    """An emoji that is offered, and whether the person reacted with it already."""

    emoji: str
    is_own: bool


def read_reacted(entry: Entry, user_id: int, *, emoji: str | None = None) -> list[Reacted]:
    """Return who reacted to the line (with this emoji), to this person; to what is hidden nobody did."""
    if entry.is_hidden or not entry.reactions:
        return []
    shown = [(each, pks) for each, pks in entry.reactions if emoji in (None, each)]
    people = User.objects.in_bulk({pk for _, pks in shown for pk in pks[:NAMED]})
    return [
        Reacted(
            each,
            [people[pk].name for pk in pks[:NAMED] if pk in people],
            len(pks[NAMED:]),
            user_id in pks,
        )
        for each, pks in shown
    ]


def offered(entry: Entry, user_id: int) -> list[Offered]:
    """Return what is offered at one click."""
    shown = dict(entry.reactions or ())
    return [Offered(emoji, user_id in shown.get(emoji, ())) for emoji in OFFERED]
