"""Deleting an account or a group with all its lines: hidden at once, gone little by little.

Each step is a short transaction of its own. It locks one group at most, and others write between two steps.
"""

import logging
import time
from collections.abc import Iterator
from functools import partial
from itertools import batched
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import NullIf

from discuss import doorbell
from discuss.actions.change import next_change
from discuss.actions.forgetting import forget_in_cases
from discuss.actions.indexing import unindex_lines
from discuss.actions.reactions import forget_reactions
from discuss.actions.steps import LINES_AT_ONCE, LINES_LOOKED_UP, TakenOver, take_step
from discuss.models import Deletion, Entry, Group, Kind, Membership, Reaction, User
from discuss.rules.refusals import Refused

logger = logging.getLogger(__name__)


def begin_deletion(deletion: Deletion, *, actor: User) -> None:
    """Note what is to be deleted, in the transaction that hides it. A hub goes on with it from there."""
    deletion.save()
    doorbell.ring_deletion(deletion.pk)
    tell = partial(logger.info, "Account %s deletes %s.", actor.pk, deletion)
    transaction.on_commit(tell)


def take_steps(deletion: Deletion) -> Iterator[float]:
    """Go on with a deletion from the beat that it has here, to its end. Outside of any transaction.

    After each step it yields the seconds to leave to others. It ends early where another process goes on. It
    may be broken off at any moment, because the lines themselves say what remains to be done.
    """
    try:
        if deletion.user_id:
            yield from _take_steps_for_user(deletion, deletion.user_id)
        elif deletion.group_id:
            yield from _take_steps_for_group(deletion, deletion.group_id)
        logger.info("Deleted %s.", deletion)
    except TakenOver:
        logger.info("Another process goes on to delete %s.", deletion)


def finish_deletions() -> int:
    """Take all steps of all deletions, those that a server goes on with too; return how many there were."""
    done: set[int] = set()
    while deletions := list(Deletion.objects.order_by("pk")):
        for deletion in deletions:
            done.add(deletion.pk)
            for pause in take_steps(deletion):
                time.sleep(pause)
    return len(done)


# --- an account: its lines become someone's, and then it goes -------------------------------------------


class _Piece(NamedTuple):
    """What one step does: the person leaves the group, and these lines of it become someone's.

    To some of them the person only reacted.
    """

    group_id: int
    lines: tuple[int, ...]


def _take_steps_for_user(deletion: Deletion, user_id: int) -> Iterator[float]:
    while Deletion.objects.filter(pk=deletion.pk).exists():
        pieces = _look_up_pieces(user_id)
        for piece in pieces:
            yield take_step(deletion, partial(_forget_in_group, user_id, piece))
        if not pieces:
            yield take_step(deletion, partial(_delete_account, user_id))


def _look_up_pieces(user_id: int) -> list[_Piece]:
    """Return what is to be done next, by turns for all groups, so that each has a rest.

    Within a group the newest lines come first. How a line looks may depend on the author of the line before
    (Entry.continues), but not once it is someone's itself: so none changes its looks without a number.
    """
    entered = Membership.objects.filter(user=user_id).order_by("group")
    lines_of: dict[int, list[int]] = {pk: [] for pk in entered.values_list("group", flat=True)}
    newest_first = _lines_of(user_id).order_by("-position").values_list("group", "pk")
    found = list(newest_first[:LINES_LOOKED_UP])
    if len(found) < LINES_LOOKED_UP:
        # Of theirs none is left out, so to which they reacted besides matters to no order.
        reacted = Reaction.objects.filter(user=user_id).values_list("entry__group", "entry")
        found += reacted.distinct()[:LINES_LOOKED_UP]
    for group_id, pk in dict.fromkeys(found):
        lines_of.setdefault(group_id, []).append(pk)
    by_turns = [
        (turn, _Piece(group_id, lines))
        for group_id, pks in lines_of.items()
        for turn, lines in enumerate(list(batched(pks, LINES_AT_ONCE)) or [()])
    ]
    return [piece for _, piece in sorted(by_turns, key=lambda each: each[0])]


def _forget_in_group(user_id: int, piece: _Piece) -> None:
    membership = Membership.objects.filter(group=piece.group_id, user=user_id)
    try:
        with next_change(piece.group_id) as change:
            changed = _forget_lines(user_id, piece.lines, change=change.number)
            if changed.written:
                change.alter_replies(changed.written)
            if membership.delete()[0]:
                change.add_line(Kind.LEFT)
                doorbell.ring_lobby(piece.group_id)
            elif not changed.lines:
                change.withdraw()
    except Refused:
        # The group is gone, or it is being deleted: nobody sees these lines, so they need no number.
        _forget_lines(user_id, piece.lines)
        membership.delete()


class _Changed(NamedTuple):
    """The lines that look otherwise, and those of them that the person wrote: replies name their author."""

    lines: list[int]
    written: list[int]


def _forget_lines(user_id: int, pks: tuple[int, ...], **fields: int) -> _Changed:
    reacted = forget_reactions(user_id, pks)
    # By their keys alone: SQLite would go through all that the author wrote, 200,000 lines for 100.
    lines = Entry.objects.filter(pk__in=pks)
    people = list(lines.values_list("pk", "author", "subject"))
    written = [pk for pk, author, _ in people if author == user_id]
    changed = [pk for pk, *who in people if user_id in who or pk in reacted]
    lines.filter(kind=Kind.NAMED, subject=user_id).update(text="", details=None)
    Entry.objects.filter(pk__in=changed).update(
        author=NullIf(F("author"), user_id), subject=NullIf(F("subject"), user_id), **fields
    )
    return _Changed(changed, written)


def _delete_account(user_id: int) -> None:
    """Delete the account, unless there is a line of it again, of a post that was under way all the time."""
    # Whoever is about to write one has a lock that this waits for.
    user = User.objects.select_for_update().get(pk=user_id)
    remains = [_lines_of(user_id), Reaction.objects.filter(user=user_id), user.memberships.all()]
    if not any(rows.exists() for rows in remains) and not forget_in_cases(user_id):
        user.delete()


def _lines_of(user_id: int) -> QuerySet[Entry]:
    return Entry.objects.filter(Q(author=user_id) | Q(subject=user_id))


# --- a group: nobody sees it any more, so its lines need no numbers ---------------------------------------


def _take_steps_for_group(deletion: Deletion, group_id: int) -> Iterator[float]:
    lines = Entry.objects.filter(group=group_id).order_by("position")
    while pks := list(lines.values_list("pk", flat=True)[:LINES_LOOKED_UP]):
        for some in batched(pks, LINES_AT_ONCE):
            yield take_step(deletion, partial(_delete_lines, some))
    yield take_step(deletion, partial(_delete_group, group_id))


def _delete_lines(pks: tuple[int, ...]) -> None:
    lines = Entry.objects.filter(pk__in=pks)
    unindex_lines(lines)
    lines.delete()


def _delete_group(group_id: int) -> None:
    Group._base_manager.filter(pk=group_id).delete()
