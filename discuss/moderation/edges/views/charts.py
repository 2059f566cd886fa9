"""Charts: what there was to do over days, and how soon it was done."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from discuss.edges.views.people import Request, paced
from discuss.moderation.actions import acts
from discuss.moderation.forms.charts import SPANS, ChartsForm
from discuss.moderation.reading.charts import (
    Span,
    chosen_group,
    count_acts,
    count_hits,
    count_reports,
    count_sign_ups,
    count_waiting,
    groups_of,
    read_waits,
)
from discuss.moderation.reading.record_scopes import acts_in, read_record_scope
from discuss.moderation.reading.scopes import Scope, read_scope
from discuss.moderation.rules.charts import Area, Bar, Tick, bars_of, percentile, ticks_of, top_of
from discuss.rendering.audience import Audience
from discuss.rules.days import latest_days
from discuss.rules.refusals import Code
from discuss.rules.spans import lasted
from discuss.rules.text import Text

# Where the bars stand in a chart of 320 by 120, and in a row of 96 by 20.
CHART, ROW = Area(30, 8, 288, 92), Area(0, 0, 96, 20)
# Staff see numbers of what they may see one by one.
SEE_PEOPLE = "discuss.view_user"


class Day(NamedTuple):
    """A day of a chart: how many, and of which parts these are."""

    date: date
    n: int
    bar: Bar
    parts: tuple[int, ...] = ()


class Part(NamedTuple):
    """One kind of what a chart shows."""

    label: Text
    total: int
    bars: list[Bar]


class Chart:
    """Numbers by day, with what their kinds are: `parts` are by their labels."""

    def __init__(
        self,
        name: str,
        title: str,
        dates: Sequence[date],
        counts: Sequence[int],
        parts: Sequence[tuple[Text, Sequence[int]]] = (),
    ) -> None:
        self.name, self.title, self._dates, self._counts = name, title, dates, counts
        self._parts = sorted(parts, key=lambda part: -sum(part[1]))

    @property
    def total(self) -> int:
        return sum(self._counts)

    @property
    def most(self) -> int:
        return max(self._counts)

    @property
    def ticks(self) -> list[Tick]:
        return ticks_of(self._top, CHART)

    @cached_property
    def days(self) -> list[Day]:
        bars = bars_of(self._counts, self._top, CHART)
        parts = zip(*(counts for _label, counts in self._parts), strict=True)
        of_days: Iterator[tuple[int, ...]] | Sequence[tuple[()]] = parts
        if not self._parts:
            of_days = [()] * len(bars)
        return [Day(*day) for day in zip(self._dates, self._counts, bars, of_days, strict=True)]

    @property
    def latest_first(self) -> list[Day]:
        return self.days[::-1]

    @cached_property
    def parts(self) -> list[Part]:
        """The most frequent first; their bars are of one scale."""
        top = max((max(counts) for _label, counts in self._parts), default=0)
        return [
            Part(label, sum(counts), bars_of(counts, top, ROW)) for label, counts in self._parts
        ]

    @property
    def _top(self) -> int:
        return top_of(self.most)


@never_cache
@login_required
@paced
@require_safe
def charts(request: Request) -> HttpResponse:
    """Show charts of some days until today, of all that the person moderates or of one group."""
    scope = read_scope(request.user.pk)
    if not scope.is_any:
        return render(request, "403.html", {"exception": Code.NO_QUEUE.label}, status=403)
    count, uuid = ChartsForm(request.GET).chosen
    group = chosen_group(scope, uuid)
    zone = Audience.of(request.user).zone
    span = Span(scope, latest_days(timezone.localdate(timezone=zone), count, zone), group)
    groups = list(groups_of(scope))
    context: dict[str, Any] = {
        "group": group,
        "groups": groups if len(groups) > 1 else [],
        "spans": SPANS,
        "day_count": count,
        "charts": list(_charts(request, scope, span)),
        "waiting": count_waiting(span),
        **_waits(read_waits(span)),
    }
    return render(request, "discuss/moderation/charts.html", context)


def _charts(request: Request, scope: Scope, span: Span) -> Iterator[Chart]:
    user, dates = request.user, span.days.dates
    yield Chart("reports", _("Reports"), dates, count_reports(span))
    yield Chart("hits", _("Hits of filters"), dates, count_hits(span))
    record = read_record_scope(user.pk)
    if record.is_any:
        by_kind = count_acts(span, acts_in(record), acts)
        counts = [sum(day) for day in zip([0] * len(dates), *by_kind.values(), strict=True)]
        parts = [(acts[kind].done, of_kind) for kind, of_kind in by_kind.items()]
        yield Chart("acts", _("What moderators did"), dates, counts, parts)
    if scope.is_staff and user.has_perm(SEE_PEOPLE) and span.group is None:
        yield Chart("sign-ups", _("Sign-ups"), dates, count_sign_ups(span))


def _waits(waits: list[float]) -> dict[str, Any]:
    half, most = percentile(waits, 50), percentile(waits, 90)
    if half is None or most is None:
        return {}
    return {"half": lasted(half), "most": lasted(most), "wait_count": len(waits)}
