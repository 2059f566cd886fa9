"""What moderators see of their work over days: numbers alone, of what they may see anyway."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)

from discuss.db.day_places import day_place
from discuss.models import (
    Act,
    Case,
    CaseKind,
    CaseState,
    FilterHits,
    Group,
    Report,
    User,
)
from discuss.models.act import ActQuerySet
from discuss.moderation.reading.scopes import Scope, cases_in
from discuss.rules.days import Days

# Cases of which it is told how long they waited, the latest.
WAITS = 2_000
# What people report. Other cases open by themselves.
REPORTED = (CaseKind.MESSAGE, CaseKind.PERSON, CaseKind.GROUP)


class Waiting(NamedTuple):
    """How many cases are open now, and since when the oldest is."""

    cases: int
    oldest: datetime | None


class Span(NamedTuple):
    """What is counted: what somebody of this scope may see, in one of their groups or all, on these days."""

    scope: Scope
    days: Days
    group: Group | None = None

    @property
    def cases(self) -> QuerySet[Case]:
        cases = cases_in(self.scope)
        return cases.filter(group=self.group) if self.group else cases

    def on_days(self, name: str) -> dict[str, datetime]:
        """Return the filter of what was on these days, by its moment in the column `name`."""
        return {f"{name}__gte": self.days.start, f"{name}__lt": self.days.end}


def groups_of(scope: Scope) -> QuerySet[Group]:
    """Return the groups that somebody of this scope chooses from: those of the site that have cases."""
    if scope.is_staff:
        groups = Group.objects.filter(Exists(Case.objects.filter(group=OuterRef("pk"))))
    else:
        groups = Group.objects.filter(pk__in=scope.moderated | scope.owned)
    return groups.filter(is_deleted=False).in_order()


def chosen_group(scope: Scope, uuid: UUID | None) -> Group | None:
    """Return the group of this uuid, where somebody of this scope may see its numbers."""
    if uuid is None:
        return None
    found = Group.objects.filter(uuid=uuid, is_deleted=False).first()
    return found if found and scope.has(found.pk) else None


def count_reports(span: Span) -> list[int]:
    """Return how many reports there were each day, of the cases that may be seen."""
    reports = Report.objects.filter(**span.on_days("at"))
    if span.scope.is_staff and not span.group:
        # Asked for each report of these days, not for all cases that there ever were.
        reports = reports.filter(Exists(span.cases.filter(pk=OuterRef("case_id"))))
    else:
        reports = reports.filter(case__in=span.cases)
    return _by_day(span, _daily(reports, "at", span.days))


def count_acts(span: Span, seen: ActQuerySet, kinds: Collection[str]) -> dict[str, list[int]]:
    """Return how many acts of these kinds there were each day, by their kinds: of those that there were.

    `seen` are the rows of the record that may be seen (reading/record_scopes.py).
    """
    found = seen.filter(**span.on_days("at"), kind__in=kinds)
    if span.group:
        found = found.filter(group_id=span.group.pk)
    place = day_place("at", span.days)
    rows = found.values_list("kind").annotate(place=place, n=Count("pk")).order_by()
    by_kind: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for kind, day, n in rows:
        by_kind[kind].append((day, n))
    return {kind: _by_day(span, counted) for kind, counted in by_kind.items()}


def count_hits(span: Span) -> list[int]:
    """Return how often filters hit on each of these days, which are those of UTC.

    Where UTC has a new day already, its hits are among those of the latest, which goes on for who looks.
    """
    hits = FilterHits.objects.filter(day__gte=span.days.dates[0])
    if span.group:
        hits = hits.filter(filter__group=span.group)
    elif not span.scope.is_staff:
        hits = hits.filter(filter__group__in=span.scope.moderated | span.scope.owned)
    places = {day: place for place, day in enumerate(span.days.dates)}
    rows = hits.values_list("day").annotate(n=Sum("hits")).order_by()
    latest = len(places) - 1
    return _by_day(span, ((places.get(day, latest), n) for day, n in rows))


def count_sign_ups(span: Span) -> list[int]:
    """Return how many people signed up each day."""
    people = User.objects.filter(**span.on_days("date_joined"), is_made_up=False)
    return _by_day(span, _daily(people, "date_joined", span.days))


def count_waiting(span: Span) -> Waiting:
    """Return what is open now, whenever it was reported."""
    there = span.cases.exclude(state=CaseState.CLOSED)
    found = there.aggregate(count=Count("pk"), oldest=Min("opened_at"))
    return Waiting(found["count"], found["oldest"])


def read_waits(span: Span) -> list[float]:
    """Return how many seconds cases waited from the report to the first act, in their order.

    They are the latest of those that were reported on these days and acted on since.
    """
    first = Act.objects.filter(case_id=OuterRef("pk")).order_by("pk").values("at")[:1]
    acted = span.cases.filter(**span.on_days("opened_at")).filter(kind__in=REPORTED)
    acted = acted.annotate(acted_at=Subquery(first)).exclude(acted_at=None)
    moments = acted.order_by("-opened_at", "-pk").values_list("opened_at", "acted_at")[:WAITS]
    return sorted((acted_at - opened_at).total_seconds() for opened_at, acted_at in moments)


def _daily(rows: QuerySet, name: str, days: Days) -> Iterable[tuple[int, int]]:  # type: ignore[type-arg]
    place = day_place(name, days)
    counted: Iterable[tuple[int, int]] = (
        rows.annotate(place=place).values_list("place").annotate(n=Count("pk")).order_by()
    )
    return counted


def _by_day(span: Span, rows: Iterable[tuple[int, int]]) -> list[int]:
    counts = [0] * len(span.days.dates)
    for place, n in rows:
        counts[place] += n
    return counts
