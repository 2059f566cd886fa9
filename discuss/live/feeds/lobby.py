"""The lobby's feed: the rows of groups, and beside them each person's own buttons.

The lobby has no log. A flush reads the rows that may have changed, compares them with what it read before,
and writes the differences; a bell and a sweep go the same way.
"""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from discuss.db.workers import in_worker
from discuss.live.feeds.base import Feed
from discuss.live.lobby_updates import Asked, Joining, Reading, Rows, Shown, read_lobby_updates
from discuss.live.viewer import Viewer, in_slices, still_open
from discuss.models import Group
from discuss.reading.lobby import (
    facts,
)
from discuss.rendering import fragments
from discuss.server.protocol import CLOSE_RESTART
from discuss.server.wire import Prepared


class LobbyFeed(Feed):
    """The open pages of the lobby."""

    # The lobby changes with every join anywhere; nobody reads it faster than this.
    flush_interval = 0.1
    kind = "lobby"

    def __init__(self, on_empty: Callable[[], Any]) -> None:
        self._live: dict[Viewer, Shown] = {}
        self._joining: dict[Viewer, Joining] = {}
        # What a page's person did last there (the group, and whether they are in it now), until it is shown.
        self._acted: dict[Viewer, tuple[int, bool]] = {}
        # Every group that anybody may find, as it was last read; None until the first flush.
        self._known: dict[int, Group] | None = None
        self._rung_groups: set[int] = set()
        self._rung_people: set[int] = set()
        self._reads_all = True
        super().__init__("the lobby", on_empty)

    @property
    def is_empty(self) -> bool:
        return not self._live and not self._joining

    def ring_group(self, group_id: int) -> None:
        self._rung_groups.add(group_id)
        self._rung.set()

    def ring_person(self, user_id: int) -> None:
        self._rung_people.add(user_id)
        self._rung.set()

    def ring_all(self) -> None:
        """Compare everything: what a lost bell left behind is found here."""
        self._reads_all = True
        self._rung_people.update(viewer.user_id for viewer in self._live)
        self._rung.set()

    def join(self, viewer: Viewer, joining: Joining) -> None:
        """Bring the page up to date, and keep it there."""
        self._joining[viewer] = joining
        self._rung.set()

    def leave(self, viewer: Viewer) -> None:
        self._live.pop(viewer, None)
        self._joining.pop(viewer, None)
        self._acted.pop(viewer, None)
        if self.is_empty:
            self._rung.set()

    def answer(self, viewer: Viewer, group: Group, *, is_member: bool) -> None:
        """Show the actor's own page what their joining or leaving came to, with the focus on it."""
        self._acted[viewer] = (group.pk, is_member)
        # A page that is not live yet is shown it, focus and all, by the flush that makes it so.
        if viewer in self._live:
            self._write_membership(viewer, group.pk, is_member=is_member)

    async def flush(self) -> None:
        joining, self._joining = self._joining, {}
        people, self._rung_people = self._rung_people, set()
        rung, self._rung_groups = self._rung_groups, set()
        reads_all, self._reads_all = self._reads_all or self._known is None, False
        try:
            known = None if self._known is None else self._known.keys()
            searches = {shown.listing.query.words for shown in self._live.values()}
            live_people = {viewer.user_id for viewer in self._live}
            asked = Asked(
                None if reads_all else rung, known, searches, people, live_people, joining
            )
            reading = await in_worker(read_lobby_updates, asked)
        except Exception:
            self._joining = still_open(joining) | self._joining
            self._rung_people |= people
            self._rung_groups |= rung
            self._reads_all |= reads_all
            raise
        try:
            await self._write_groups(reading, None if reads_all else rung)
            await self._write_memberships(reading.joined)
            self._paint_own_anew(reading.joined)
            await self._admit(reading)
        except Exception:
            # Whoever has not been written to would miss it for good, and not know: all come back.
            for viewer in [*self._live, *reading.listings]:
                if viewer.is_open:
                    viewer.close(CLOSE_RESTART)
                    self.leave(viewer)
            raise

    async def _admit(self, reading: Reading) -> None:
        status = cache(lambda audience: Prepared(fragments.status_renewed(audience)))
        async for pages in in_slices(list(reading.listings.items())):
            for viewer, listing in pages:
                if not viewer.is_open:
                    continue
                self._live[viewer] = Shown.of(listing)
                viewer.write_prepared(status(viewer.audience))
                if viewer in reading.repaints:
                    viewer.write_prepared(reading.repaints[viewer])
                pk, is_member = self._acted.get(viewer, (0, False))
                if pk and (pk in listing.joined) == is_member:
                    self._write_membership(viewer, pk, is_member=is_member)

    async def _write_groups(self, reading: Reading, asked: Collection[int] | None) -> None:
        groups = reading.groups
        known = groups if self._known is None else self._known
        asked = known.keys() if asked is None else asked & known.keys()
        gone = [known[pk] for pk in asked if pk not in groups]
        changed = [g for pk, g in groups.items() if pk in known and facts(known[pk]) != facts(g)]
        added = [group for pk, group in groups.items() if pk not in known]
        self._known = known | groups
        for group in gone:
            del self._known[group.pk]
        self._paint_anew(known, changed)
        rows = Rows(reading.placement)
        async for pages in in_slices(list(self._live.items())):
            for viewer, shown in pages:
                rows.write(viewer, shown, gone=gone, changed=changed, added=added)

    def _paint_anew(self, known: dict[int, Group], changed: list[Group]) -> None:
        """Paint the pages anew on which a row may belong elsewhere now, or to which it may be new."""
        has_moved = any(known[group.pk].name_key != group.name_key for group in changed)
        is_found = any(known[g.pk].description_key != g.description_key for g in changed)
        for viewer, shown in self._live.items():
            if has_moved or (is_found and shown.listing.query.words):
                self._joining.setdefault(viewer, Joining(shown.listing.query, ""))
                self._rung.set()

    def _paint_own_anew(self, joined: dict[int, frozenset[int]]) -> None:
        """Paint the pages anew of those of these people who find more groups than anybody does.

        Rows of such groups are written to nobody else. What shows nothing new is not painted.
        """
        listed = self._known.keys() if self._known else set()
        for viewer, shown in self._live.items():
            theirs = joined.get(viewer.user_id)
            if theirs is not None and not listed >= theirs | shown.rows.keys():
                joining = Joining(shown.listing.query, shown.fingerprint)
                self._joining.setdefault(viewer, joining)
                self._rung.set()

    async def _write_memberships(self, joined: dict[int, frozenset[int]]) -> None:
        concerned = [each for each in self._live.items() if each[0].user_id in joined]
        async for pages in in_slices(concerned):
            for viewer, shown in pages:
                if viewer not in self._live:
                    continue  # it went away meanwhile
                present = joined[viewer.user_id] & shown.rows.keys()
                for pk in present ^ shown.joined:
                    self._write_membership(viewer, pk, is_member=pk in present)

    def _write_membership(self, viewer: Viewer, pk: int, *, is_member: bool) -> None:
        """Show a page its person's buttons beside a group; with the focus where that was just done there."""
        shown = self._live[viewer]
        if pk not in shown.rows:
            self._acted.pop(viewer, None)
            return
        (shown.joined.add if is_member else shown.joined.discard)(pk)
        has_focus = self._acted.get(viewer) == (pk, is_member)
        if has_focus:
            del self._acted[viewer]
        html = fragments.membership_changed(
            viewer.audience, group=shown.rows[pk], is_member=is_member, has_focus=has_focus
        )
        viewer.write(html)
