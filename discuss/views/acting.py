"""The same verbs as over the socket, by plain forms: for browsers without JavaScript."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django_htmx.http import reswap, retarget
from django_htmx.middleware import HtmxDetails

from discuss.actions import NOT_A_MEMBER
from discuss.forms import first_error
from discuss.models import Group
from discuss.text import printable
from discuss.verbs import GROUP_VERBS, LOBBY_VERBS, perform
from discuss.views.pages import group_context
from discuss.views.people import Request, membership_of, not_a_member
from discuss.views.typed import keep_typed

LOGGED_OUT = "You are logged out. Log in in another tab, and send it again."


def acts_in_a_group(
    view: Callable[[Request, UUID], HttpResponse],
) -> Callable[[Request, UUID], HttpResponse]:
    """Let a view act by POST; whoever comes otherwise, or is logged out, is led to the group.

    What somebody logged out has typed waits there for them (discuss/views/typed.py).
    """

    @wraps(view)
    def act(request: Request, uuid: UUID) -> HttpResponse:
        address = reverse("group", args=[uuid])
        if request.method != "POST":
            return redirect(address)
        if not request.user.is_authenticated:
            if HtmxDetails(request):
                return _refused_again(request, LOGGED_OUT)
            keep_typed(request, uuid)
            return redirect_to_login(address)
        return view(request, uuid)

    return act


@acts_in_a_group
def post(request: Request, uuid: UUID) -> HttpResponse:
    membership = membership_of(request.user, uuid)
    if membership is None:
        is_htmx = HtmxDetails(request)
        return _refused_again(request, NOT_A_MEMBER) if is_htmx else not_a_member(request, uuid)
    form = perform(GROUP_VERBS["post"], membership, request.POST)
    if HtmxDetails(request):
        return _answer_again(request, form)
    if form.errors:
        typed = printable(request.POST.get("text", ""))
        # Its address is the form's, from which nothing live can be found.
        context = {**group_context(request, membership), "is_live": False}
        context |= {"form": form, "typed": typed}
        return render(request, "discuss/group.html", context, status=400)
    return redirect(membership.group)


@acts_in_a_group
def join(request: Request, uuid: UUID) -> HttpResponse:
    group = get_object_or_404(Group, uuid=uuid)
    return _answer(request, perform(LOBBY_VERBS["join"], request.user, {"group": uuid}), group)


@acts_in_a_group
def leave(request: Request, uuid: UUID) -> HttpResponse:
    group = get_object_or_404(Group, uuid=uuid)
    form = perform(LOBBY_VERBS["leave"], request.user, {"group": uuid})
    return _answer(request, form, group, then="lobby")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form that was open in another session; what was typed can be sent again from here."""
    context = {"typed": printable(request.POST.get("text", "")), "action": request.path}
    return render(request, "403_csrf.html", context, status=403)


def _answer_again(request: Request, form: Form) -> HttpResponse:
    """Answer a refused message that was sent again: it is stored, or stays with the reason."""
    if form.errors:
        return _refused_again(request, first_error(form))
    return render(request, "discuss/message_sent.html")


def _refused_again(request: Request, reason: str) -> HttpResponse:
    """Answer with the reason alone: somebody may be typing beside it."""
    context = {"refusal": {"reason": reason}}
    response = render(request, "discuss/fragments/refusal_reason.html", context)
    return reswap(retarget(response, "find .error"), "outerHTML")


def _answer(request: Request, form: Form, group: Group, then: str = "") -> HttpResponse:
    """Go on to `then` or the group; where something went wrong, to the group, which says so."""
    for errors in form.errors.values():
        messages.error(request, str(errors[0]))
    return redirect(group if form.errors or not then else then)
