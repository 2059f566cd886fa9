"""The page of a group, and its log in a frame."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from discuss import actions
from discuss.edges.views.pages import own_groups, wants_live
from discuss.edges.views.people import Request, membership_of, not_a_member, paced
from discuss.edges.views.typed import typed_before
from discuss.forms import LineForm, read_position
from discuss.live.hub import hub
from discuss.models import Entry, Group, Level, Membership
from discuss.reading.lines import count_after, read_after, read_before, read_latest
from discuss.reading.log import Page, read_page
from discuss.reading.members import read_members
from discuss.reading.person import read_first_unread
from discuss.reading.pins import read_pins
from discuss.rendering import fragments, lines, rows
from discuss.rendering.audience import Audience, sight_of
from discuss.rendering.fragments import presence
from discuss.rendering.templates import template_of
from discuss.rules import roles
from discuss.rules.unread import Mark

FRAMED_CSP = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}


@never_cache
@login_required
@paced
@require_safe
def group(request: Request, uuid: UUID) -> HttpResponse:
    """Show a group's log, the composer and its people; to someone else, how to join."""
    membership = membership_of(request.user, uuid)
    if membership is None:
        return not_a_member(request, uuid, status=200)
    context = group_context(request, membership)
    is_part = context["is_history"] or context["is_part"]
    if not is_part and (typed := typed_before(request, request.path)):
        context |= typed_context(typed.get("text", ""))
        context["replying"] = answered_line(membership, typed.get("reply_to"))
    response = shown(request, "discuss/group.html", context, membership)
    response.set_cookie(
        settings.LAST_GROUP_COOKIE_NAME,
        str(uuid),
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_safe
@xframe_options_sameorigin
@csp_override(FRAMED_CSP)
@paced
def log(request: Request, uuid: UUID) -> HttpResponse:
    """Show the log alone, in a frame that refreshes itself: what is being typed beside it stays.

    Whatever happened, the answer may be framed and says so, with a link for the whole window.
    """
    context: dict[str, Any] = {"uuid": uuid, "is_paused": "paused" in request.GET}
    if not request.user.is_authenticated:
        return render(request, "discuss/log.html", context)
    membership = membership_of(request.user, uuid)
    if membership:
        context["skin"] = fragments.worn(Audience.of(request.user), membership.group)
        page = read_page(membership.group_id)
        if page.lines and page.lines[-1].position > membership.read_upto:
            # Without JavaScript what is shown is read.
            place = membership.user_id, membership.group_id
            actions.mark_read({place: Mark(page.lines[-1].position, membership.marking)})
        context |= {"group": membership.group, "page": page, "lines": _rendered(page, membership)}
    else:
        context["group"] = Group.objects.findable_by(request.user).filter(uuid=uuid).first()
        return render(request, "discuss/log.html", context, status=200 if context["group"] else 404)
    return shown(request, "discuss/log.html", context, membership)


def shown(
    request: Request,
    template: str,
    context: dict[str, Any],
    member: Membership,
    *,
    status: int = 200,
) -> HttpResponse:
    """Show a page of the group in what it wears for this member."""
    page = template_of(template, Audience.on_page_of(member).skin)
    return HttpResponse(page.render(context, request), status=status)


def group_context(
    request: Request, membership: Membership, page: Page | None = None
) -> dict[str, Any]:
    """Return what the page of a group shows, around these lines or those that its address asks for."""
    group = membership.group
    page = page or _asked_page(request, group.pk)
    is_part = page is not None
    page = page or read_page(group.pk)
    # Of the same statement as the lines: a head read before or after would lose or repeat one.
    cursor = page.lines[0].head if page.lines else group.head
    if cursor != group.head:
        # A new name since the group was read would be behind the cursor, and never be told.
        group.refresh_from_db()
    own = own_groups(request, group_id=group.pk)
    return {
        "group": group,
        "membership": membership,
        "page": page,
        "lines": _rendered(page, membership),
        "cursor": cursor,
        "is_live": wants_live(request),
        "is_part": is_part,
        "is_history": is_part and not wants_live(request),
        **_below(group.pk, page),
        "own": own,
        "own_rows": rows.of_own(own, Audience.of(request.user), group.uuid),
        "pins": read_pins(group.pk),
        "first_unread": _first_unread(membership),
        "levels": Level.choices,
        "changing_roles": roles.members_who_may("change"),
        "inviting_roles": roles.members_who_may("invite"),
        "nonce": actions.new_nonce(),
        "zone": Audience.of(request.user).time_zone,
        "sight": sight_of(membership.role),
        "skin": fragments.worn(Audience.of(request.user), group),
        **fragments.composer_of(request.user),
        **_draft_context(membership),
        **fragments.members_context(read_members(group.pk)),
        **presence(hub.subscriptions.people_here(group.pk)),
    }


def answered_line(membership: Membership, reply_to: str | int | None) -> Entry | None:
    """Return the message of the member's group that what they typed answers; None where it answers none."""
    if not reply_to:
        return None
    form = LineForm({"line": reply_to}, member=membership)
    return form.entry if form.is_valid() else None


def typed_context(typed: str) -> dict[str, Any]:
    """Return what the page's composer holds: a field of one line would lose where lines end."""
    return {"typed": typed, "shown": "", **({"is_large": True} if "\n" in typed else {})}


def _asked_page(request: Request, group_id: int) -> Page | None:
    """Return the lines before or after a position, where the address names one and there are any."""
    for name, read in (("before", read_before), ("after", read_after)):
        position = read_position(request.GET.get(name))
        if position is not None and (page := read(group_id, position)).lines:
            return page
    return None


def _below(group_id: int, page: Page) -> dict[str, Any]:
    """Return what a page tells of the lines below those that it shows."""
    newest = page.newest if page.has_newer else None
    latest = read_latest(group_id) if page.has_newer else []
    return {"newest": newest, "newer_count": count_after(latest, newest)}


def _rendered(page: Page, reader: Membership) -> list[str]:
    """Render the lines as they are rendered live, each for itself."""
    audience = Audience.on_page_of(reader)
    return [lines.rendered(entry, audience) for entry in page.lines]


def _draft_context(membership: Membership) -> dict[str, Any]:
    """Return what the page's composer holds of what the person was writing here and has not sent."""
    for kept in hub.drafts.latest(membership.pk, membership.drafts):
        replying = answered_line(membership, kept.reply_to) if kept.reply_to else None
        return {**typed_context(kept.text), "shown": kept.name, "replying": replying}
    return {**typed_context(""), "replying": None}


def _first_unread(membership: Membership) -> int | None:
    """Return the line at which the member left off; none where they are reading in another page."""
    user_id, group_id = membership.user_id, membership.group_id
    noted = hub.read_upto(user_id, group_id, membership.marking)
    membership.read_upto = max(membership.read_upto, noted)
    return None if group_id in hub.being_read(user_id) else read_first_unread(membership)
