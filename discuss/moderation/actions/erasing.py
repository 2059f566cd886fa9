"""Erasing messages for good: what they said is nowhere any more, and that they stood there is.

An erased line is as one that its author removed, without any text. So nobody shows it again, and moderators
see no more of it than others do.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.tasks import task
from django.utils import timezone

from discuss import doorbell
from discuss.actions.change import Change
from discuss.actions.waiting import ring_held
from discuss.db.purging import purge_files
from discuss.models import Act, Case, CaseKind, Entry, Held, Mention, Revision, Utterance
from discuss.rules.filters import Folded

# Cases that are read at a time, with all that they keep.
CASES_AT_ONCE = 200
# By how much the clocks of two processes may differ.
CLOCKS = timedelta(minutes=5)


@task
def forget_for_good() -> None:
    """Clear the files of the database of what was erased."""
    purge_files()


def erase_lines(change: Change, lines: Sequence[Entry]) -> None:
    """Take all that these messages said out of the database, at one number. `lines` are as they stand now."""
    pks = [line.pk for line in lines]
    said = [(line.author_id, line.text) for line in lines]
    said += Revision.objects.filter(entry__in=pks).values_list("entry__author", "text")
    Revision.objects.filter(entry__in=pks).delete()
    forget_said(said)
    Mention.objects.filter(entry__in=pks).delete()
    Entry.objects.filter(pk__in=pks, pin__gt=0).update(pin=0)
    # Those that are hidden stay so from the moment on at which they were.
    shown = [line for line in lines if not line.is_hidden]
    nothing = {"text": "", "html": None, "renderer": None, "details": None, "edited_at": None}
    for some, more in ((shown, {"hidden_at": timezone.now()}), (_others(lines, shown), {})):
        if some:
            change.alter_lines(some, **nothing, **more, hidden_by=None)
    _erase_in_cases(change.group_id, lines)
    doorbell.ring_hidden(change.group_id, change.number)
    doorbell.ring_erased()


def forget_said(said: Iterable[tuple[int | None, str]]) -> None:
    """Forget that somebody said these things, where a filter asks whether they say them again."""
    for author_id, text in said:
        if author_id is not None:
            Utterance.objects.filter(user=author_id, digest=Folded(text).digest).delete()


def erase_held(held: Sequence[Held]) -> None:
    """Erase messages that wait for a decision, or were not approved."""
    forget_said((each.user_id, each.text) for each in held)
    for each in held:
        each.delete()
        ring_held(each)
    if held:
        doorbell.ring_erased()


def erase_kept(cases: QuerySet[Case]) -> None:
    """Erase what these cases keep of messages that waited, and are gone, or were not approved."""
    changed_in = _empty(_of_held(cases), None)
    for group_id in changed_in:
        doorbell.ring_queue(group_id)
    if changed_in:
        doorbell.ring_erased()


def keep_words(cases: QuerySet[Case]) -> bool:
    """Whether these cases keep anything that `erase_kept` would erase."""
    return any(_texts_in(case, None) for case in _in_parts(_of_held(cases)))


def _of_held(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.filter(kind=CaseKind.HELD, snapshot__isnull=False)


def _others(lines: Iterable[Entry], shown: Sequence[Entry]) -> list[Entry]:
    left_out = {line.pk for line in shown}
    return [line for line in lines if line.pk not in left_out]


def _erase_in_cases(group_id: int, lines: Sequence[Entry]) -> None:
    """Take these messages out of what cases keep: those about them, and about their neighbours."""
    pks = [line.pk for line in lines]
    first = min(line.timestamp for line in lines) - CLOCKS
    later = Case.objects.filter(group=group_id, opened_at__gte=first, snapshot__isnull=False)
    # Of what is no message no lines are kept.
    of_messages = later.filter(kind=CaseKind.MESSAGE)
    changed_in = _empty(of_messages, {line.position for line in lines})
    # What waited before it was a line is kept under no position.
    approved = Act.objects.filter(kind="approve", entry_id__in=pks).values_list(
        "case_id", flat=True
    )
    cases = Case.objects.filter(pk__in=list(approved), snapshot__isnull=False)
    if _empty(cases, None) or changed_in:
        doorbell.ring_queue(group_id)


def _empty(cases: QuerySet[Case], positions: set[int] | None) -> set[int]:
    """Empty the texts that these cases keep, of messages of these positions (None: of all).

    Return the groups (0: none) of those that kept any.
    """
    changed_in = set()
    # Whoever changes what a case keeps has locked it: what is written here is what was read, and no more.
    for case in _in_parts(cases, is_changed=True):
        kept = _texts_in(case, positions)
        forget_said([(line["author_id"], line["text"]) for line in kept])
        for line in kept:
            line |= {"text": "", "is_hidden": True}
        if kept:
            case.save(update_fields=["snapshot"])
            changed_in.add(case.group_id or 0)
    return changed_in


def _texts_in(case: Case, positions: set[int] | None) -> list[dict[str, Any]]:
    """Return the lines of these positions (None: all) that the case keeps with their texts."""
    return [
        line
        for line in (case.snapshot or {}).get("lines", ())
        if line["text"] and (positions is None or line["position"] in positions)
    ]


def _in_parts(cases: QuerySet[Case], *, is_changed: bool = False) -> Iterator[Case]:
    """Yield these cases, locked where they are to be changed; some of them are in memory at a time."""
    kept = Case.objects.only("snapshot", "group")
    for pks in batched(sorted(cases.values_list("pk", flat=True)), CASES_AT_ONCE):
        some = kept.filter(pk__in=pks).order_by("pk")
        yield from some.select_for_update(no_key=True) if is_changed else some
