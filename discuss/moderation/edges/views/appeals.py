"""What was done to a person, and what they say against it: their own pages."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from discuss.edges.views.people import Request, paced, status_of
from discuss.edges.views.typed import after_log_in, is_of_another, typed_before
from discuss.forms import OlderForm
from discuss.limits import limits
from discuss.models import Act, User
from discuss.moderation.actions import (
    ON_PEOPLE,
    acts,
    appealable,
    hear_decisions,
    make_appeal,
    rights_to_accept,
)
from discuss.moderation.forms.appeals import AppealForm, act_of
from discuss.moderation.reading.appeals import OwnAct, latest_ban, own_acts, read_own_acts
from discuss.moderation.rules.told import TO_PEOPLE
from discuss.rendering import fragments
from discuss.rules.refusals import Code, Refused


def _told() -> set[str]:
    """Return what people are told that was done to them."""
    return {kind.name for kind in acts.values() if kind.of in ON_PEOPLE} | TO_PEOPLE


@never_cache
@login_required
@paced
@require_safe
def mine(request: Request) -> HttpResponse:
    """List what was done to the person, why, and what became of appeals. What is listed counts as read."""
    older = OlderForm({"oldest": request.GET.get("before")})
    before = older.cleaned_data["oldest"] if older.is_valid() else None
    page = read_own_acts(request.user, _told(), rights_to_accept(), before)
    hear_decisions(request.user)
    rows = [(fragments.label_of(row.act.kind), row) for row in page.rows]
    context = {"rows": rows, "before": page.before, "is_first": before is None}
    return render(request, "discuss/moderation/mine.html", context)


@never_cache
@after_log_in
@paced
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: Request, act: int) -> HttpResponse:
    """Let somebody appeal against an act on themselves."""
    own = Act.objects.filter(user_id=request.user.pk, kind__in=appealable())
    found = own.filter(pk=act).first()
    if found is None:
        raise Http404("There is no such act.")
    kept = typed_before(request, request.path)
    return _appealing(request, request.user, found, reverse("mine"), kept)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_of_ban(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody who cannot log in appeal against their ban, by the link that they were shown.

    It shows that ban alone, and once it is over no more than that.
    """
    ban = Act.objects.filter(pk=act_of(token) or 0, kind="ban").first()
    person = User.objects.filter(pk=ban.user_id or 0).first() if ban else None
    if ban is None or person is None:
        raise Http404("There is no such ban.")
    if latest_ban(person.pk) != ban:
        return render(request, "discuss/moderation/ban_over.html")
    return _appealing(request, person, ban, request.path)


def _appealing(
    request: HttpRequest,
    person: User,
    act: Act,
    after: str,
    kept: dict[str, str] | None = None,
) -> HttpResponse:
    """Show the form, with what stands in its way, and do what it says; then go on to `after`."""
    (row,) = own_acts(person, [act], rights_to_accept())
    form = AppealForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and _is_made(request, person, act, form):
        messages.success(request, gettext("Another moderator will look at it."))
        return redirect(after)
    context: dict[str, Any] = {
        "form": form,
        "row": row,
        "label": fragments.label_of(act.kind),
        "problem": _problem(row),
        "is_banned": not person.is_active,
        "back": "" if after == request.path else after,
    }
    status = status_of(form) if request.method == "POST" else 200
    return render(request, "discuss/moderation/appeal.html", context, status=status)


def _is_made(request: HttpRequest, person: User, act: Act, form: AppealForm) -> bool:
    """Appeal, and return whether that was done; if not, the form says why, and keeps what was typed."""
    if not form.is_valid():
        return False
    if person == request.user and is_of_another(request):
        form.add_error(None, Code.OF_ANOTHER.label)
    elif refusal := limits.refusal("report", person.pk):
        form.add_error(None, refusal)
    else:
        try:
            make_appeal(person, act_id=act.pk, note=form.cleaned_data["text"])
        except Refused as refused:
            form.add_error(None, refused.text)
    return not form.errors


def _problem(row: OwnAct) -> Any:
    """Return why they cannot appeal; nothing where they can, or have done so."""
    if row.said or row.may_appeal:
        return ""
    return (Code.NOBODY_DECIDES if row.stands else Code.ACT_OVER).label
