"""The person's feed: on each page of theirs a person's own groups, and what is unread in them.

One feed serves all people of this process. It has no cursor: a page that comes in brings the fingerprint
of its list, and gets the list anew where that differs.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from discuss.db.workers import in_worker
from discuss.live.feeds.base import Feed
from discuss.live.person_updates import Answer, Asked, read_person_updates
from discuss.live.viewer import Viewer, in_slices
from discuss.reading.person import (
    GroupName,
    OwnGroup,
    OwnGroups,
    Positions,
    in_words,
    own_groups,
)
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.server.wire import Prepared

LOBBY_TITLE = _("Groups")
# Seconds that a flush may begin before its time.
EARLY = 0.01


class OwnPage(NamedTuple):
    """A page of a person's: of which group (None: of the lobby), and what list it shows."""

    group_id: int | None
    fingerprint: str


@dataclass(slots=True)
class Person:
    """Somebody with open pages here: their groups, what is unread in each, and their pages."""

    own: dict[int, OwnGroup] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    pages: dict[Viewer, int | None] = field(default_factory=dict)


class PersonFeed(Feed):
    """All pages of this process, each with what is its person's own."""

    kind = "person"
    # A count need not be newer. Who has just come, or done something, is not kept waiting for it.
    flush_interval = 2.0

    def __init__(self, read_upto: Callable[[int, int], int], on_empty: Callable[[], Any]) -> None:
        """`read_upto` returns how far a person has read in a group, where that is not written yet."""
        self._read_upto = read_upto
        self._people: dict[int, Person] = {}
        # Of the groups that these people are in: who is, what they are called, and where messages stand.
        self._members: defaultdict[int, set[int]] = defaultdict(set)
        self._names: dict[int, GroupName] = {}
        self._positions: dict[int, Positions] = {}
        # The heads of groups when their positions were asked for, as far as somebody said.
        self._heads: dict[int, int] = {}
        self._joining: dict[Viewer, OwnPage] = {}
        # Pages by which somebody is reading a group at this moment.
        self._reading: defaultdict[tuple[int, int], set[Viewer]] = defaultdict(set)
        self._rung_people: set[int] = set()
        self._rung_groups: set[int] = set()
        self._rung_names: set[int] = set()
        # People whose counts may be others, though nothing has to be read for that.
        self._recount: set[int] = set()
        # While a flush reads, nobody knows of whom: what rings then is looked at in the next one.
        self._is_reading = False
        self._hurry = asyncio.Event()
        # When counts are written next, in seconds of the loop's clock, and whether the latest flush did.
        self._due = 0.0
        self._is_due = True
        super().__init__("people", on_empty)

    @property
    def is_empty(self) -> bool:
        return not self._people and not self._joining

    # --- pages come and go --------------------------------------------------------------------------

    def join(self, viewer: Viewer, page: OwnPage) -> None:
        """Show the page's person what is their own, and keep it current."""
        self._joining[viewer] = page
        self._ring_soon()

    def leave(self, viewer: Viewer) -> None:
        self._joining.pop(viewer, None)
        person = self._people.get(viewer.user_id)
        if person is None or viewer not in person.pages:
            return
        group_id = person.pages.pop(viewer)
        if group_id is not None:
            self.stop_reading(viewer, group_id)
        if not person.pages:
            del self._people[viewer.user_id]
            self._forget(viewer.user_id, person.own)
        if self.is_empty:
            self._rung.set()

    # --- bells --------------------------------------------------------------------------------------

    def ring_group(self, group_id: int, head: int) -> None:
        """There is something new in a group."""
        is_known = group_id in self._members or self._is_reading
        if is_known and self._heads.get(group_id, 0) < head:
            self._heads[group_id] = head
            self._rung_groups.add(group_id)
            self._rung.set()

    def ring_name(self, group_id: int) -> None:
        """A group may be called otherwise."""
        if group_id in self._members or self._is_reading:
            self._rung_names.add(group_id)
            self._rung.set()

    def ring_person(self, user_id: int) -> None:
        """A person joined or left."""
        if user_id in self._people or self._is_reading:
            self._rung_people.add(user_id)
            self._ring_soon()

    def ring_read(self, user_id: int) -> None:
        """A person has read further in another process: nobody waits to see it."""
        if user_id in self._people or self._is_reading:
            self._rung_people.add(user_id)
            self._rung.set()

    def sweep(self, heads: dict[int, int]) -> None:
        """Compare with the heads that groups have, and look at everybody's groups again."""
        for group_id, head in heads.items():
            self.ring_group(group_id, head)
        self._rung_people |= self._people.keys()
        self._rung.set()

    @property
    def groups(self) -> Collection[int]:
        """The groups of which a sweep has to say the heads."""
        return self._members.keys()

    # --- what is read -------------------------------------------------------------------------------

    def note_read(self, user_id: int, group_id: int, position: int) -> None:
        """This person has read so far."""
        person = self._people.get(user_id)
        place = person.own.get(group_id) if person else None
        if person and place and place.read_upto < position:
            person.own[group_id] = place._replace(read_upto=position)
            self._recount.add(user_id)
            self._rung.set()

    def start_reading(self, viewer: Viewer, group_id: int) -> None:
        """The page shows its person all that is written, so nothing of it counts as unread."""
        self._reading[viewer.user_id, group_id].add(viewer)
        self._recount.add(viewer.user_id)
        self._rung.set()

    def stop_reading(self, viewer: Viewer, group_id: int) -> None:
        pages = self._reading.get((viewer.user_id, group_id), set())
        if viewer in pages:
            pages.discard(viewer)
            if not pages:
                del self._reading[viewer.user_id, group_id]
            self._recount.add(viewer.user_id)
            self._rung.set()

    def reading(self, user_id: int) -> frozenset[int]:
        """Return the groups that this person is reading at this moment; for a worker thread."""
        return frozenset(group for user, group in list(self._reading) if user == user_id)

    # --- a flush ------------------------------------------------------------------------------------

    async def rest(self, seconds: float) -> None:
        if not self._is_due:
            seconds = max(self._due - asyncio.get_running_loop().time(), 0.0)
            if self._rung_groups or self._rung_names or self._recount:
                self._rung.set()
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            pass

    async def flush(self) -> None:
        self._hurry.clear()
        self._prune()
        joining, self._joining = self._joining, {}
        people, self._rung_people = self._rung_people & self._people.keys(), set()
        groups, names, recount = self._take_counts()
        asked = Asked(
            people | {viewer.user_id for viewer in joining}, names, groups, dict(self._positions)
        )
        self._is_reading = True
        try:
            answer = await in_worker(read_person_updates, asked)
        except Exception:
            waiting = {viewer: page for viewer, page in joining.items() if viewer.is_open}
            self._joining = waiting | self._joining
            self._rung_people |= people
            self._rung_groups |= groups
            self._rung_names |= names
            self._recount |= recount
            raise
        finally:
            self._is_reading = False
        renamed = {pk for pk, name in answer.names.items() if self._names.get(pk, name) != name}
        changed = self._take(answer, joining)
        touched = recount | {
            user for pk in answer.positions.keys() | renamed for user in self._members.get(pk, ())
        }
        try:
            await self._write(touched | answer.own.keys(), changed, renamed, joining)
        except Exception:
            # Nobody knows what was written: every page gets its list anew.
            for person in self._people.values():
                for viewer, group_id in person.pages.items():
                    self._joining.setdefault(viewer, OwnPage(group_id, ""))
            raise

    def _take_counts(self) -> tuple[set[int], set[int], set[int]]:
        """Take the groups, names and people whose counts this flush writes; before it is time, none."""
        now = asyncio.get_running_loop().time()
        # What is not awaited for exactly so long may be a moment early.
        self._is_due = now >= self._due - EARLY
        if not self._is_due:
            return set(), set(), set()
        self._due = now + self.flush_interval
        groups, self._rung_groups = self._rung_groups & self._members.keys(), set()
        names, self._rung_names = self._rung_names & self._members.keys(), set()
        recount, self._recount = self._recount, set()
        return groups, names, recount

    def _take(self, answer: Answer, joining: dict[Viewer, OwnPage]) -> set[int]:
        """Take over what was read; return the people whose groups are others than before."""
        self._names |= answer.names
        self._positions |= answer.positions
        for viewer, page in joining.items():
            if viewer.is_open:
                person = self._people.setdefault(viewer.user_id, Person())
                person.pages[viewer] = page.group_id
        changed = set()
        for user_id, places in answer.own.items():
            if user_id not in self._people:
                continue
            person, before = self._people[user_id], self._people[user_id].own
            person.own = {
                place.group_id: self._up_to_date(user_id, place, before.get(place.group_id))
                for place in places
            }
            if before.keys() != person.own.keys():
                changed.add(user_id)
            for group_id, place in person.own.items():
                self._members[group_id].add(user_id)
                self._heads.setdefault(group_id, place.head)
            self._forget(user_id, before.keys() - person.own.keys())
        return changed

    def _up_to_date(self, user_id: int, place: OwnGroup, before: OwnGroup | None) -> OwnGroup:
        """Return the place with what was read here, and is not written or was while the flush read."""
        read_upto = max(place.read_upto, self._read_upto(user_id, place.group_id))
        if before is not None and before.membership_id == place.membership_id:
            read_upto = max(read_upto, before.read_upto)
        return place._replace(read_upto=read_upto)

    async def _write(
        self,
        people: Iterable[int],
        changed: set[int],
        renamed: set[int],
        joining: dict[Viewer, OwnPage],
    ) -> None:
        # People for whom the same has moved are written the same bytes.
        update = cache(self._update)
        async for some in in_slices(list(people)):
            for user_id in some:
                person = self._people.get(user_id)
                if person is None:
                    continue
                before = person.counts
                person.counts = self._count(user_id, person)
                counts = person.counts
                moved = tuple(
                    (pk, counts.get(pk, 0)) for pk in person.own if counts.get(pk) != before.get(pk)
                )
                total = sum(counts.values())
                is_other = user_id in changed or not renamed.isdisjoint(person.own)
                for viewer, group_id in list(person.pages.items()):
                    page = joining.get(viewer)
                    if page is not None:
                        own = self._own_groups(person)
                        if own.fingerprint != page.fingerprint:
                            self._repaint(viewer, group_id, own)
                    elif is_other:
                        self._repaint(viewer, group_id, self._own_groups(person))
                    elif moved:
                        viewer.write_prepared(update(viewer.audience, group_id, total, moved))

    def _count(self, user_id: int, person: Person) -> dict[int, int]:
        """Return how many messages are unread in each of the person's groups where some are."""
        counts = {}
        for pk, place in person.own.items():
            if pk in self._positions and (user_id, pk) not in self._reading:
                count = self._positions[pk].count_unread(place.read_upto, user_id)
                if count:
                    counts[pk] = count
        return counts

    def _own_groups(self, person: Person) -> OwnGroups:
        names = [self._names[pk] for pk in person.own if pk in self._names]
        return own_groups(names, person.counts)

    def _repaint(self, viewer: Viewer, group_id: int | None, own: OwnGroups) -> None:
        title = self._title(viewer.audience, group_id, own.unread)
        uuid = self._uuid(group_id)
        html = fragments.own_groups_replaced(viewer.audience, own=own, current=uuid)
        viewer.write(title + html)

    def _update(
        self, audience: Audience, group_id: int | None, total: int, moved: Iterable[tuple[int, int]]
    ) -> Prepared:
        """Render what has moved for a page of this group: the badges of groups, and the title."""
        badges = [
            fragments.unread_changed(audience, uuid=self._names[pk].uuid, unread=in_words(count))
            for pk, count in moved
        ]
        return Prepared("".join([*badges, self._title(audience, group_id, in_words(total))]))

    def _title(self, audience: Audience, group_id: int | None, unread: str) -> str:
        name = self._names.get(group_id) if group_id is not None else None
        title = name.name if name else LOBBY_TITLE
        return fragments.title_changed(audience, title=title, unread=unread)

    def _uuid(self, group_id: int | None) -> UUID | None:
        name = self._names.get(group_id) if group_id is not None else None
        return name.uuid if name else None

    def _forget(self, user_id: int, group_ids: Iterable[int]) -> None:
        """This person is not in these groups any more, or has no pages here."""
        for group_id in group_ids:
            members = self._members[group_id]
            members.discard(user_id)
            if not members:
                del self._members[group_id]

    def _prune(self) -> None:
        """Forget groups that nobody is in. While a flush reads, what it relies on must stay."""
        for kept in (self._names, self._positions, self._heads):
            for group_id in kept.keys() - self._members.keys():
                del kept[group_id]

    def _ring_soon(self) -> None:
        """Flush without a rest: somebody has just come, or done something and waits to see it."""
        self._rung.set()
        self._hurry.set()
