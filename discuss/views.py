"""The HTTP edge: first pages, and the same verbs as over the socket for browsers without JavaScript."""

import asyncio
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import (
    require_http_methods,
    require_safe,
)
from django_htmx.http import reswap, retarget
from django_htmx.middleware import HtmxDetails

from discuss import actions, fragments
from discuss.forms import (
    AboutForm,
    OlderForm,
    ResumeLobbyForm,
    SuccessorForm,
    first_error,
)
from discuss.fragments import here
from discuss.live import doorbell
from discuss.live.hub import hub
from discuss.live.pool import in_worker
from discuss.models import Group, Membership, Role, User
from discuss.reading.lobby import read_listing
from discuss.reading.log import read_members, read_page
from discuss.text import printable
from discuss.verbs import GROUP_VERBS, LOBBY_VERBS, perform

# Where a session keeps what somebody typed who was logged out: the group's uuid and the text.
TYPED = "typed"
# Characters of it that are kept.
TYPED_KEPT = 20_000
FRAMED_CSP = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}


class Request(HttpRequest):
    """A request of someone who is logged in."""

    user: User


def acts_in_a_group(
    view: Callable[[Request, UUID], HttpResponse],
) -> Callable[[Request, UUID], HttpResponse]:
    """Let a view act by POST; whoever comes otherwise, or is logged out, is led to the group.

    What somebody logged out has typed waits there for them (see `_typed_before`).
    """

    @wraps(view)
    def act(request: Request, uuid: UUID) -> HttpResponse:
        address = reverse("group", args=[uuid])
        if request.method != "POST":
            return redirect(address)
        if not request.user.is_authenticated:
            if typed := " ".join(filter(None, request.POST.getlist("text"))):
                request.session[TYPED] = [str(uuid), printable(typed)[:TYPED_KEPT]]
            return redirect_to_login(address)
        return view(request, uuid)

    return act


