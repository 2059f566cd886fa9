"""The person's feed: on each page of theirs a person's own groups, and what is unread in them.

One feed serves all people of this process. It has no cursor: a page that comes in brings the fingerprint
of its list, and gets the list anew where that differs.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from itertools import chain
from typing import Any

from discuss.db.workers import in_worker
from discuss.live.feeds.base import Feed
from discuss.live.people import People
from discuss.live.person import OwnPage, others
from discuss.live.person_frames import PersonFrames
from discuss.live.person_updates import Answer, read_person_updates
from discuss.live.time_outs import TimeOuts
from discuss.live.viewer import Viewer, in_slices, still_open
from discuss.reading.own_groups import Unwritten
from discuss.rules.unread import Mark

# Seconds that a flush may begin before its time.
EARLY = 0.01


class PersonFeed(Feed):
    """All pages of this process, each with what is its person's own."""

    kind = "person"
    # A count need not be newer. Who has just come, or done something, is not kept waiting for it.
    flush_interval = 2.0

    def __init__(self, unwritten: Unwritten, on_empty: Callable[[], Any]) -> None:
        self._people = People(unwritten)
        # The heads of groups when their positions were asked for, as far as somebody said.
        self._heads: dict[int, int] = {}
        self._joining: dict[Viewer, OwnPage] = {}
        self._rung_people: set[int] = set()
        self._rung_groups: set[int] = set()
        self._rung_names: set[int] = set()
        # People whose counts may be others, though nothing has to be read for that.
        self._recount: set[int] = set()
        # While a flush reads, nobody knows of whom: what rings then is looked at in the next one.
        self._is_reading = False
        self._hurry = asyncio.Event()
        self._time_outs = TimeOuts(self.ring_person)
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
        if self._people.leave(viewer):
            self._recount_soon(viewer.user_id)
        if viewer.user_id not in self._people:
            self._time_outs.forget(viewer.user_id)
        if self.is_empty:
            self._rung.set()

    # --- bells --------------------------------------------------------------------------------------

    def ring_group(self, group_id: int, head: int) -> None:
        """There is something new in a group."""
        is_known = group_id in self._people.groups or self._is_reading
        if is_known and self._heads.get(group_id, 0) < head:
            self._heads[group_id] = head
            self._rung_groups.add(group_id)
            self._rung.set()

    def ring_hidden(self, group_id: int, head: int) -> None:
        """A moderator has hidden something in a group: no list shows it until it is time for counts."""
        self.ring_group(group_id, head)
        if group_id in self._rung_groups:
            self._due = 0.0
            self._ring_soon()

    def ring_name(self, group_id: int) -> None:
        """A group may be called otherwise."""
        if group_id in self._people.groups or self._is_reading:
            self._rung_names.add(group_id)
            self._rung.set()

    def ring_person(self, user_id: int) -> None:
        """A person joined or left."""
        if user_id in self._people or self._is_reading:
            self._rung_people.add(user_id)
            self._ring_soon()

    def ring_read(self, user_id: int) -> None:
        """A person has read further in another process, or has a draft somewhere: nobody waits to see it."""
        if user_id in self._people or self._is_reading:
            self._rung_people.add(user_id)
            self._rung.set()

    def mark_unread(self, user_id: int, group_id: int) -> None:
        """A person has marked something in a group as unread, and waits to see it."""
        if user_id in self._people or self._is_reading:
            self._people.mark_unread(user_id, group_id)
            self._rung_people.add(user_id)
            self._ring_soon()

    def sweep(self, heads: dict[int, int]) -> None:
        """Compare with the heads that groups have, and look at everybody's groups again."""
        for group_id, head in heads.items():
            self.ring_group(group_id, head)
        self._rung_people |= self._people.keys()
        self._rung.set()

    @property
    def groups(self) -> Collection[int]:
        """The groups of which a sweep has to say the heads."""
        return self._people.groups.keys()

    # --- what is read -------------------------------------------------------------------------------

    def note_read(self, user_id: int, group_id: int, mark: Mark) -> None:
        """This person has read so far."""
        if self._people.note_read(user_id, group_id, mark):
            self._recount_soon(user_id)

    def start_reading(self, viewer: Viewer, group_id: int) -> None:
        """The page shows its person all that is written, so nothing of it counts as unread."""
        self._people.being_read.start(viewer, group_id)
        self._recount_soon(viewer.user_id)

    def stop_reading(self, viewer: Viewer, group_id: int) -> None:
        if self._people.being_read.stop(viewer, group_id):
            self._recount_soon(viewer.user_id)

    def reading(self, user_id: int) -> frozenset[int]:
        """Return the groups that this person is reading at this moment; for a worker thread."""
        return self._people.being_read.by(user_id)

    def _recount_soon(self, user_id: int) -> None:
        self._recount.add(user_id)
        self._rung.set()

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
        self._people.groups.prune()
        for group_id in self._heads.keys() - self._people.groups.keys():
            del self._heads[group_id]
        joining, self._joining = self._joining, {}
        people, self._rung_people = self._rung_people & self._people.keys(), set()
        groups, names, recount = self._take_counts()
        asked = self._people.ask(people, names, groups, self._rung_groups, joining)
        self._is_reading = True
        try:
            answer = await in_worker(read_person_updates, asked)
        except Exception:
            self._joining = still_open(joining) | self._joining
            self._rung_people |= people
            self._rung_groups |= groups
            self._rung_names |= names
            self._recount |= recount
            raise
        finally:
            self._is_reading = False
        renamed = others(self._people.groups.names, answer.names)
        spoken = others(self._people.groups.last_lines, answer.last_lines)
        changed = self._people.take(asked, answer, joining)
        self._note_heads(answer)
        self._time_outs.note(answer.own, self._people)
        touched = self._people.groups.members_of(answer.positions.keys() | renamed | spoken)
        touched |= recount | answer.own.keys() | changed
        try:
            await self._write(touched, changed, renamed, spoken, joining)
        except Exception:
            # Nobody knows what was written: every page gets its list anew.
            for viewer, page in self._people.pages():
                self._joining.setdefault(viewer, OwnPage(page.group_id, ""))
            raise

    def _take_counts(self) -> tuple[set[int], set[int], set[int]]:
        """Take the groups, names and people whose counts this flush writes; before it is time, none."""
        now = asyncio.get_running_loop().time()
        # What is not awaited for exactly so long may be a moment early.
        self._is_due = now >= self._due - EARLY
        if not self._is_due:
            return set(), set(), set()
        self._due = now + self.flush_interval
        groups, self._rung_groups = self._rung_groups & self._people.groups.keys(), set()
        names, self._rung_names = self._rung_names & self._people.groups.keys(), set()
        recount, self._recount = self._recount, set()
        return groups, names, recount

    def _note_heads(self, answer: Answer) -> None:
        for place in chain.from_iterable(answer.own.values()):
            if place.group_id in self._people.groups:
                self._heads.setdefault(place.group_id, place.head)

    async def _write(
        self,
        people: Iterable[int],
        changed: set[int],
        renamed: set[int],
        spoken: set[int],
        joining: dict[Viewer, OwnPage],
    ) -> None:
        frames = PersonFrames(self._people)
        async for some in in_slices(list(people)):
            for user_id in some:
                is_other = user_id in changed
                frames.write(user_id, joining, spoken, renamed, is_other=is_other)

    def stop(self) -> None:
        self._time_outs.stop()
        super().stop()

    def _ring_soon(self) -> None:
        """Flush without a rest: somebody has just come, or done something and waits to see it."""
        self._rung.set()
        self._hurry.set()
