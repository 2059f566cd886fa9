"""A line of the log: its own page, what one may do with it, and what it said before."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import reswap
from django_htmx.middleware import HtmxDetails

from discuss import actions
from discuss.edges.views.group import group_context, shown
from discuss.edges.views.pages import listing
from discuss.edges.views.people import Request, membership_of, not_a_member, paced
from discuss.edges.views.typed import is_made_for_another, typed_before
from discuss.forms import EditForm, read_position
from discuss.models import Entry, Membership
from discuss.moderation.actions.offers import may_hide_all, offers_on_line
from discuss.reading.bookmarks import is_saved
from discuss.reading.lines import (
    count_replies,
    read_allowed,
    read_around,
    read_line,
    read_replies,
)
from discuss.reading.listed import read_revisions
from discuss.reading.reactions import offered, read_reacted
from discuss.rendering import fragments, lines
from discuss.rendering.audience import Audience
from discuss.rules.listed import How
from discuss.rules.reasons import Reason
from discuss.rules.refusals import Code
from discuss.rules.text import Text

type LinesView = Callable[[Request, Membership, Entry], HttpResponse]


def of_a_line(view: LinesView) -> Callable[..., HttpResponse]:
    """Give a view the member and the line that the address names; others are told how to join."""

    @never_cache
    @login_required
    @paced
    @require_safe
    @wraps(view)
    def show(request: Request, uuid: UUID, line: int) -> HttpResponse:
        if HtmxDetails(request) and is_made_for_another(request):
            return told(request, Code.OF_ANOTHER.label)
        membership = membership_of(request.user, uuid)
        if membership is None:
            return not_a_member(request, uuid, status=200)
        entry = read_line(membership.group_id, line)
        if entry is None:
            raise Http404("There is no such line.")
        return view(request, membership, entry)

    return show


@of_a_line
def line(request: Request, membership: Membership, entry: Entry) -> HttpResponse:
    """Show the line among those around it: where links to it lead."""
    if request.GET.keys() & {"before", "after"}:
        # Links to lines beyond those that a page shows name no group.
        return redirect(f"{membership.group.get_absolute_url()}?{request.GET.urlencode()}")
    page = read_around(membership.group_id, entry.position)
    context = {**group_context(request, membership, page), "marked": entry}
    return shown(request, "discuss/group.html", context, membership)


@of_a_line
def line_menu(request: Request, membership: Membership, entry: Entry) -> HttpResponse:
    """Offer what the person may do with the line: in the page's menu, or by plain forms."""
    allowed = read_allowed(membership, entry)
    audience = Audience.of_member(membership)
    given: dict[str, Any] = {
        "entry": entry,
        "allowed": allowed,
        "is_saved": is_saved(membership.user_id, entry),
        "offered": offered(entry, membership.user_id),
        "reacted": read_reacted(entry, membership.user_id),
        "reasons": Reason.choices,
        "reply_count": count_replies(entry),
        "offers": offers_on_line(membership, entry),
        "may_hide_all": may_hide_all(membership, entry),
    }
    if HtmxDetails(request):
        return HttpResponse(fragments.line_menu(Audience.on_page_of(membership), **given))
    text = typed_before(request, request.path).get("text", entry.text)
    context = {
        **given,
        **listing(request, How.LINES, [entry], audience),
        "group": membership.group,
        "line": lines.rendered(entry, audience),
        "nonce": actions.new_nonce(),
        "form": EditForm(initial={"text": text, "line": entry.position}, member=membership),
    }
    return render(request, "discuss/line_menu.html", context)


@of_a_line
def editing(request: Request, membership: Membership, entry: Entry) -> HttpResponse:
    """Give the page a form to edit the message in."""
    if not HtmxDetails(request):
        return redirect("line_menu", membership.group.uuid, entry.position)
    if "edit" not in read_allowed(membership, entry):
        return told(request, (Code.HIDDEN if entry.is_hidden else Code.NOT_ITS_AUTHOR).label)
    form = EditForm(initial={"text": entry.text}, member=membership)
    form.entry = entry
    return HttpResponse(fragments.editing(Audience.of(request.user), form=form))


@of_a_line
def reactions(request: Request, membership: Membership, entry: Entry) -> HttpResponse:
    """Tell who reacted with an emoji to the message."""
    if not HtmxDetails(request):
        return redirect("line_menu", membership.group.uuid, entry.position)
    emoji = request.GET.get("emoji", "")
    reacted = read_reacted(entry, membership.user_id, emoji=emoji)
    audience = Audience.on_page_of(membership)
    return HttpResponse(fragments.reacted_shown(audience, reacted=reacted))


@of_a_line
def replying(request: Request, membership: Membership, entry: Entry) -> HttpResponse:
    """Have the page's draft answer the message."""
    if not HtmxDetails(request):
        return redirect("line_menu", membership.group.uuid, entry.position)
    if "reply" not in read_allowed(membership, entry):
        return told(request, (Code.HIDDEN if entry.is_hidden else Code.NO_MESSAGE).label)
    return HttpResponse(fragments.replying_begun(Audience.of(request.user), entry=entry))


@of_a_line
def replies(request: Request, membership: Membership, entry: Entry) -> HttpResponse:
    """List the messages that answer this one."""
    audience = Audience.of_member(membership)
    page = read_replies(entry, after=read_position(request.GET.get("after")) or 0)
    context: dict[str, Any] = {
        "group": membership.group,
        "entry": entry,
        "line": lines.rendered(entry, audience),
        "lines": [lines.rendered(each, audience) for each in page.lines],
        "newest": page.lines[-1].position if page.has_newer else None,
        **listing(request, How.LINES, [entry, *page.lines], audience),
    }
    return render(request, "discuss/replies.html", context)


@of_a_line
def history(request: Request, membership: Membership, entry: Entry) -> HttpResponse:
    """Show what the message said before it was edited, to its author and moderators."""
    if "history" not in read_allowed(membership, entry):
        return render(request, "403.html", {"exception": Code.NOT_TO_SEE.label}, status=403)
    audience = Audience.of_member(membership)
    context: dict[str, Any] = {
        "group": membership.group,
        "entry": entry,
        "line": lines.rendered(entry, audience),
        "revisions": read_revisions(entry.pk),
        **listing(request, How.VERSIONS, [entry], audience),
    }
    return render(request, "discuss/history.html", context)


def told(request: HttpRequest, text: Text, *, also: str = "") -> HttpResponse:
    """Answer htmx by a notice, and `also` by fragments that name their own places.

    A button may be gone by now, and nothing of the page is found from its place. The target of its request
    was found when it was pressed: a notice that is meant for it takes its place.
    """
    is_target = HtmxDetails(request).target == "notice"
    notice = fragments.notice_shown(Audience.of(request.user), text=text, oob=not is_target)
    return reswap(HttpResponse(also + notice), "outerHTML" if is_target else "none")