@never_cache
@login_required
@require_safe
def lobby(request: Request) -> HttpResponse:
    """List the groups, one page of those that match."""
    listing = read_listing(ResumeLobbyForm(request.GET).wish(), request.user.pk)
    context = {"listing": listing, "is_live": _wants_live(request)}
    return render(request, "discuss/lobby.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_group(request: Request) -> HttpResponse:
    form = AboutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(actions.create_group(request.user, **form.cleaned_data))
        except actions.Refused as refusal:
            form.add_error("name", str(refusal))
    return render(request, "discuss/new_group.html", {"form": form}, status=_status(form))


@never_cache
@login_required
@require_safe
def group(request: Request, uuid: UUID) -> HttpResponse:
    """Show a group's log, the composer and its people; to someone else, how to join."""
    membership = _membership(request.user, uuid)
    if membership is None:
        return _not_a_member(request, uuid, status=200)
    context = _group_context(request, membership)
    return render(request, "discuss/group.html", context | _typed_before(request, uuid))


@never_cache
@require_safe
@xframe_options_sameorigin
@csp_override(FRAMED_CSP)
def log(request: Request, uuid: UUID) -> HttpResponse:
    """Show the log alone, in a frame that refreshes itself: what is being typed beside it stays.

    Whatever happened, the answer may be framed and says so, with a link for the whole window.
    """
    context: dict[str, Any] = {"uuid": uuid, "is_paused": "paused" in request.GET}
    if not request.user.is_authenticated:
        return render(request, "discuss/log.html", context)
    membership = _membership(request.user, uuid)
    if membership:
        context |= {"group": membership.group, "page": read_page(membership.group_id)}
    else:
        context["group"] = Group.objects.filter(uuid=uuid).first()
    return render(request, "discuss/log.html", context, status=200 if context["group"] else 404)


@never_cache
@require_safe
def live_group(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a group's page whose socket fell silent a new one; at its door it is told all the rest.

    Whoever is logged out too: to load the page again would take away what was typed.
    """
    context = {"group_uuid": uuid, "draft_version": fragments.draft_version()}
    return render(request, "discuss/live_group.html", context | fragments.composing())


@never_cache
@require_safe
def live_lobby(request: HttpRequest) -> HttpResponse:
    """Give a lobby whose socket fell silent a new one."""
    return render(request, "discuss/live_lobby.html")


@require_safe
def draft(request: HttpRequest, version: str) -> HttpResponse:
    """Give the field of the next message, which browsers keep: it is there as soon as Enter is pressed."""
    response = HttpResponse(fragments.draft())
    if version == fragments.draft_version():
        patch_cache_control(response, private=True, max_age=365 * 24 * 3600, immutable=True)
    else:
        add_never_cache_headers(response)
    return response


@acts_in_a_group
def post(request: Request, uuid: UUID) -> HttpResponse:
    membership = _membership(request.user, uuid)
    if membership is None:
        return _not_a_member(request, uuid)
    form = perform(GROUP_VERBS["post"], membership, request.POST)
    typed = printable(request.POST.get("text", ""))
    if HtmxDetails(request):
        return _answer_again(request, membership.group, form, typed)
    if form.errors:
        # Its address is the form's, from which nothing live can be found.
        context = {**_group_context(request, membership), "is_live": False}
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


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def group_settings(request: Request, uuid: UUID) -> HttpResponse:
    """Let an owner rename and describe the group; the ways to hand it over and to close it are here too."""
    owner = _owner(request, uuid)
    if not isinstance(owner, Membership):
        return owner
    form = AboutForm(request.POST or None, group=owner.group)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_group(owner, group=owner.group, **form.cleaned_data)
            return redirect(owner.group)
        except actions.Refused as refusal:
            form.add_error("name", str(refusal))
    context = {"form": form, "group": owner.group}
    return render(request, "discuss/group_settings.html", context, status=_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close_group(request: Request, uuid: UUID) -> HttpResponse:
    """Ask an owner whether the group and all that was said there shall go, and do it."""
    owner = _owner(request, uuid)
    if not isinstance(owner, Membership):
        return owner
    if request.method == "POST":
        try:
            actions.delete_group(owner, group=owner.group)
            messages.success(request, f"{owner.group.name} is closed.")
            return redirect("lobby")
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(owner.group)
    context = {"group": owner.group, "member_count": owner.group.memberships.count()}
    return render(request, "discuss/close_group.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: Request, uuid: UUID) -> HttpResponse:
    """Let an owner name the next one."""
    owner = _owner(request, uuid)
    if not isinstance(owner, Membership):
        return owner
    form = SuccessorForm(request.POST or None, owner=owner)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(owner, successor=form.cleaned_data["successor"])
            return redirect(owner.group)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "group": owner.group}
    return render(request, "discuss/hand_over.html", context, status=_status(form))


def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("discuss/icon.svg"))


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process is alive."""
    return HttpResponse("alive\n", content_type="text/plain")


async def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether the database and the channel layer answer, each within two seconds, and it stays."""
    if hub.is_leaving:
        return HttpResponse("leaving\n", status=503, content_type="text/plain")
    answers = await asyncio.gather(_database_answers(), _layer_answers(), return_exceptions=True)
    down = [
        name
        for name, answer in zip(("database", "channel layer"), answers, strict=True)
        if isinstance(answer, BaseException)
    ]
    if down:
        return HttpResponse(f"down: {', '.join(down)}\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


async def _database_answers() -> None:
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    async with asyncio.timeout(2):
        await in_worker(ask)


async def _layer_answers() -> None:
    async with asyncio.timeout(2):
        await doorbell.probe()


def _wants_live(request: Request) -> bool:
    """Whether pages open a socket: where sockets are blocked, `?live=off` is said once and remembered."""
    wish = request.GET.get("live")
    if wish in {"on", "off"} and wish != request.session.get("live", "on"):
        request.session["live"] = wish
    return request.session.get("live") != "off"


def _membership(user: User, uuid: UUID) -> Membership | None:
    """Return the person's place in the group: every look-up starts at the person."""
    return user.memberships.select_related("group").filter(group__uuid=uuid).first()


def _owner(request: Request, uuid: UUID) -> Membership | HttpResponse:
    """Return the person's place as the group's owner, or what somebody else is answered."""
    membership = _membership(request.user, uuid)
    if membership is None:
        return _not_a_member(request, uuid)
    if membership.role != Role.OWNER:
        messages.error(request, "Only an owner may do this.")
        return redirect(membership.group)
    return membership


def _group_context(request: Request, membership: Membership) -> dict[str, Any]:
    group = membership.group
    older = OlderForm({"oldest": request.GET.get("before")})
    before = older.cleaned_data["oldest"] if older.is_valid() else None
    page = read_page(group.pk, before=before)
    # Of the same statement as the lines: a head read before or after would lose or repeat one.
    cursor = page.lines[0].head if page.lines else group.head
    if cursor != group.head:
        # A new name since the group was read would be behind the cursor, and never be told.
        group.refresh_from_db()
    members = read_members(group.pk)
    return {
        "group": group,
        "membership": membership,
        "page": page,
        "cursor": cursor,
        "is_live": _wants_live(request) and before is None,
        "is_history": before is not None,
        "nonce": actions.new_nonce(),
        "draft_version": fragments.draft_version(),
        **fragments.composing(),
        "memberships": members.named,
        "member_count": members.count,
        **here(hub.people_here(group.pk)),
    }


def _typed_before(request: Request, uuid: UUID) -> dict[str, str]:
    """Return what the person typed into this group's composer before they had to log in, once."""
    kept = request.session.get(TYPED)
    if not kept or kept[0] != str(uuid):
        return {}
    del request.session[TYPED]
    return {"typed": kept[1]}


def _answer_again(request: Request, group: Group, form: Form, typed: str) -> HttpResponse:
    """Answer a refused message that was sent again: it is stored, or stays with the reason."""
    if not form.errors:
        return render(request, "discuss/message_sent.html")
    nonce = printable(request.POST.get("nonce", ""))
    refusal = fragments.Refusal(group, typed, nonce, first_error(form))
    # The reason alone: somebody may be typing beside it.
    response = render(request, "discuss/fragments/refusal_reason.html", {"refusal": refusal})
    return reswap(retarget(response, "find .error"), "outerHTML")


def _not_a_member(request: Request, uuid: UUID, status: int = 403) -> HttpResponse:
    """Say so, with a way to join; to have looked is no fault, to have tried to act is."""
    group = Group.objects.listed().filter(uuid=uuid).first()
    if group is None:
        raise Http404("There is no such group.")
    return render(request, "discuss/not_a_member.html", {"group": group}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form that was open in another session; what was typed can be sent again from here."""
    context = {"typed": printable(request.POST.get("text", "")), "action": request.path}
    return render(request, "403_csrf.html", context, status=403)


def _answer(request: Request, form: Form, group: Group, then: str = "") -> HttpResponse:
    """Go on to `then` or the group; where something went wrong, to the group, which says so."""
    for errors in form.errors.values():
        messages.error(request, str(errors[0]))
    return redirect(group if form.errors or not then else then)


def _status(form: Form) -> int:
    return 400 if form.errors else 200
