"""Scenes: conversations that are written down, to be played into a page with nobody there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

# What a step does, and which fields it needs and may have. All may say `after`.
NEEDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    does: (frozenset(needed.split()), frozenset(more.split()))
    for does, needed, more in (
        ("joins", "who", ""),
        ("leaves", "who", ""),
        ("types", "who", ""),
        ("says", "who text", "to name"),
        ("edits", "who to text", ""),
        ("removes", "who to", ""),
        ("reacts", "who to emoji", ""),
        ("unreacts", "who to emoji", ""),
        ("pins", "who to", ""),
        ("unpins", "who to", ""),
        ("bursts", "times text", "every"),
        ("disconnects", "", ""),
        ("wears", "skin", ""),
    )
}
# Milliseconds before a step: at least, at most, and where a scene says nothing of it.
LEAST, MOST, USUAL = 20, 60_000, 1_200
# Milliseconds between two messages of a burst, where it says nothing of it, and how many come at one moment.
EVERY, AT_ONCE = 25, 5
MOST_STEPS, MOST_MESSAGES, MOST_PEOPLE = 500, 2_000, 12


class SceneFault(NamedTuple):
    """What is wrong with a scene's file: in which line and step, 0 where none is known."""

    line: int
    step: int
    text: str


class Step(NamedTuple):
    """Something that happens in a scene, `after` so many milliseconds.

    `number` and `line` say where it is written. `to` is the name of a message, `name` the one that a message
    is given. Of a burst it is `times` messages, from the one of the number `first` on.
    """

    number: int
    line: int
    does: str
    after: int
    who: str = ""
    text: str = ""
    to: str = ""
    name: str = ""
    emoji: str = ""
    skin: str = ""
    times: int = 0
    first: int = 0


class Scene(NamedTuple):
    """A scene: who is in it, and what happens. The first of its `people` owns the group."""

    title: str
    words: str
    group: str
    about: str
    people: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def present(self) -> frozenset[str]:
        """Who is in the group from the beginning: all but those who join."""
        begun: dict[str, str] = {}
        for step in self.steps:
            if step.who:
                begun.setdefault(step.who, step.does)
        return frozenset(who for who in self.people if begun.get(who) != "joins")


def split_burst(step: Step, every: int) -> Iterator[Step]:
    """Yield a burst in pieces of a few messages each: nothing of a play takes long."""
    for first in range(0, step.times, AT_ONCE):
        times = min(AT_ONCE, step.times - first)
        after = step.after if not first else max(LEAST, every * AT_ONCE)
        yield step._replace(first=first, times=times, after=after)


def out_of_order(scene: Scene) -> Iterator[tuple[Step, str, dict[str, str]]]:
    """Yield the steps that cannot be done when they come, each with a code of why, and its values."""
    here = set(scene.present)
    authors: dict[str, str] = {}
    removed: set[str] = set()
    for step in scene.steps:
        who, to = step.who, step.to
        if who and who not in scene.people:
            yield step, "nobody", {"who": who}
            continue
        if step.does == "joins" and who in here:
            yield step, "here", {"who": who}
        elif step.does != "joins" and who and who not in here:
            yield step, "away", {"who": who}
        elif step.does == "leaves" and who == scene.people[0]:
            yield step, "owner", {"who": who}
        elif to and to not in authors:
            yield step, "unnamed", {"to": to}
        elif to in removed and step.does != "says":
            yield step, "removed", {"to": to}
        elif step.does in {"edits", "removes"} and authors[to] != who:
            yield step, "not its author", {"to": to, "who": authors[to]}
        elif step.name in authors:
            yield step, "named twice", {"name": step.name}
        here = (
            here | {who}
            if step.does == "joins"
            else here - {who}
            if step.does == "leaves"
            else here
        )
        if step.does == "removes":
            removed.add(to)
        if step.name:
            authors.setdefault(step.name, who)


def count_messages(steps: Sequence[Step]) -> int:
    """Return how many messages these steps write."""
    return sum(step.times if step.does == "bursts" else step.does == "says" for step in steps)
