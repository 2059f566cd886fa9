"""The groups of the people with open pages in this process, and what is known of each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, KeysView

from discuss.live.person_updates import Answer
from discuss.reading.last_lines import LastLine
from discuss.reading.mentions import Everybodys
from discuss.reading.own_groups import GroupName
from discuss.reading.positions import Positions


class PeopleGroups:
    """All groups that somebody with a page here is in. Its methods run on the hub's event loop."""

    def __init__(self) -> None:
        # Who of these people is in each.
        self._members: defaultdict[int, set[int]] = defaultdict(set)
        # What each is called, and where its messages stand.
        self.names: dict[int, GroupName] = {}
        self.positions: dict[int, Positions] = {}
        # Where lines stand that mention everybody.
        self.everybody: dict[int, Everybodys] = {}
        # Their last lines, as far as a page of the lobby shows them.
        self.last_lines: dict[int, LastLine | None] = {}

    def __contains__(self, group_id: object) -> bool:
        return group_id in self._members

    def keys(self) -> KeysView[int]:
        return self._members.keys()

    def members(self, group_id: int) -> Collection[int]:
        """Return who of these people is in the group."""
        return self._members.get(group_id, ())

    def members_of(self, group_ids: Iterable[int]) -> set[int]:
        """Return who of these people is in one of the groups."""
        return {user_id for pk in group_ids for user_id in self.members(pk)}

    def take(self, answer: Answer) -> None:
        """Take over what was read of the groups."""
        self.names |= answer.names
        self.positions |= answer.positions
        self.last_lines |= answer.last_lines
        self.everybody |= answer.mentions.everybody

    def note_members(self, user_id: int, group_ids: Iterable[int]) -> None:
        """This person is in these groups."""
        for group_id in group_ids:
            self._members[group_id].add(user_id)

    def forget_member(self, user_id: int, group_ids: Iterable[int]) -> None:
        """This person is not in these groups any more, or has no pages here."""
        for group_id in group_ids:
            members = self._members[group_id]
            members.discard(user_id)
            if not members:
                del self._members[group_id]

    def prune(self) -> None:
        """Forget what is known of groups that nobody is in.

        While a flush reads, what it relies on must stay.
        """
        for known in (self.names, self.positions, self.last_lines, self.everybody):
            for group_id in known.keys() - self._members.keys():
                del known[group_id]
