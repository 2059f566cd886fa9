"""Acts are data: what a moderator may do, to what, by which right, and how it is taken back.

`@act` makes an act of a function. Line menu, person's page, queue, admin and command come through
`perform_act` (performing.py), so they obey one set of rules, and whatever was done is in the record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from django.utils import timezone

from discuss import doorbell
from discuss.actions.change import Change, user_of
from discuss.actions.ranks import in_force, latest, refuse_outranked
from discuss.actions.record import write_act
from discuss.models import Act, Entry, Group, Membership, User
from discuss.rules.text import Text

# To what it is done: to a message, to a person in a group, to a person on the whole site, to a case, which
# is a matter of whom it is about, or to a network of addresses.
type Sort = Literal["line", "member", "person", "case", "network"]
LINE: Sort = "line"
MEMBER: Sort = "member"
PERSON: Sort = "person"
CASE: Sort = "case"
NETWORK: Sort = "network"


class ActKind(NamedTuple):
    """What the act `name` means.

    `label` offers it, and `done` says that it was done. `right` is its verb in the table of roles.
    `undone_by` is the act that takes it back, and nothing where there is none; `undoes` the one that it takes
    back itself. `lasts` says whether it has an end.
    """

    name: str
    do: Callable[["Doing"], None]
    of: Sort
    label: Text
    done: Text
    right: str
    undone_by: str = ""
    undoes: str = ""
    lasts: bool = False
    looks_back: bool = False
    is_final: bool = False

    @property
    def has_one_place(self) -> bool:
        """Whether who and where say what it takes back: of somebody's messages and cases there are many."""
        return bool(self.undoes) and self.of not in {LINE, CASE}

    @property
    def path(self) -> str:
        """Its name in addresses."""
        return self.name.replace("_", "-")


# A group's owners decide about its roles, whoever gave one.
UNRANKED = frozenset({"demote"})
# All acts, by their names.
acts: dict[str, ActKind] = {}


def act(
    name: str,
    *,
    of: Sort,
    label: Text,
    done: Text,
    right: str = "",
    undone_by: str = "",
    undoes: str = "",
    lasts: bool = False,
    looks_back: bool = False,
    is_final: bool = False,
) -> Callable[[Callable[["Doing"], None]], Callable[["Doing"], None]]:
    """Make an act of a function, which does it, and records it where there is something to do."""

    def register(do: Callable[["Doing"], None]) -> Callable[["Doing"], None]:
        how = undone_by, undoes, lasts, looks_back, is_final
        acts[name] = ActKind(name, do, of, label, done, right or name, *how)
        return do

    return register


@dataclass
class Doing:
    """An act that is being done: under the lock, by somebody who may.

    `user` is to whom it is done; None where the author of a message is gone. `change` is there for what is
    done in a group: it is locked, and its log moves only where the act asks for that (`in_log`).
    """

    act: ActKind
    actor: Membership | User
    user: User | None
    why: "Why"
    change: Change | None = None
    entry: Entry | None = None
    membership: Membership | None = None
    done: Act | None = None
    _has_number: bool = False

    @property
    def group_id(self) -> int:
        """The group in which it is done."""
        return self._change.group_id

    @property
    def in_log(self) -> Change:
        """The number of the group's log that it takes, once it is asked for, and then its bell rings."""
        change = self._change
        if not self._has_number:
            self._has_number = True
            change.number = Group.objects.take_number(change.group_id)
            doorbell.ring_group(change.group_id, change.number)
        return change

    @property
    def _change(self) -> Change:
        if self.change is None:
            raise TypeError("It is not done in a group.")
        return self.change

    @property
    def by(self) -> User:
        """Who does it."""
        return user_of(self.actor)

    @property
    def where(self) -> dict[str, int | None]:
        """In which group it is done, and to whom; None: on the whole site, and to someone."""
        group_id = self.change.group_id if self.change else None
        return {"group_id": group_id, "user_id": self.user.pk if self.user else None}

    def record(self, *, undoes: int | None = None, **details: Any) -> Act:
        """Write it into the record. An act that records nothing had nothing to do.

        Raises Refused where it takes back what somebody of a higher role did.
        """
        refuse_outranked(self.actor, taken_back(self.act, self.where, self.why.until, undoes))
        self.done = write_act(
            self.act.name,
            actor=self.actor,
            **self.where,
            entry_id=self.entry.pk if self.entry else None,
            case_id=self.why.case_id,
            reason=self.why.reason,
            note=self.why.note,
            until=self.why.until,
            undoes_id=undoes or self.undone,
            details=details or None,
        )
        return self.done

    @property
    def undone(self) -> int | None:
        """The latest act that this one takes back."""
        done = latest(self.act.undoes, self.where) if self.act.has_one_place else []
        return done[0].pk if done else None


class Why(NamedTuple):
    """Why it is done, until when, and for which case. `role` is the one that a promotion gives.

    `since` is the moment from which on lines count, where it is done to what somebody wrote; None: to all.
    `undoes` is the row of the record that it takes back, where somebody appealed against that one.
    """

    reason: str = ""
    note: str = ""
    until: datetime | None = None
    case_id: int | None = None
    role: str = ""
    since: datetime | None = None
    undoes: int | None = None


NO_REASON = Why()


def taken_back(
    kind: ActKind,
    where: dict[str, int | None],
    until: datetime | None = None,
    undoes: int | None = None,
) -> list[Act]:
    """Return the acts that an act of this kind takes back there.

    `undoes` is the one that is known. A shorter one in the place of a longer one takes that back, too.
    """
    if undoes is not None:
        return list(Act.objects.filter(pk=undoes))
    if kind.lasts and until is not None:
        return in_force(kind.name, kind.undone_by, where, until)
    if not kind.has_one_place or kind.name in UNRANKED:
        return []
    if acts[kind.undoes].lasts:
        return in_force(kind.undoes, kind.name, where, timezone.now())
    return latest(kind.undoes, where)
