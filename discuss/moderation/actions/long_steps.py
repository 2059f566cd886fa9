"""The steps of acts over everything that a person wrote (discuss/moderation/actions/long_acts.py)."""

import logging
import time
from collections.abc import Iterator
from functools import partial
from itertools import batched, groupby
from operator import itemgetter
from typing import NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from discuss import doorbell
from discuss.actions.change import Change, next_change
from discuss.actions.steps import LINES_AT_ONCE, LINES_LOOKED_UP, TakenOver, take_step
from discuss.models import Case, Entry, Held, Kind, LongAct, LongKind, LongState
from discuss.models.entries import EntryQuerySet
from discuss.moderation.actions.erasing import erase_held, erase_kept, erase_lines, forget_for_good
from discuss.rules.refusals import Refused

logger = logging.getLogger(__name__)


class _Piece(NamedTuple):
    """The lines of one group that one step is done to, and the position of the last."""

    group_id: int
    pks: tuple[int, ...]
    last: int


def take_long_steps(work: LongAct) -> Iterator[float]:
    """Go on from the beat that it has here, to its end. Outside of any transaction.

    After each step it yields the seconds to leave to others. It ends early where another process goes on, or
    where it was stopped, and may be broken off at any moment.
    """
    try:
        for group_id in _groups_waited_in(work):
            yield take_step(work, partial(_erase_waiting, work, group_id), group_id=group_id)
        while work.goes_on:
            pieces = list(_look_up(work))
            for piece in pieces:
                yield take_step(work, partial(_do, work, piece), group_id=piece.group_id)
                work.at_group, work.below = piece.group_id, piece.last
            if not pieces:
                yield take_step(work, partial(_end, work))
                work.refresh_from_db()
                logger.info("Done, act %s: %s.", work.act_id, work)
    except TakenOver:
        logger.info("Act %s was stopped, or another process goes on with it.", work.act_id)


def finish_long_acts() -> int:
    """Take all steps of all of them, those that a server goes on with too; return how many there were."""
    done: set[int] = set()
    while works := list(LongAct.objects.going_on().order_by("pk")):
        for work in works:
            done.add(work.pk)
            for pause in take_long_steps(work):
                time.sleep(pause)
    return len(done)


def _look_up(work: LongAct) -> Iterator[_Piece]:
    """Yield what is to be done next: group after group, in each the latest lines first."""
    here = Q(group=work.at_group)
    if work.below is not None:
        here &= Q(position__lt=work.below)
    left = remaining(work).filter(here | Q(group__gt=work.at_group))
    found = left.order_by("group", "-position").values_list("group", "pk", "position")
    lines = list(found[:LINES_LOOKED_UP])
    for group_id, of_group in groupby(lines, key=itemgetter(0)):
        for some in batched(of_group, LINES_AT_ONCE):
            yield _Piece(group_id, tuple(pk for _group, pk, _ in some), some[-1][2])


def remaining(work: LongAct) -> EntryQuerySet:
    """Return the lines to which it is still to be done."""
    lines = Entry.objects.filter(author=work.user_id, kind=Kind.MESSAGE, timestamp__lte=work.upto)
    if work.since is not None:
        lines = lines.filter(timestamp__gte=work.since)
    if work.group_id is not None:
        lines = lines.filter(group=work.group_id)
    return lines.filter(_left_by(work))


def _left_by(work: LongAct) -> Q:
    if work.is_backwards:
        return Q(hidden_by=work.act_id)
    return ~Q(text="") if work.kind == LongKind.ERASE else Q(hidden_at=None)


def _do(work: LongAct, piece: _Piece) -> None:
    try:
        with next_change(piece.group_id) as change:
            lines = list(Entry.objects.filter(_left_by(work), pk__in=piece.pks))
            if lines:
                _alter(work, change, lines)
            else:
                change.withdraw()
    except Refused:
        lines = []  # the group is gone
    counted = "restored" if work.is_backwards else "done"
    LongAct.objects.filter(pk=work.pk).update(
        at_group=piece.group_id, below=piece.last, **{counted: F(counted) + len(lines)}
    )


def _alter(work: LongAct, change: Change, lines: list[Entry]) -> None:
    if work.is_backwards:
        change.alter_lines(lines, hidden_at=None, hidden_by=None)
    elif work.kind == LongKind.ERASE:
        erase_lines(change, lines)
    else:
        change.alter_lines(lines, hidden_at=timezone.now(), hidden_by=work.act_id)
        doorbell.ring_hidden(change.group_id, change.number)


def _groups_waited_in(work: LongAct) -> list[int]:
    """Return in which groups something waits that is to be erased: before all lines, as it may become one."""
    if work.kind != LongKind.ERASE or not work.goes_on:
        return []
    groups = waiting(work).order_by("group").values_list("group", flat=True)
    return list(groups.distinct())


def _erase_waiting(work: LongAct, group_id: int) -> None:
    """Erase it, under the lock of the group, which whoever decides about it takes, too."""
    erase_held(list(waiting(work).filter(group=group_id)))


def _end(work: LongAct) -> None:
    if work.kind == LongKind.ERASE:
        # What was being sent at the beginning is seen by now.
        erase_held(list(waiting(work)))
        erase_kept(cases_about(work))
        forget_for_good.enqueue()
    state = LongState.UNDONE if work.is_backwards else LongState.DONE
    LongAct.objects.filter(pk=work.pk).update(state=state)


def waiting(work: LongAct) -> QuerySet[Held]:
    """Return what the person wrote in that time and is in no log."""
    held = Held.objects.filter(user=work.user_id, held_at__lte=work.upto)
    return held.filter(held_at__gte=work.since) if work.since else held


def cases_about(work: LongAct) -> QuerySet[Case]:
    """Return the cases about the person from that time."""
    cases = Case.objects.filter(user=work.user_id, opened_at__lte=work.upto)
    return cases.filter(opened_at__gte=work.since) if work.since else cases
