"""The people with open pages in this process, and what is theirs: groups, and what is unread in each."""

from collections.abc import KeysView, Sequence

from discuss.live.being_read import BeingRead
from discuss.live.people_groups import PeopleGroups
from discuss.live.person import OwnPage, Person, shown_of
from discuss.live.person_updates import Answer, Asked
from discuss.live.viewer import Viewer
from discuss.models import Level
from discuss.reading.mentions import Everybodys, latest_mention
from discuss.reading.own_groups import (
    NOTHING,
    OwnGroup,
    OwnGroups,
    Unread,
    Unwritten,
    count_unread,
    own_groups,
)
from discuss.rules.unread import Mark


class People:
    """All of them, by their keys. Its methods run on the hub's event loop."""

    def __init__(self, unwritten: Unwritten) -> None:
        self._unwritten = unwritten
        self._people: dict[int, Person] = {}
        self.groups = PeopleGroups()
        # Where somebody has marked something as unread: what is read of it next counts as it is. And of which
        # of these places that is being read.
        self._unread: set[tuple[int, int]] = set()
        self._unread_asked: frozenset[tuple[int, int]] = frozenset()
        self.being_read = BeingRead()

    def __len__(self) -> int:
        return len(self._people)

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._people

    def keys(self) -> KeysView[int]:
        return self._people.keys()

    def get(self, user_id: int) -> Person | None:
        return self._people.get(user_id)

    def pages(self) -> list[tuple[Viewer, OwnPage]]:
        """Return all their pages."""
        return [page for person in self._people.values() for page in person.pages.items()]

    # --- what is read of them -----------------------------------------------------------------------

    def ask(
        self,
        people: set[int],
        names: set[int],
        groups: set[int],
        rung: set[int],
        joining: dict[Viewer, OwnPage],
    ) -> Asked:
        """Return what a flush reads of these people, groups and pages.

        Groups that were `rung` wait for their turn. A page that comes may show more of them than is known.
        """
        self._unread_asked = frozenset(self._unread)
        come = {viewer.user_id for viewer, page in joining.items() if page.group_id is None}
        in_lobby = {pk for pk, person in self._people.items() if person.is_in_lobby}
        listening = self.groups.members_of(groups) & in_lobby
        shown = {pk for pk in groups if not listening.isdisjoint(self.groups.members(pk))}
        for group_id in groups - shown:
            # From now on nobody knows what its last line is.
            self.groups.last_lines.pop(group_id, None)
        return Asked(
            people=people | {viewer.user_id for viewer in joining},
            names=names,
            groups=groups,
            known=dict(self.groups.positions),
            lobby_people=come | listening | people & in_lobby,
            last_lines=shown,
            kept=frozenset(self.groups.last_lines.keys() - rung),
            everybody=frozenset(self._people),
        )

    def take(self, asked: Asked, answer: Answer, joining: dict[Viewer, OwnPage]) -> set[int]:
        """Take over what was read; return the people whose groups are others than before."""
        self.groups.take(answer)
        self._unread -= self._unread_asked
        for viewer, page in joining.items():
            if viewer.is_open:
                person = self._people.setdefault(viewer.user_id, Person())
                person.pages[viewer] = page
        changed = set()
        for user_id, places in answer.own.items():
            if user_id not in self._people:
                continue
            person, before = self._people[user_id], self._people[user_id].own
            person.own = {
                place.group_id: self._up_to_date(user_id, place, before.get(place.group_id))
                for place in places
            }
            if shown_of(before) != shown_of(person.own):
                changed.add(user_id)
            for place in places:
                # What was written before somebody came, they have missed.
                person.heard.setdefault(place.group_id, place.head)
            self.groups.note_members(user_id, person.own)
            self.groups.forget_member(user_id, before.keys() - person.own.keys())
        self._take_mentions(answer)
        asked_about = set(asked.lobby_people)
        for group_id in answer.last_lines:
            for user_id in asked_about.intersection(self.groups.members(group_id)):
                if (group_id, user_id) not in answer.readers:
                    # They are a member no more, and no bell told yet.
                    del self._people[user_id].own[group_id]
                    self.groups.forget_member(user_id, [group_id])
                    changed.add(user_id)
        return changed

    def _take_mentions(self, answer: Answer) -> None:
        found = answer.mentions.of_people
        for group_id in answer.mentioning:
            for user_id in self.groups.members(group_id):
                mentions = found.get((user_id, group_id), [])
                self._people[user_id].mentions[group_id] = mentions
        for user_id in answer.own.keys() & self._people.keys():
            person = self._people[user_id]
            person.mentions = {pk: found.get((user_id, pk), []) for pk in person.own}

    # --- pages come and go --------------------------------------------------------------------------

    def leave(self, viewer: Viewer) -> bool:
        """The page is closed. Returns whether something that was being read by it is not any more."""
        person = self._people.get(viewer.user_id)
        if person is None or viewer not in person.pages:
            return False
        group_id = person.pages.pop(viewer).group_id
        has_stopped = group_id is not None and self.being_read.stop(viewer, group_id)
        if not person.pages:
            del self._people[viewer.user_id]
            self.groups.forget_member(viewer.user_id, person.own)
        return has_stopped

    def _up_to_date(self, user_id: int, place: OwnGroup, before: OwnGroup | None) -> OwnGroup:
        """Return the place with what was read here, and is not written or was while the flush read."""
        place = self._unwritten.added(user_id, place)
        is_unread = (user_id, place.group_id) in self._unread_asked
        # That something was marked as unread, no bell may have told.
        if before is not None and before.is_as_marked(place) and not is_unread:
            return place._replace(read_upto=max(place.read_upto, before.read_upto))
        return place

    # --- what is read -------------------------------------------------------------------------------

    def note_read(self, user_id: int, group_id: int, mark: Mark) -> bool:
        """This person has read so far. Returns whether that is further than they had."""
        person = self._people.get(user_id)
        place = person.own.get(group_id) if person else None
        if not person or not place or place.read_upto >= mark.upto(place.marking):
            return False
        person.own[group_id] = place._replace(read_upto=mark.position)
        return True

    def mark_unread(self, user_id: int, group_id: int) -> None:
        """The person has not read what they had: how far they have, the database says."""
        self._unread.add((user_id, group_id))

    # --- what they are shown ------------------------------------------------------------------------

    def count(self, user_id: int, person: Person) -> dict[int, Unread]:
        """Return what is unread in each of the person's groups where something is."""
        counts = {}
        for pk, place in person.own.items():
            if (user_id, pk) not in self.being_read:
                mentions = self._mentions(person, pk)
                count = count_unread(place, self.groups.positions.get(pk), *mentions, user_id)
                if count != NOTHING:
                    counts[pk] = count
        return counts

    def recount(
        self, user_id: int, person: Person
    ) -> tuple[tuple[tuple[int, Unread], ...], tuple[tuple[int, bool], ...]]:
        """Note what is unread and where there are drafts; return both of the groups where it is other."""
        before, drafted = person.counts, person.drafted
        person.counts = counts = self.count(user_id, person)
        person.drafted = frozenset(pk for pk, place in person.own.items() if place.has_draft)
        moved = [pk for pk in person.own if counts.get(pk) != before.get(pk)]
        others = [pk for pk in person.own if pk in drafted ^ person.drafted]
        return (
            tuple((pk, counts.get(pk, NOTHING)) for pk in moved),
            tuple((pk, pk in person.drafted) for pk in others),
        )

    def is_called(self, user_id: int, person: Person) -> bool:
        """Whether somebody has mentioned the person just now where they do not see it. It is said once."""
        is_called = False
        for pk, place in person.own.items():
            latest = latest_mention(*self._mentions(person, pk), user_id)
            if latest > person.heard.get(pk, 0):
                person.heard[pk] = latest
                is_seen = latest <= place.read_upto or (user_id, pk) in self.being_read
                is_called |= not is_seen and place.level != Level.NOTHING and bool(place.sound)
        return is_called

    def _mentions(self, person: Person, group_id: int) -> tuple[Sequence[int], Everybodys]:
        """Return where lines stand in this group that mention the person, and that mention everybody."""
        return person.mentions.get(group_id, ()), self.groups.everybody.get(group_id, ())

    def own_groups(self, person: Person, day: str, group_id: int | None = None) -> OwnGroups:
        """Return the list of the person's groups; `day` is the lobby's, `group_id` a group's page's."""
        known = self.groups
        names = [known.names[pk] for pk in person.own if pk in known.names]
        here = person.own.get(group_id) if group_id else None
        return own_groups(names, person.counts, known.last_lines, day, person.own, here)
