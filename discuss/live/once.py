"""What many pages need in one flush is read, or rendered, once."""

from collections.abc import Callable
from typing import Any


class Once:
    """Keeps what was made, by what made it and what that was given; for one flush.

    For speed only (bench case small-groups) there is one for all: functools.cache takes 8 us to begin. And it
    holds no method's object, which holds it: only the garbage collector ends such a circle.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Any] = {}

    def __call__[*Given, Made](self, make: Callable[[*Given], Made], *given: *Given) -> Made:
        """Return what is made of this. A method's object has to live as long as the flush."""
        function, its_object = getattr(make, "__func__", make), id(getattr(make, "__self__", None))
        key = (function, its_object, *given)
        if key not in self._made:
            self._made[key] = make(*given)
        made: Made = self._made[key]
        return made
