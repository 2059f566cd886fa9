"""What a person reported, and what became of it."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from discuss.models import CaseKind, CaseState, Report
from discuss.moderation.reading.queue import words_of
from discuss.rules.reasons import label_of
from discuss.rules.text import Text

# Reports on one page of one's own.
REPORTS_AT_ONCE = 50
# What a reporter is told, and no more: what somebody was given is not theirs to know.
WAITING, REMOVED, ACTED, DISMISSED = "waiting", "removed", "acted", "dismissed"
_BECAME = {"dismiss": DISMISSED, "hide": REMOVED}


class OwnReport(NamedTuple):
    """A report as its reporter sees it. `became` is one of the four above."""

    pk: int
    kind: str
    name: str
    words: str
    group: str
    reason: str
    note: str
    at: datetime
    became: str
    closed_at: datetime | None
    is_new: bool

    @property
    def why(self) -> Text:
        return label_of(self.reason)


class OwnReports(NamedTuple):
    rows: list[OwnReport]
    before: int | None = None


def read_own_reports(user_id: int, before: int | None = None) -> OwnReports:
    """Return what this person reported, the latest first, of those older than `before`."""
    own = Report.objects.filter(reporter=user_id).order_by("-pk")
    own = own.select_related("case__group", "case__user")
    own = own.filter(Q(case__group=None) | Q(case__group__is_deleted=False))
    if before is not None:
        own = own.filter(pk__lt=before)
    found = list(own[: REPORTS_AT_ONCE + 1])
    shown = found[:REPORTS_AT_ONCE]
    has_more = len(found) > len(shown)
    return OwnReports([_row(each) for each in shown], shown[-1].pk if has_more else None)


def _row(report: Report) -> OwnReport:
    case = report.case
    is_closed = case.state == CaseState.CLOSED
    return OwnReport(
        report.pk,
        case.kind,
        case.user.name if case.user else "",
        words_of(case) if case.kind == CaseKind.MESSAGE else "",
        case.group.name if case.group else "",
        report.reason,
        report.note,
        report.at,
        _BECAME.get(case.outcome, ACTED) if is_closed else WAITING,
        case.closed_at,
        is_closed and report.told_at is None,
    )
