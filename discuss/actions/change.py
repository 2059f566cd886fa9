"""The one way to change what others see: take the group's next number, check, write, ring on commit."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import transaction
from django.db.models import TextChoices
from django.tasks import task
from django.utils import timezone

from discuss import doorbell
from discuss.actions.indexing import reindexed
from discuss.actions.mentions import rewrite_mentions, write_mentions
from discuss.actions.pauses import pause_after
from discuss.db.compiled import Compiled, insert
from discuss.forms import LAST_NUMBER
from discuss.models import Entry, Group, Kind, Membership, User
from discuss.models.membership import MembershipQuerySet
from discuss.reading.members import read_relation
from discuss.rules import roles
from discuss.rules.posting import Poster, may_write
from discuss.rules.refusals import Code, Refused

# Fields of a line that decide whether a search finds it.
SEARCHED = frozenset({"text", "hidden_at"})
# What others show of a message that they answer.
QUOTED = frozenset({"text", "hidden_at"})
# Replies that change at one number.
REPLIES_AT_ONCE = 200


@Compiled
def members_standing(pk: int, group_id: int) -> MembershipQuerySet:
    """A membership of this group as it stands now, with its person, who may act at all."""
    standing = Membership.objects.standing().with_warnings().select_related("user", "group")
    return standing.filter(pk=pk, group_id=group_id)


class Change:
    """One number of a group's log, and the lines that bear it."""

    def __init__(self, group_id: int, number: int) -> None:
        self.group_id = group_id
        self.number = number
        self.is_withdrawn = False
        self.is_of_looks = False

    def admit(self, actor: Membership | User) -> Membership | User:
        """Return the actor as they stand now, under the group's lock. Raises Refused.

        A member acts for themselves; staff (a User) acts as staff, member or not.
        """
        if isinstance(actor, Membership):
            return self.admit_member(actor)
        staff = User.objects.filter(pk=actor.pk, is_active=True, is_staff=True).first()
        if staff is None:
            raise Refused(Code.STAFF_ONLY)
        return staff

    def admit_member(self, membership: Membership) -> Membership:
        member = members_standing.first(membership.pk, self.group_id)
        if member is None:
            raise Refused(Code.NOT_A_MEMBER)
        return member

    def message(self, entry: Entry) -> Entry:
        """Return this message of the group as it stands now. Raises Refused."""
        found = Entry.objects.filter(pk=entry.pk, group=self.group_id, kind=Kind.MESSAGE).first()
        if found is None:
            raise Refused(Code.NO_MESSAGE)
        return found

    def admit_writer(self, membership: Membership) -> Membership:
        """Return a member who may change what others see: none who has to wait, or to read a warning."""
        member = self.admit_member(membership)
        refusal = may_write(member.muted_until, member.must_read, timezone.now())
        if refusal:
            raise refusal
        return member

    def admit_host(self, actor: Membership | User) -> Membership | User:
        """Return who moderates, as they stand now: staff, or a member who may change what others see."""
        return self.admit_writer(actor) if isinstance(actor, Membership) else self.admit(actor)

    def relation(self, actor: Membership | User, user_id: int | None) -> str:
        """Return how this person stands to the actor (discuss/rules/roles.py); None is someone."""
        return read_relation(self.group_id, user_of(actor).pk, role_of(actor), user_id)

    def add_line(self, kind: str, **fields: Any) -> Entry:
        line = self.new_line(kind, **fields)
        write_lines([line])
        return line

    def new_line(self, kind: str, **fields: Any) -> Entry:
        """Return a line of this number that is not written yet."""
        number = self.number
        return Entry(group_id=self.group_id, kind=kind, position=number, change=number, **fields)

    def alter_line(self, entry: Entry, **fields: Any) -> None:
        """Save the changed `fields` of a line, and that it and those that quote it change at this number."""
        with reindexed(entry) if SEARCHED & fields.keys() else nullcontext():
            for name, value in {**fields, "change": self.number}.items():
                setattr(entry, name, value)
            entry.save(update_fields=["change", *fields])
        if not fields.keys().isdisjoint({"text", "hidden_at"}):
            rewrite_mentions(entry)
        if entry.is_message and not QUOTED.isdisjoint(fields):
            self.alter_replies([entry.pk])

    def alter_lines(self, messages: Sequence[Entry], **fields: Any) -> None:
        """Save the same changed `fields` of some messages, as `alter_line` does for one."""
        pks = [message.pk for message in messages]
        with reindexed(*messages):
            # By their keys alone: SQLite would go through all that their author wrote.
            Entry.objects.filter(pk__in=pks).update(**fields, change=self.number)
            for message in messages:
                for name, value in {**fields, "change": self.number}.items():
                    setattr(message, name, value)
        rewrite_mentions(*messages)
        self.alter_replies(pks)

    def alter_replies(self, pks: Sequence[int]) -> None:
        """The lines that quote these change at this number; the oldest of very many a moment later."""
        if rest := _alter_replies(pks, self.number):
            alter_more_replies.enqueue(group_id=self.group_id, pks=list(pks), before=rest)

    def only_looks(self) -> None:
        """It changes how lines look and may come often: of a burst, pages hear a few times a second."""
        self.is_of_looks = True

    def withdraw(self) -> None:
        """There is nothing to do after all: the number goes back and no bell rings."""
        self.is_withdrawn = True


