"""A case: its page, and what a moderator does there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from discuss.edges.views.pages import wants_live
from discuss.edges.views.people import Request, paced
from discuss.edges.views.typed import is_of_another
from discuss.limits import limits
from discuss.models import Case, CaseKind
from discuss.moderation.actions import (
    LINE,
    ON_CASE,
    PERSON,
    ActKind,
    Why,
    acts,
    acts_offered,
    decide_case,
    let_case_go,
    reopen_case,
    take_case,
)
from discuss.moderation.edges.asking import span_of
from discuss.moderation.edges.networks import may_block
from discuss.moderation.edges.people import SEE_PEOPLE
from discuss.moderation.forms.deciding import DecisionForm, TakingForm
from discuss.moderation.reading.against import read_against
from discuss.moderation.reading.case import (
    count_cases_about,
    progress_of,
    read_before,
    read_case,
)
from discuss.moderation.reading.networks import read_seen
from discuss.moderation.reading.offered import read_standing
from discuss.moderation.reading.scopes import Scope, read_scope
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rules.refusals import Code, Refused

type CaseView = Callable[[Request, Case], HttpResponse]


@never_cache
@login_required
@paced
@require_safe
def case(request: Request, case: int) -> HttpResponse:
    """Show what was reported as it was, and what there is to do."""
    scope = read_scope(request.user.pk)
    found = read_case(scope, case)
    if found is None:
        raise Http404("There is no such case.")
    return render(request, "discuss/moderation/case.html", _context(request, scope, found))


def of_a_case(view: CaseView) -> Callable[..., HttpResponse]:
    """Let a view act by POST on a case that the person may see; refusals are told on its page."""

    @wraps(view)
    def act(request: Request, case: int) -> HttpResponse:
        address = reverse("case", args=[case])
        if request.method != "POST":
            return redirect(address)
        if not request.user.is_authenticated:
            return redirect_to_login(address)
        if is_of_another(request):
            context = {"exception": Code.OF_ANOTHER.label}
            return render(request, "403.html", context, status=403)
        found = read_case(read_scope(request.user.pk), case)
        if found is None:
            raise Http404("There is no such case.")
        if refusal := limits.refusal("moderate", request.user.pk):
            messages.error(request, refusal)
            return redirect(address)
        try:
            return view(request, found)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(address)

    return act


@of_a_case
def take(request: Request, case: Case) -> HttpResponse:
    """Have others see that one is on it."""
    form = TakingForm(request.POST)
    over = form.cleaned_data["over"] if form.is_valid() else None
    take_case(request.user, case_id=case.pk, over=over)
    return redirect("case", case.pk)


@of_a_case
def let_go(request: Request, case: Case) -> HttpResponse:
    let_case_go(request.user, case_id=case.pk)
    return redirect("case", case.pk)


@of_a_case
def decide(request: Request, case: Case) -> HttpResponse:
    """Do what was decided. Whoever closed the case goes on with the queue."""
    scope = read_scope(request.user.pk)
    form = _decision(request, scope, case, request.POST)
    if not form.is_valid():
        context = {**_context(request, scope, case), "form": form, "is_open": True}
        return render(request, "discuss/moderation/case.html", context, status=400)
    values = form.cleaned_data
    if acts[values["act"]].is_final and not values["sure"]:
        return _ask(request, case, form)
    name, closes = values["act"], not values["stays_open"] or values["act"] in ON_CASE
    why = Why(reason=values["reason"], note=values["note"], until=form.until, since=form.since)
    done = decide_case(request.user, case_id=case.pk, name=name, why=why, closes=closes)
    # Of an appeal against what was over already, something else may have come.
    told = {"number": case.pk, "act": acts[done.kind if done else name].done}
    if not closes:
        messages.success(request, gettext("Done: %(act)s. The case is still open.") % told)
        return redirect("case", case.pk)
    messages.success(request, gettext("Case %(number)s is closed: %(act)s.") % told)
    return redirect("queue")


def _ask(request: Request, case: Case, form: DecisionForm) -> HttpResponse:
    """Ask again whether something is done that nobody takes back."""
    kind = acts[form.cleaned_data["act"]]
    context = {
        "entry": case.entry,
        "person": case.user,
        "way_back": reverse("case", args=[case.pk]),
        "kind": kind,
        "span": span_of(kind, form.cleaned_data["span"]),
        "address": request.path,
        "said": [(name, form.data.get(name, "")) for name in form.fields if name != "sure"],
        "is_second": True,
    }
    return render(request, "discuss/moderation/asked.html", context)


@of_a_case
def reopen(request: Request, case: Case) -> HttpResponse:
    reopen_case(request.user, case_id=case.pk)
    return redirect("case", case.pk)


def _context(request: Request, scope: Scope, case: Case) -> dict[str, Any]:
    progress, against = progress_of(case), read_against(case)
    audience = Audience.of(request.user)
    standing = read_standing(request.user, scope, case)
    shows_addresses = case.kind == CaseKind.SIGN_UP and case.user and may_block(request.user)
    return {
        **fragments.progress_context(progress),
        "seen": read_seen(case.user, request.user) if shows_addresses and case.user else [],
        "may_see_people": request.user.has_perm(SEE_PEOPLE),
        "case": case,
        "against": against,
        "against_label": fragments.label_of(against.done.act.kind) if against else "",
        "about": progress.row,
        "kept": progress.kept,
        "before": [(each, fragments.label_of(each.kind)) for each in read_before(case, scope)],
        "other_count": count_cases_about(case, scope),
        "form": _decision(request, scope, case),
        "offered": _offered(request, scope, case),
        "is_silenced": standing.is_silenced,
        "fingerprint": progress.fingerprint,
        "is_live": wants_live(request),
        "signs_version": fragments.signs_version(),
        "zone": audience.time_zone,
    }


def _decision(request: Request, scope: Scope, case: Case, data: Any = None) -> DecisionForm:
    offered = _offered(request, scope, case)
    reasons = case.reports.order_by("pk").values_list("reason", flat=True)
    return DecisionForm(
        data,
        offered=[(each.name, each.label) for each in offered],
        lasting=[each.name for each in offered if each.lasts],
        looking_back=[each.name for each in offered if each.looks_back],
        initial={"reason": reasons[0] if reasons else ""},
    )


def _offered(request: Request, scope: Scope, case: Case) -> list[ActKind]:
    """Return the acts that the person may do: first the gentler ones, and last what closes the case."""
    offered = acts_offered(request.user, read_standing(request.user, scope, case))
    return sorted(offered, key=_order)


def _order(kind: ActKind) -> tuple[bool, ...]:
    reaches_far = kind.of == PERSON
    return kind.name in ON_CASE, kind.is_final, kind.looks_back, kind.of != LINE, reaches_far
