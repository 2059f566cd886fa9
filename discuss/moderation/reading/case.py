"""A case as its page shows it: what was reported, who did, and what its author did before."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString

from discuss.models import Act, Case, CaseState, Entry, Report, Revision, User
from discuss.moderation.reading.queue import Row, rows_of
from discuss.moderation.reading.scopes import Scope, cases_in
from discuss.rules.reasons import label_of
from discuss.rules.stored_html import stored_rendering, text_html
from discuss.rules.text import Text

# Acts on the author that are shown, the latest, and earlier versions of the message.
ACTS_SHOWN, REVISIONS_SHOWN = 20, 20
# Reports that are shown, the latest; how many there are is said beside them.
REPORTS_SHOWN = 50


class Told(NamedTuple):
    """A report: by whom, and how often what they reported before was right."""

    name: str
    reason: str
    note: str
    at: datetime
    right: int
    decided: int

    @property
    def why(self) -> Text:
        return label_of(self.reason)


class Done(NamedTuple):
    """An act of the record, by its name (discuss/moderation/actions/acts.py)."""

    kind: str
    actor: str
    at: datetime
    reason: str
    note: str
    until: datetime | None
    group: int | None
    is_undone: bool

    @property
    def why(self) -> Text:
        return label_of(self.reason)


class KeptLine(NamedTuple):
    """A message as it was when it was reported, or what it says in its place."""

    author: str
    at: datetime | None
    html: SafeString
    is_hidden: bool
    is_reported: bool


class Version(NamedTuple):
    """What the message said until it was edited."""

    text: str
    ended_at: datetime


class Kept(NamedTuple):
    """What the case keeps of the message; and where it says something else by now, what, and what before."""

    lines: tuple[KeptLine, ...] = ()
    text_now: str = ""
    versions: tuple[Version, ...] = ()


class Progress(NamedTuple):
    """What of a case's page changes while it is open. Two that are equal look the same."""

    row: Row
    reports: tuple[Told, ...]
    acts: tuple[Done, ...]
    taken_by: int | None
    is_hidden: bool
    # It changes where somebody edits the message, or an admin erases it or one beside it.
    kept: Kept = Kept()

    @property
    def fingerprint(self) -> str:
        return sha256(repr(self).encode()).hexdigest()[:16]


def read_case(scope: Scope, pk: int) -> Case | None:
    """Return a case that somebody of this scope may see."""
    cases = cases_in(scope).select_related("group", "user", "taken_by", "entry")
    return cases.filter(pk=pk).first()


def read_progress(scope: Scope, pk: int) -> Progress | None:
    """Return how far a case has come; None where somebody of this scope may not see it."""
    case = read_case(scope, pk)
    return progress_of(case) if case else None


def progress_of(case: Case) -> Progress:
    (row,) = rows_of([case])
    is_hidden = bool(case.entry and case.entry.is_hidden)
    acts = _done(Act.objects.filter(case_id=case.pk))
    taken_by = case.taken_by_id if case.state == CaseState.TAKEN else None
    kept = Kept(_kept_lines(case), _text_now(case), _versions(case))
    return Progress(row, _reports(case), acts, taken_by, is_hidden, kept)


def _kept_lines(case: Case) -> tuple[KeptLine, ...]:
    """Return the message and those around it, as they were, with the names of now."""
    snapshot = case.snapshot or {}
    authors: Mapping[int, User] = User.objects.in_bulk(
        {line["author_id"] for line in snapshot.get("lines", ()) if line["author_id"]}
    )
    return tuple(
        KeptLine(
            authors[line["author_id"]].name if line["author_id"] in authors else "",
            parse_datetime(line["at"]),
            _html(line["text"]),
            line["is_hidden"],
            line["position"] == snapshot["position"],
        )
        for line in snapshot.get("lines", ())
    )


def _html(text: str) -> SafeString:
    rendering = stored_rendering(text)
    return text_html(text, rendering["html"], rendering["renderer"], {})


def _versions(case: Case) -> tuple[Version, ...]:
    """Return what the message said before it was edited, the latest first."""
    if case.entry is None or _is_withdrawn(case.entry):
        return ()
    revisions = Revision.objects.filter(entry=case.entry_id).order_by("-pk")[:REVISIONS_SHOWN]
    return tuple(Version(each.text, each.ended_at) for each in revisions)


def _text_now(case: Case) -> str:
    """Return what the message says now, where that is not what was reported."""
    entry: Entry | None = case.entry
    snapshot = case.snapshot or {}
    kept = [
        each["text"]
        for each in snapshot.get("lines", ())
        if each["position"] == snapshot["position"]
    ]
    if entry is None or _is_withdrawn(entry):
        return ""
    return entry.text if kept and entry.text != kept[0] else ""


def _is_withdrawn(entry: Entry) -> bool:
    """Whether its author removed it. What was kept when it was reported is all that is left to see."""
    return entry.is_hidden and entry.hidden_by is None


def read_before(case: Case, scope: Scope) -> tuple[Done, ...]:
    """Return what was done about the case's person before: in this group, or to staff on the whole site."""
    if case.user_id is None:
        return ()
    acts = Act.objects.filter(Q(case_id=None) | ~Q(case_id=case.pk), user_id=case.user_id)
    if not scope.is_staff:
        acts = acts.filter(Q(group_id=case.group_id) | Q(group_id=None))
    return _done(acts)


def count_cases_about(case: Case, scope: Scope) -> int:
    """Return how many other cases there were about the same person."""
    if case.user_id is None:
        return 0
    return cases_in(scope).filter(user=case.user_id).exclude(pk=case.pk).count()


def _reports(case: Case) -> tuple[Told, ...]:
    latest = case.reports.select_related("reporter").order_by("-pk")[:REPORTS_SHOWN]
    reports = list(reversed(latest))
    before = Report.objects.filter(case__state=CaseState.CLOSED).exclude(case=case.pk)
    reporters = {each.reporter_id for each in reports if each.reporter_id}
    became = {
        pk: (decided, decided - dismissed)
        for pk, decided, dismissed in before.filter(reporter__in=reporters)
        .values_list("reporter")
        .annotate(decided=Count("pk"), dismissed=Count("pk", filter=Q(case__outcome="dismiss")))
    }
    return tuple(
        Told(
            each.reporter.name if each.reporter else "",
            each.reason,
            each.note,
            each.at,
            became.get(each.reporter_id or 0, (0, 0))[1],
            became.get(each.reporter_id or 0, (0, 0))[0],
        )
        for each in reports
    )


def _done(acts: Any) -> tuple[Done, ...]:
    """Return the latest of these rows of the record, with the names of who did it."""
    found = list(acts.order_by("-pk")[:ACTS_SHOWN])
    actors: Mapping[int, User] = User.objects.in_bulk(
        {each.actor_id for each in found if each.actor_id}
    )
    pks = [each.pk for each in found]
    undone = set(Act.objects.filter(undoes_id__in=pks).values_list("undoes_id", flat=True))
    return tuple(
        Done(
            each.kind,
            actors[each.actor_id].name if each.actor_id in actors else "",
            each.at,
            each.reason,
            each.note,
            each.until,
            each.group_id,
            each.pk in undone,
        )
        for each in found
    )
