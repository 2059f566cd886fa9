"""The HTTP edge: first pages, and the same verbs as over the socket for browsers without JavaScript."""

import asyncio
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.middleware import HtmxDetails

from discuss import actions, fragments
from discuss.forms import (
    NewGroupForm,
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

FRAMED_CSP = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}


class Request(HttpRequest):
    """A request of someone who is logged in."""

    user: User
    htmx: HtmxDetails


@never_cache
@login_required
@require_GET
def lobby(request: Request) -> HttpResponse:
    """List the groups, one page of those that match."""
    listing = read_listing(ResumeLobbyForm(request.GET).wish(), request.user.pk)
    context = {"listing": listing, "is_live": _wants_live(request)}
    return render(request, "discuss/lobby.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_group(request: Request) -> HttpResponse:
    form = NewGroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(actions.create_group(request.user, **form.cleaned_data))
        except actions.Refused as refusal:
            form.add_error("name", str(refusal))
    return render(request, "discuss/new_group.html", {"form": form}, status=_status(form))


@never_cache
@login_required
@require_GET
def group(request: Request, uuid: UUID) -> HttpResponse:
    """Show a group's log, the composer and its people; to someone else, how to join."""
    membership = _membership(request.user, uuid)
    if membership is None:
        return _not_a_member(request, uuid, status=200)
    return render(request, "discuss/group.html", _group_context(request, membership))


@never_cache
@login_required
@require_GET
@xframe_options_sameorigin
@csp_override(FRAMED_CSP)
def log(request: Request, uuid: UUID) -> HttpResponse:
    """Show the log alone, in a frame that refreshes itself: what is being typed beside it stays."""
    membership = _membership(request.user, uuid)
    context = {
        "group": membership.group if membership else get_object_or_404(Group, uuid=uuid),
        "page": read_page(membership.group_id) if membership else None,
        "is_paused": "paused" in request.GET,
    }
    return render(request, "discuss/log.html", context)


@never_cache
@require_GET
def live_group(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a group's page whose socket fell silent a new one; at its door it is told all the rest."""
    context = {"group_uuid": uuid, "draft_version": fragments.draft_version()}
    return _live(request, "discuss/live_group.html", context | fragments.composing())


@never_cache
@require_GET
def live_lobby(request: HttpRequest) -> HttpResponse:
    """Give a lobby whose socket fell silent a new one."""
    return _live(request, "discuss/live_lobby.html", {})


@require_safe
def draft(request: HttpRequest, version: str) -> HttpResponse:
    """Give the field of the next message, which browsers keep: it is there as soon as Enter is pressed."""
    response = HttpResponse(fragments.draft())
    if version == fragments.draft_version():
        patch_cache_control(response, private=True, max_age=365 * 24 * 3600, immutable=True)
    else:
        add_never_cache_headers(response)
    return response


@login_required
@require_POST
def post(request: Request, uuid: UUID) -> HttpResponse:
    membership = _membership(request.user, uuid)
    if membership is None:
        return _not_a_member(request, uuid)
    form = perform(GROUP_VERBS["post"], membership, request.POST)
    typed = printable(request.POST.get("text", ""))
    if request.htmx:
        return _answer_again(request, membership.group, form, typed)
    if form.errors:
        context = {**_group_context(request, membership), "form": form, "typed": typed}
        return render(request, "discuss/group.html", context, status=400)
    return redirect(membership.group)


@login_required
@require_POST
def join(request: Request, uuid: UUID) -> HttpResponse:
    group = get_object_or_404(Group, uuid=uuid)
    return _answer(request, perform(LOBBY_VERBS["join"], request.user, {"group": uuid}), group)


@login_required
@require_POST
def leave(request: Request, uuid: UUID) -> HttpResponse:
    group = get_object_or_404(Group, uuid=uuid)
    form = perform(LOBBY_VERBS["leave"], request.user, {"group": uuid})
    return _answer(request, form, group, then="lobby")


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: Request, uuid: UUID) -> HttpResponse:
    """Let an owner name the next one."""
    membership = _membership(request.user, uuid)
    if membership is None:
        return _not_a_member(request, uuid)
    if membership.role != Role.OWNER:
        messages.error(request, "Only an owner may hand a group over.")
        return redirect(membership.group)
    form = SuccessorForm(request.POST or None, owner=membership)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(membership, successor=form.cleaned_data["successor"])
            return redirect(membership.group)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "group": membership.group}
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


def _live(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    if not request.user.is_authenticated:
        # A redirect would be swapped into the page; this has htmx reload it, which leads to the log-in.
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, template, context)


def _membership(user: User, uuid: UUID) -> Membership | None:
    """Return the person's place in the group: every look-up starts at the person."""
    return user.memberships.select_related("group").filter(group__uuid=uuid).first()


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


def _answer_again(request: Request, group: Group, form: Form, typed: str) -> HttpResponse:
    """Answer a refused message that was sent again: it is stored, or stays with the reason."""
    if not form.errors:
        return render(request, "discuss/fragments/message_sent.html")
    nonce = printable(request.POST.get("nonce", ""))
    refusal = fragments.Refusal(group, typed, nonce, first_error(form))
    return render(request, "discuss/fragments/message_refused.html", {"refusal": refusal})


def _not_a_member(request: Request, uuid: UUID, status: int = 403) -> HttpResponse:
    """Say so, with a way to join; to have looked is no fault, to have tried to act is."""
    group = Group.objects.listed().filter(uuid=uuid).first()
    if group is None:
        raise Http404("There is no such group.")
    return render(request, "discuss/not_a_member.html", {"group": group}, status=status)


def _answer(request: Request, form: Form, group: Group, then: str = "") -> HttpResponse:
    """Go on to `then` or the group; where something went wrong, to the group, which says so."""
    for errors in form.errors.values():
        messages.error(request, str(errors[0]))
    return redirect(group if form.errors or not then else then)


def _status(form: Form) -> int:
    return 400 if form.errors else 200
