"""The record: its page, what is exported of it, and the part of it that a group's members see."""

from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from discuss.edges.views.people import Request, membership_of, not_a_member, paced
from discuss.forms import read_position
from discuss.models import User
from discuss.moderation.actions import acts
from discuss.moderation.edges.export import chunks
from discuss.moderation.forms.record import RecordForm
from discuss.moderation.reading.changes import Changed, changes_of
from discuss.moderation.reading.public_record import read_public
from discuss.moderation.reading.record import Done, RecordPage, read_record
from discuss.moderation.reading.record_scopes import RecordScope, read_record_scope
from discuss.moderation.rules.otherwise import OTHERWISE
from discuss.moderation.rules.told import UNNAMED
from discuss.rendering import fragments
from discuss.rules import roles
from discuss.rules.refusals import Code
from discuss.rules.text import Text

# Groups whose names are offered where one is typed.
GROUPS_OFFERED = 100
NO_ROWS = RecordPage([])


class Shown(NamedTuple):
    """A row as the page shows it: what was done, and where what it names can be looked at."""

    done: Done
    label: Text
    person_address: str
    line_address: str
    changes: list[Changed]


@never_cache
@login_required
@paced
@require_safe
def record(request: Request) -> HttpResponse:
    """Show what moderators did, narrowed down as the address says."""
    scope = read_record_scope(request.user.pk)
    if not scope.is_any:
        return render(request, "403.html", {"exception": Code.NO_RECORD.label}, status=403)
    form = _form(request, scope)
    page = read_record(scope, form.query()) if form.is_valid() else NO_ROWS
    asked = {key: value for key, value in request.GET.items() if value and key in form.fields}
    asked.pop("before", None)
    context = {
        "form": form,
        "rows": [_shown(request.user, scope, done) for done in page.rows],
        "before": page.before,
        "is_first": not form.data.get("before"),
        "asked": urlencode(asked),
        "groups": scope.groups.in_order()[:GROUPS_OFFERED],
        "sees_cases": scope.cases.is_any,
    }
    status = 200 if form.is_valid() else 400
    return render(request, "discuss/moderation/record.html", context, status=status)


@never_cache
@login_required
@paced
@require_safe
def record_csv(request: Request) -> HttpResponse | StreamingHttpResponse:
    """Export the rows that the page with the same address shows, all of them, little by little."""
    scope = read_record_scope(request.user.pk)
    if not scope.is_any:
        return render(request, "403.html", {"exception": Code.NO_RECORD.label}, status=403)
    form = _form(request, scope)
    if not form.is_valid():
        return redirect(f"{reverse('record')}?{request.GET.urlencode()}")
    content = chunks(request.user.pk, form.query())
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    name = f"record-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@login_required
@paced
@require_safe
def group_record(request: Request, uuid: UUID) -> HttpResponse:
    """Show members what moderators did in their group, where its owners want that."""
    membership = membership_of(request.user, uuid)
    if membership is None:
        return not_a_member(request, uuid, status=200)
    group, moderates = membership.group, roles.may("moderate", membership.role)
    if not group.record_is_public and moderates:
        return redirect(f"{reverse('record')}?{urlencode({'group': group.name})}")
    if not group.record_is_public:
        messages.error(request, Code.NOT_PUBLIC.label)
        return redirect(group)
    before = read_position(request.GET.get("before"))
    page = read_public(group.pk, before)
    context = {
        "group": group,
        "moderates": moderates,
        "rows": [(UNNAMED.get(row.kind) or fragments.label_of(row.kind), row) for row in page.rows],
        "before": page.before,
        "is_first": before is None,
    }
    return render(request, "discuss/moderation/public_record.html", context)


def _form(request: Request, scope: RecordScope) -> RecordForm:
    known = [*((kind.name, kind.done) for kind in acts.values()), *OTHERWISE.items()]
    kinds = sorted(known, key=lambda each: str(each[1]).casefold())
    return RecordForm(request.GET, groups=scope.groups, kinds=kinds)


def _shown(user: User, scope: RecordScope, done: Done) -> Shown:
    act = done.act
    return Shown(
        done,
        fragments.label_of(act.kind),
        _person_address(user, done) if done.to else "",
        _line_address(user, scope, done),
        changes_of(done.details),
    )


def _person_address(user: User, done: Done) -> str:
    """Return the page of whom it was done to: in the group for its members, in the admin for staff."""
    if done.place and done.is_member:
        return reverse("person", args=[done.place.uuid, done.act.user_id])
    if user.is_staff and user.has_perm("discuss.view_user"):
        return reverse("admin:discuss_user_change", args=[done.act.user_id])
    return ""


def _line_address(user: User, scope: RecordScope, done: Done) -> str:
    if done.entry is None or done.place is None:
        return ""
    if done.is_member:
        return reverse("line", args=[done.place.uuid, done.entry.position])
    if scope.is_staff and user.has_perm("discuss.view_entry"):
        return reverse("admin:discuss_message_context", args=[done.entry.pk])
    return ""
