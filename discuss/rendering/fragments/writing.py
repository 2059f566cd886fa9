"""What goes by while somebody writes."""

from collections.abc import Sequence
from typing import NamedTuple

from discuss.rendering.audience import Audience
from discuss.rendering.templates import render


class Typist(NamedTuple):
    """Somebody who is typing."""

    pk: int
    name: str


def writing_begun(audience: Audience, *, typists: Sequence[Typist]) -> str:
    """What a live page tells while its person writes, and who else does."""
    return render("writing_begun", audience, typists=typists)


def typing_shown(audience: Audience, *, typists: Sequence[Typist]) -> str:
    """Who is typing at this moment."""
    return render("typing_shown", audience, typists=typists, oob=True)
