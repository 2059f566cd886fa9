"""Rendered pieces that are kept until something that they show changes: for pages and frames alike."""

from collections.abc import Callable, Hashable

from django.conf import settings

# Every store there is, for whoever needs each piece to be rendered anew.
_stores: list["Kept"] = []


class Kept:
    """A number of rendered pieces at most, of so many characters each, and in all of them together."""

    def __init__(self, pieces: int, characters: int, in_all: int | None = None) -> None:
        self._pieces, self._characters = pieces, characters
        self._in_all = pieces * characters if in_all is None else in_all
        self._kept: dict[Hashable, str] = {}
        self._length = 0
        _stores.append(self)

    def rendered(
        self,
        shown: Hashable,
        render: Callable[[], str],
        may_keep: Callable[[], bool] = lambda: True,
    ) -> str:
        """Return what is kept of this, or render it. `shown` is all that decides how it looks."""
        html = self._kept.get(shown)
        if html is None:
            html = render()
            # A designer may be changing the template; and memory is not for whoever writes the longest.
            if settings.DEBUG or len(html) > self._characters or not may_keep():
                return html
            if len(self._kept) >= self._pieces or self._length + len(html) > self._in_all:
                self.forget()
            self._kept[shown] = html
            self._length += len(html)
        return html

    def forget(self) -> None:
        """Drop all of them."""
        self._kept.clear()
        self._length = 0


def forget() -> None:
    """Drop all that is kept."""
    for store in _stores:
        store.forget()
