"""The queue: cases as its list shows them, the oldest first."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Value
from django.utils import timezone

from discuss.db.compiled import Compiled
from discuss.models import Case, CaseKind, CaseState, Group, Report
from discuss.moderation.reading.scopes import Scope, cases_in
from discuss.moderation.rules.report_limits import OLD_AFTER
from discuss.rules.excerpts import excerpt
from discuss.rules.reasons import label_of
from discuss.rules.text import Text

# Cases on one page of the queue.
CASES_AT_ONCE = 50
# What is not closed: what there is to do.
TO_DO = "to do"


class QueueQuery(NamedTuple):
    """Which cases a page of the queue lists: of one group or all, in which state, of which kind.

    `beyond` is the last case of the list page before; 0 on the first.
    """

    group: UUID | None = None
    state: str = TO_DO
    kind: str = ""
    beyond: int = 0


class Row(NamedTuple):
    """What the queue says of a case. Two that are equal look the same."""

    pk: int
    kind: str
    state: str
    group: str
    name: str
    words: str
    opened_at: datetime
    report_count: int
    reasons: tuple[str, ...]
    taken_by: str
    is_old: bool
    outcome: str
    closed_at: datetime | None

    @property
    def whys(self) -> list[Text]:
        """Why it was reported, the most frequent reason first."""
        return [label_of(each) for each in self.reasons]


class Queue(NamedTuple):
    """One list page of the queue; where there is more, `beyond` leads to it."""

    rows: tuple[Row, ...]
    beyond: int | None = None

    @property
    def fingerprint(self) -> str:
        return sha256(repr(self).encode()).hexdigest()[:16]


def read_queue(scope: Scope, query: QueueQuery) -> Queue:
    """Return the cases of this list page that somebody of this scope may see, in two statements."""
    cases = _matching(scope, query)
    if query.state == CaseState.CLOSED:
        # The latest first: nobody works through these.
        cases = cases.order_by("-pk")
        cases = cases.filter(pk__lt=query.beyond) if query.beyond else cases
    else:
        cases = cases.order_by("pk").filter(pk__gt=query.beyond)
    found = list(cases.select_related("group", "user", "taken_by")[: CASES_AT_ONCE + 1])
    shown = found[:CASES_AT_ONCE]
    has_more = len(found) > len(shown)
    return Queue(rows_of(shown), shown[-1].pk if has_more else None)


def count_cases(scope: Scope) -> int:
    """Return how many cases there are to do."""
    if scope.is_staff or scope.not_done_by or not scope.is_any:
        return _to_do(scope).count()
    # No group has the key 0, and a list that is empty would mean that there is nothing.
    (count,) = _count_there.rows([*scope.moderated] or [0], [*scope.owned] or [0])
    return count


# For speed (bench case connects): the headers of moderators ask it, and Django takes 1 ms to compile it.
@Compiled
def _count_there(moderated: list[int], owned: list[int]) -> QuerySet[Any, int]:
    """How many cases there are to do for somebody who moderates these groups and owns those."""
    cases = _to_do(Scope(frozenset(moderated), frozenset(owned)))
    in_all = cases.annotate(whole=Value(1)).values("whole").annotate(count=Count("pk"))
    counts: QuerySet[Any, int] = in_all.values_list("count", flat=True)
    return counts


def _to_do(scope: Scope) -> QuerySet[Case]:
    return cases_in(scope).exclude(state=CaseState.CLOSED)


def read_groups(scope: Scope) -> list[Group]:
    """Return the groups that have cases, for who may see those."""
    cases = cases_in(scope).exclude(group=None)
    return list(Group.objects.filter(pk__in=cases.values("group")).in_order())


def rows_of(cases: Collection[Case]) -> tuple[Row, ...]:
    """Return what the queue says of these cases, with their reports, in one statement."""
    reasons: defaultdict[int, Counter[str]] = defaultdict(Counter)
    reports = Report.objects.filter(case__in=[case.pk for case in cases])
    # Of reasons that are as frequent the first comes first.
    counted = reports.values_list("case", "reason").annotate(n=Count("pk"), first=Min("pk"))
    for case_id, reason, count, _first in counted.order_by("first"):
        reasons[case_id][reason] = count
    now = timezone.now()
    return tuple(_row(case, reasons[case.pk], now) for case in cases)


def _row(case: Case, reasons: Counter[str], now: datetime) -> Row:
    is_closed = case.state == CaseState.CLOSED
    return Row(
        case.pk,
        case.kind,
        case.state,
        case.group.name if case.group else "",
        case.user.name if case.user else "",
        words_of(case),
        case.opened_at,
        reasons.total(),
        tuple(each for each, _ in reasons.most_common()),
        case.taken_by.name if case.taken_by else "",
        not is_closed and case.opened_at <= now - OLD_AFTER,
        case.outcome,
        case.closed_at,
    )


def words_of(case: Case) -> str:
    """Return the beginning of the message that it is about, as it was reported; nothing of other kinds."""
    snapshot = case.snapshot or {}
    for line in snapshot.get("lines", ()):
        if line["position"] == snapshot["position"]:
            return excerpt(line["text"])
    return excerpt(snapshot.get("text", ""))


def _matching(scope: Scope, query: QueueQuery) -> QuerySet[Case]:
    cases = cases_in(scope)
    if query.group:
        cases = cases.filter(group__uuid=query.group)
    if query.kind in CaseKind:
        cases = cases.filter(kind=query.kind)
    if query.state in CaseState:
        return cases.filter(state=query.state)
    return cases.exclude(state=CaseState.CLOSED)
