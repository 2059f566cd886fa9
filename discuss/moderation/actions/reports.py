"""Reporting messages, people and groups. Nobody but moderators sees it, so it takes no number of a log."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from discuss import doorbell
from discuss.actions.cases import open_case
from discuss.actions.change import Change, require, role_of, without_number
from discuss.actions.filtering import opens_case
from discuss.models import (
    Case,
    CaseKind,
    CaseState,
    Entry,
    Group,
    GroupKind,
    Kind,
    Membership,
    Report,
    Revision,
    User,
)
from discuss.moderation.forms.reports import ReportForm
from discuss.moderation.reading import snapshots
from discuss.moderation.rules.report_limits import LOOKED_BACK, reports_a_day
from discuss.rules import roles
from discuss.rules.filters import Rule
from discuss.rules.reasons import Reason
from discuss.rules.refusals import Code, Refused
from discuss.verbs import verb

DISMISS = "dismiss"


@verb(
    "report",
    actor=Membership,
    form=ReportForm,
    limit="report",
    answer="report_answered",
    then="reports",
    is_of_line=True,
)
def report_message(membership: Membership, *, entry: Entry, reason: str, note: str = "") -> Report:
    """Tell moderators what is wrong with a message; reports of one message are one case. Raises Refused."""
    with transaction.atomic():
        change = without_number(membership.group_id)
        member = change.admit_member(membership)
        messages = Entry.objects.filter(group=change.group_id, kind=Kind.MESSAGE)
        message = messages.select_related("author").filter(pk=entry.pk).first()
        if message is None:
            raise Refused(Code.NO_MESSAGE)
        _require_others(change, member, message.author_id)
        found = {"kind": CaseKind.MESSAGE, "entry": message}
        if message.is_hidden and not _open_cases(found).exists():
            raise Refused(Code.HIDDEN)
        about = {**found, "group_id": change.group_id, "user_id": message.author_id}
        return _report(member.user, found, about, snapshots.of_message(message), reason, note)


@opens_case
def report_by_rule(line: Entry, rule: Rule) -> Case:
    """Tell moderators that a filter has caught a message which went through; nobody reported it.

    It is called inside of the transaction that writes the line, which holds the group's lock.
    """
    found = {"kind": CaseKind.MESSAGE, "entry": line}
    case: Case | None = _open_cases(found).first()
    if case is None:
        about = {**found, "group_id": line.group_id, "user_id": line.author_id}
        case = open_case(**about, snapshot=snapshots.of_message(line))
    if not Report.objects.filter(case=case, reporter=None, note=rule.name).exists():
        Report.objects.create(case=case, reason=Reason.OTHER, note=rule.name)
    doorbell.ring_queue(line.group_id)
    return case


def report_member(membership: Membership, *, user: User, reason: str, note: str = "") -> Report:
    """Tell the group's moderators what is wrong with somebody who is, or was, in it. Raises Refused."""
    with transaction.atomic():
        change = without_number(membership.group_id)
        member = change.admit_member(membership)
        _require_others(change, member, user.pk)
        found = {"kind": CaseKind.PERSON, "group_id": change.group_id, "user": user}
        return _report(member.user, found, found, snapshots.of_person(user), reason, note)


def report_group(user: User, *, group: Group, reason: str, note: str = "") -> Report:
    """Tell moderators of the site what is wrong with a group that the person finds. Raises Refused."""
    with transaction.atomic():
        found = Group.objects.findable_by(user).filter(pk=group.pk).first()
        if found is None or not User.objects.filter(pk=user.pk, is_active=True).exists():
            raise Refused(Code.GONE)
        if found.kind == GroupKind.PLAY:
            raise Refused(Code.ONLY_A_PLAY)
        without_number(found.pk)
        member = Membership.objects.filter(group=found, user=user).first()
        role = role_of(member) if member else roles.STRANGER
        require("report_group", role, code=Code.NOT_ON_YOURSELF)
        about = {"kind": CaseKind.GROUP, "group": found}
        return _report(user, about, about, snapshots.of_group(found), reason, note)


def _require_others(change: Change, member: Membership, user_id: int | None) -> None:
    if member.group.kind == GroupKind.PLAY:
        raise Refused(Code.ONLY_A_PLAY)
    relation = change.relation(member, user_id)
    require("report", member.role, relation, code=Code.NOT_ON_YOURSELF)


def _report(
    reporter: User,
    found: dict[str, Any],
    about: dict[str, Any],
    snapshot: dict[str, Any],
    reason: str,
    note: str,
) -> Report:
    """Write the report into the open case of what it is about, under the group's lock, or open one."""
    case = _open_cases(found).first()
    before = case and Report.objects.filter(case=case, reporter=reporter).first()
    if before:
        return before
    _refuse_too_much(reporter, found)
    if case is None:
        case = open_case(**about, snapshot=snapshot)
    report = Report.objects.create(case=case, reporter=reporter, reason=reason, note=note)
    doorbell.ring_queue(case.group_id or 0)
    return report


def _open_cases(found: dict[str, Any]) -> Any:
    return Case.objects.filter(**found).exclude(state=CaseState.CLOSED)


def _refuse_too_much(reporter: User, found: dict[str, Any]) -> None:
    """Refuse what was decided about, and who reports very much, or mostly for nothing. Raises Refused."""
    now = timezone.now()
    own = Report.objects.filter(reporter=reporter)
    decided = own.filter(case__outcome=DISMISS, case__state=CaseState.CLOSED)
    decided = decided.filter(**{f"case__{name}": value for name, value in found.items()})
    latest = decided.order_by("-case__closed_at").values_list("case__closed_at", flat=True).first()
    if latest and not _has_changed(found, since=latest):
        raise Refused(Code.ALREADY_DECIDED)
    lately = own.filter(at__gt=now - LOOKED_BACK, case__state=CaseState.CLOSED)
    became = lately.aggregate(
        right=Count("pk", filter=~Q(case__outcome=DISMISS)),
        dismissed=Count("pk", filter=Q(case__outcome=DISMISS)),
    )
    if own.filter(at__gt=now - timedelta(days=1)).count() >= reports_a_day(**became):
        raise Refused(Code.MANY_REPORTS)


def _has_changed(found: dict[str, Any], since: datetime) -> bool:
    """Whether a message says something else since then; people and groups may have changed at any time."""
    if found["kind"] != CaseKind.MESSAGE:
        return timezone.now() > since + timedelta(days=1)
    entry: Entry = found["entry"]
    return Revision.objects.filter(entry=entry, ended_at__gt=since).exists()


def hear_answers(user: User) -> bool:
    """Note that somebody has read what became of their reports; return whether there was anything new."""
    with transaction.atomic():
        new = Report.objects.filter(
            reporter=user, told_at=None, case__state=CaseState.CLOSED
        ).values_list("pk", flat=True)
        has_news = bool(Report.objects.filter(pk__in=list(new)).update(told_at=timezone.now()))
        if has_news:
            doorbell.ring_answer(user.pk)
        return has_news
