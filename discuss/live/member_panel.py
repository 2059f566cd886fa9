"""What a page is written of the list of members in one flush: nothing, the rows that moved, or all of it."""

from discuss.reading.members import Members, Shown, moves
from discuss.rendering import fragments
from discuss.rendering.audience import Audience


class MemberPanel:
    """The list of members. Each way of writing it is rendered once, for all pages that show the same list.

    Pages that show what the live ones show are written the rows that moved, and others the whole list: no row
    is named that a page has not.
    """

    def __init__(self, before: Shown | None, now: Members | None) -> None:
        """Take what live pages show (None: there are none), and what it is now (None: the same)."""
        self._before = before.fingerprint if before else None
        self._now = now
        self._moves = moves(before, now) if before and now else None
        self._rendered: dict[tuple[Audience, bool], str] = {}

    def lacked(self, shown: str, audience: Audience, *, is_other: bool = False) -> str:
        """Return what a page lacks that shows the list of this fingerprint; "" where that is nothing.

        It `is_other` where it looks otherwise from now on, whatever is in it.
        """
        if self._now is None or (shown == self._now.shown.fingerprint and not is_other):
            return ""
        key = audience, shown == self._before and not is_other
        if key not in self._rendered:
            self._rendered[key] = self._render(self._now, *key)
        return self._rendered[key]

    def _render(self, now: Members, audience: Audience, shows_before: bool) -> str:
        if shows_before and self._moves is not None:
            return fragments.members_moved(audience, members=now, moves=self._moves)
        return fragments.members_changed(audience, members=now)
