"""Reporting somebody, or a group, and what became of what one reported."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from discuss.edges.views.pages import listing
from discuss.edges.views.people import (
    Request,
    membership_of,
    not_a_member,
    paced,
    status_of,
)
from discuss.edges.views.typed import is_of_another
from discuss.forms import OlderForm
from discuss.limits import limits
from discuss.models import Group, User
from discuss.moderation import actions
from discuss.moderation.forms.reports import WhyForm
from discuss.moderation.reading.own_reports import read_own_reports
from discuss.rules.listed import How
from discuss.rules.refusals import Code, Refused


@never_cache
@login_required
@paced
@require_safe
def reports(request: Request) -> HttpResponse:
    """List what the person reported, and what became of it. What is listed counts as read."""
    older = OlderForm({"oldest": request.GET.get("before")})
    before = older.cleaned_data["oldest"] if older.is_valid() else None
    page = read_own_reports(request.user.pk, before)
    actions.hear_answers(request.user)
    messages = {row.entry.pk: row.entry for row in page.rows if row.entry}
    context = {"page": page, "is_first": before is None}
    context |= listing(request, How.WORDS, messages.values())
    return render(request, "discuss/moderation/reports.html", context)


@never_cache
@login_required
@paced
@require_http_methods(["GET", "HEAD", "POST"])
def report_member(request: Request, uuid: UUID, key: int) -> HttpResponse:
    """Report somebody to the moderators of a group that both are in, or that they wrote in."""
    membership = membership_of(request.user, uuid)
    if membership is None:
        return not_a_member(request, uuid)
    known = User.objects.filter(pk=key)
    group = membership.group
    there = known.filter(memberships__group=group) | known.filter(entries__group=group)
    user = there.distinct().first()
    if user is None:
        raise Http404("There is no such person.")

    def report(reason: str, note: str) -> None:
        actions.report_member(membership, user=user, reason=reason, note=note)

    return _reporting(request, group, user, report)


@never_cache
@login_required
@paced
@require_http_methods(["GET", "HEAD", "POST"])
def report_group(request: Request, uuid: UUID) -> HttpResponse:
    """Report a group to the moderators of the site."""
    group = Group.objects.findable_by(request.user).filter(uuid=uuid).first()
    if group is None:
        raise Http404("There is no such group.")

    def report(reason: str, note: str) -> None:
        actions.report_group(request.user, group=group, reason=reason, note=note)

    return _reporting(request, group, None, report)


def _reporting(
    request: Request, group: Group, person: User | None, report: Callable[[str, str], object]
) -> HttpResponse:
    """Show the form, and do what it says."""
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and is_of_another(request):
        form.add_error(None, Code.OF_ANOTHER.label)
    elif request.method == "POST" and form.is_valid():
        if refusal := limits.refusal("report", request.user.pk):
            form.add_error(None, refusal)
        else:
            try:
                report(form.cleaned_data["reason"], form.cleaned_data["note"])
                return redirect("reports")
            except Refused as error:
                form.add_error(None, error.text)
    context = {"form": form, "group": group, "person": person}
    return render(request, "discuss/moderation/report.html", context, status=status_of(form))
