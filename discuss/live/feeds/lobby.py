"""The lobby's feed: the rows of groups, and beside them each person's own buttons.

The lobby has no log. A flush reads the rows that may have changed, compares them with what it read before,
and writes the differences; a bell and a sweep go the same way.
"""

from collections.abc import Callable, Collection, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from discuss.db.workers import in_worker
from discuss.live.feeds.base import Feed
from discuss.live.viewer import Viewer, in_slices
from discuss.models import Group
from discuss.reading.lobby import (
    Listing,
    ListQuery,
    Placement,
    facts,
    fingerprint,
    read_groups,
    read_joined,
    read_listings,
    read_placement,
)
from discuss.reading.log import read_standing
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.server.protocol import CLOSE_RESTART
from discuss.server.wire import Prepared


@dataclass(slots=True)
class Shown:
    """What one page of the lobby shows: its rows by their order, and which of them its person is in."""

    listing: Listing
    rows: dict[int, Group]
    joined: set[int]

    @classmethod
    def of(cls, listing: Listing) -> "Shown":
        return cls(listing, {group.pk: group for group in listing.groups}, set(listing.joined))

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.rows.values(), self.joined)

    def makes_room_for(self, group: Group, placement: Placement) -> bool:
        """Whether the new group is found by this page's search and stands between its rows, or at an end."""
        place = placement.places.get(group.pk)
        found = placement.matching.get(self.listing.query.words, frozenset())
        if place is None or group.pk not in found:
            return False
        places = [placement.places[pk] for pk in self.rows if pk in placement.places]
        if not places:  # all of its rows are gone by now
            return not self.listing.page.has_other_pages()
        is_after_start = not self.listing.page.has_previous() or place > min(places)
        is_before_end = not self.listing.page.has_next() or place < max(places)
        return is_after_start and is_before_end

    def row_before(self, group: Group, placement: Placement) -> Group | None:
        places = placement.places
        before = [pk for pk in self.rows if places.get(pk, len(places)) < places[group.pk]]
        last = max(before, key=places.__getitem__, default=None)
        return None if last is None else self.rows[last]


@dataclass(frozen=True, slots=True)
class Joining:
    """What a page of the lobby asks for, and the fingerprint of what it shows already."""

    query: ListQuery
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a flush asks the database for; `groups` and `known` are None for all and for none yet."""

    groups: Collection[int] | None
    known: Set[int] | None
    searches: Collection[str]
    people: Collection[int]
    live_people: Collection[int]
    joining: dict[Viewer, Joining]


@dataclass(slots=True)
class Reading:
    """What a flush read: rows by group, where new ones belong, groups by person, a list per joining page."""

    groups: dict[int, Group]
    placement: Placement
    joined: dict[int, frozenset[int]]
    listings: dict[Viewer, Listing] = field(default_factory=dict)
    repaints: dict[Viewer, Prepared] = field(default_factory=dict)


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
            reading = await in_worker(_read, asked)
        except Exception:
            waiting = {viewer: query for viewer, query in joining.items() if viewer.is_open}
            self._joining = waiting | self._joining
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
        rows = _Rows(reading.placement)
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


class _Rows:
    """The rows that a flush writes: each is rendered once per audience, whoever sees it."""

    def __init__(self, placement: Placement) -> None:
        self._placement = placement
        self._removed = cache(lambda *it: Prepared(fragments.group_removed(it[0], group=it[1])))
        self._changed = cache(lambda *it: Prepared(fragments.group_changed(it[0], group=it[1])))
        self._added = cache(
            lambda *it: Prepared(fragments.group_added(it[0], group=it[1], after=it[2]))
        )

    def write(
        self,
        viewer: Viewer,
        shown: Shown,
        *,
        gone: list[Group],
        changed: list[Group],
        added: list[Group],
    ) -> None:
        """Write to a page what it shows of these groups."""
        for group in gone:
            if shown.rows.pop(group.pk, None):
                shown.joined.discard(group.pk)
                viewer.write_prepared(self._removed(viewer.audience, group))
        for group in [*changed, *added]:
            if group.pk in shown.rows:
                shown.rows[group.pk] = group
                viewer.write_prepared(self._changed(viewer.audience, group))
        for group in added:
            if group.pk not in shown.rows and shown.makes_room_for(group, self._placement):
                after = shown.row_before(group, self._placement)
                shown.rows[group.pk] = group
                viewer.write_prepared(self._added(viewer.audience, group, after))


def _read(asked: Asked) -> Reading:
    """Read what a flush needs, in a worker thread: the rows first, so that a listing is never older."""
    pks, people, joining = asked.groups, {*asked.people}, asked.joining
    groups = read_groups(pks) if pks is None or pks else {}
    # A group that not everybody finds concerns its members, who are asked about as if they had been rung.
    if unlisted := {*(pks or ())} - groups.keys():
        people |= {user_id for _, user_id in read_standing(unlisted, asked.live_people)}
    new = [] if asked.known is None else groups.keys() - asked.known
    reading = Reading(
        groups=groups,
        placement=read_placement(new, asked.searches),
        joined=read_joined(people) if people else {},
    )
    listings = read_listings({(each.query, viewer.user_id) for viewer, each in joining.items()})
    # People who are in the same groups see the same list.
    painted: dict[tuple[Audience, ListQuery, frozenset[int]], Prepared] = {}
    for viewer, each in joining.items():
        listing = reading.listings[viewer] = listings[each.query, viewer.user_id]
        if listing.fingerprint != each.fingerprint:
            key = viewer.audience, each.query, listing.joined
            if key not in painted:
                html = fragments.group_list_replaced(viewer.audience, listing=listing)
                painted[key] = Prepared(html)
            reading.repaints[viewer] = painted[key]
    return reading
