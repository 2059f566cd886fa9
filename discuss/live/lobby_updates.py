"""What pages of the lobby lack: read in a worker thread, and the rows that are written for it."""

from collections.abc import Collection, Set
from dataclasses import dataclass, field
from functools import cache

from discuss.live.viewer import Viewer
from discuss.models import Group
from discuss.reading.lobby import (
    Listing,
    ListQuery,
    Placement,
    fingerprint,
    read_groups,
    read_joined,
    read_listings,
    read_placement,
)
from discuss.reading.log import read_standing
from discuss.rendering import fragments, rows
from discuss.rendering.audience import Audience
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


class Rows:
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


def read_lobby_updates(asked: Asked) -> Reading:
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
                shown = rows.of_listing(listing, viewer.audience)
                html = fragments.group_list_replaced(viewer.audience, rows=shown)
                painted[key] = Prepared(html)
            reading.repaints[viewer] = painted[key]
    return reading
