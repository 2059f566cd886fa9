"""What a person reported, and what became of it."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from discuss.models import CaseKind, CaseState, Entry, Membership, Report
from discuss.rules.reasons import label_of
from discuss.rules.text import Text

# Reports on one page of one's own.
REPORTS_AT_ONCE = 50
# What a reporter is told, and no more: what somebody was given is not theirs to know.
WAITING, REMOVED, ACTED, DISMISSED = "waiting", "removed", "acted", "dismissed"
_BECAME = {"dismiss": DISMISSED, "hide": REMOVED}


class OwnReport(NamedTuple):
    """A report as its reporter sees it. `became` is one of the four above.

    `entry` is the message, of which they are shown what it says now; who is no member any more is shown none.
    """

    pk: int
    kind: str
    name: str
    entry: Entry | None
    is_removed: bool
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
    own = own.select_related("case__group", "case__user", "case__entry")
    own = own.filter(Q(case__group=None) | Q(case__group__is_deleted=False))
    if before is not None:
        own = own.filter(pk__lt=before)
    found = list(own[: REPORTS_AT_ONCE + 1])
    shown = found[:REPORTS_AT_ONCE]
    has_more = len(found) > len(shown)
    theirs = Membership.objects.filter(user=user_id, group__in=[e.case.group_id for e in shown])
    places = set(theirs.values_list("group", flat=True))
    rows = [_row(each, is_member=each.case.group_id in places) for each in shown]
    return OwnReports(rows, shown[-1].pk if has_more else None)


def _row(report: Report, *, is_member: bool) -> OwnReport:
    case = report.case
    is_message = case.kind == CaseKind.MESSAGE
    is_removed = is_message and (case.entry is None or case.entry.is_hidden)
    is_closed = case.state == CaseState.CLOSED
    return OwnReport(
        report.pk,
        case.kind,
        case.user.name if case.user else "",
        case.entry if is_message and is_member else None,
        is_removed,
        case.group.name if case.group else "",
        report.reason,
        report.note,
        report.at,
        _BECAME.get(case.outcome, ACTED) if is_closed else WAITING,
        case.closed_at,
        is_closed and report.told_at is None,
    )