def write_lines(lines: Sequence[Entry]) -> None:
    """Write new lines into the log: the one place for whatever is written with each of them."""
    insert(lines)
    write_mentions(lines)


def _alter_replies(pks: Sequence[int], number: int, before: int = LAST_NUMBER) -> int | None:
    """Give the latest replies to these lines this number; return before which key more are left."""
    replies = Entry.objects.filter(reply_to__in=pks, pk__lt=before).order_by("-pk")
    found = list(replies.values_list("pk", flat=True)[: REPLIES_AT_ONCE + 1])
    altered = found[:REPLIES_AT_ONCE]
    if altered:
        Entry.objects.filter(pk__in=altered).update(change=number)
    return altered[-1] if len(found) > REPLIES_AT_ONCE else None


@task
def alter_more_replies(*, group_id: int, pks: list[int], before: int) -> None:
    """Give the older replies to these lines, of keys below `before`, a number each time for some."""
    rest: int | None = before
    while rest is not None:
        begin = time.monotonic()
        try:
            with next_change(group_id) as change:
                rest = _alter_replies(pks, change.number, rest)
        except Refused:
            break  # the group is gone
        time.sleep(pause_after(begin))


@contextmanager
def next_change(group_id: int) -> Iterator[Change]:
    """Take the group's next number, which locks the group until the transaction ends.

    Check and write inside. Checking before would let a line in after its author was removed; numbering
    outside would commit numbers out of order. Raises Refused where the group is gone.
    """
    with transaction.atomic():
        try:
            number = Group.objects.take_number(group_id)
        except Group.DoesNotExist:
            raise Refused(Code.GONE) from None
        change = Change(group_id, number)
        yield change
        if change.is_withdrawn:
            transaction.set_rollback(True)
        elif change.is_of_looks:
            doorbell.ring_looks(group_id, number)
        else:
            doorbell.ring_group(group_id, number)


def without_number(group_id: int) -> Change:
    """Lock the group, inside of a transaction, for what its log does not tell. Raises Refused."""
    group = Group.objects.locked([group_id]).first()
    if group is None:
        raise Refused(Code.GONE)
    return Change(group_id, group.head)


def require(
    verb: str,
    role: str,
    relation: str = roles.GROUP,
    *,
    code: TextChoices,
    opened: frozenset[str] = roles.NOTHING_OPENED,
) -> None:
    """Raise Refused with this code where the table of roles does not allow it (discuss/rules/roles.py)."""
    if not roles.may(verb, role, relation, opened=opened):
        raise Refused(code)


def refuse(refusal: Refused | None) -> None:
    """Raise a refusal, if there is one."""
    if refusal is not None:
        raise refusal


def poster_of(member: Membership) -> Poster:
    """Return the place of an admitted member, as the rules about writing ask for it."""
    return Poster(
        member.group_id,
        member.role,
        member.muted_until,
        member.must_read,
        joined_at=member.joined_at,
        account_since=member.user.date_joined,
    )


def role_of(actor: Membership | User) -> str:
    """Return the role in which an admitted actor acts."""
    return actor.role if isinstance(actor, Membership) else roles.STAFF


def user_of(actor: Membership | User) -> User:
    return actor.user if isinstance(actor, Membership) else actor
