"""The same verbs as over the socket, by plain forms: for browsers without JavaScript."""

from collections.abc import Callable
from functools import partial, wraps
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_htmx.http import reswap, retarget
from django_htmx.middleware import HtmxDetails

from discuss import actions
from discuss.edges.views.group import answered_line, group_context, shown, typed_context
from discuss.edges.views.lines import told
from discuss.edges.views.people import Request, membership_of, not_a_member
from discuss.edges.views.typed import is_of_another, keep_typed, typed_in
from discuss.forms import first_error, whole_texts
from discuss.live.hub import hub
from discuss.models import Group, Membership
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rules.drafts import Ended, Place
from discuss.rules.refusals import Code
from discuss.rules.text import Text
from discuss.verbs import Verb, perform, verbs_of

LOGGED_OUT = _("You are logged out. Log in in another tab, and send it again.")
OTHER_SESSION = _(
    "This page was open in another session. What you wrote is here: please send it again."
)
# The forms on a page that stays whose answer takes their place.
ANSWERED_IN_PLACE = frozenset({"edit-form", "emoji-form"})
type View = Callable[..., HttpResponse]

# The forms by which people write something, by the names of their addresses.
WRITING = frozenset({"post", "edit", "new_group", "group_settings"})


def acts_in_a_group(view: View) -> View:
    """Let a view act by POST; whoever comes otherwise, or is logged out, is led to the group, or the line.

    What somebody logged out has typed waits there for them (discuss/edges/views/typed.py).
    """

    @wraps(view)
    def act(request: Request, uuid: UUID, **more: int) -> HttpResponse:
        address = reverse("line_menu" if more else "group", kwargs={"uuid": uuid, **more})
        if request.method != "POST":
            return redirect(address)
        if is_of_another(request):
            return _refused_to_another(request)
        if not request.user.is_authenticated:
            if HtmxDetails(request):
                return _refused_again(request, LOGGED_OUT)
            keep_typed(request, address)
            return redirect_to_login(address)
        return view(request, uuid, **more)

    return act


@acts_in_a_group
def post(request: Request, uuid: UUID) -> HttpResponse:
    if "back" in request.POST:
        # Pressed to log in again, by somebody who has done so elsewhere: nobody asked to send it.
        address = reverse("group", args=[uuid])
        keep_typed(request, address)
        return redirect(address)
    membership = membership_of(request.user, uuid)
    if membership is None:
        if HtmxDetails(request):
            return _refused_again(request, Code.NOT_A_MEMBER.label)
        return not_a_member(request, uuid, typed=typed_in(request))
    # Of several that wait, the one that is written in.
    data = {**request.POST.dict(), "text": "".join(whole_texts(request.POST)[-1:])}
    form = perform(verbs_of(Membership)["post"], membership, data)
    if HtmxDetails(request):
        return _answer_again(request, form)
    if form.errors:
        # Its address is the form's, from which nothing live can be found.
        context = {**group_context(request, membership), "is_live": False}
        context |= {"form": form, **typed_context(typed_in(request).get("text", ""))}
        context["shown"] = request.POST.get("shown", "")
        context["replying"] = answered_line(membership, request.POST.get("reply_to"))
        return shown(request, "discuss/group.html", context, membership, status=400)
    _end_draft(membership, form)
    return redirect(membership.group)


def _end_draft(membership: Membership, form: Form) -> None:
    """Keep nothing of what stood in the field: it was sent. A page without JavaScript sends one message."""
    place = Place(form.cleaned_data["nonce"], 1)
    ended = Ended(place, form.cleaned_data["text"], str(form.data.get("shown", "")))
    hub.drafts.note_posted(membership, ended)
    if membership.drafts:
        actions.keep_drafts({membership.pk: (ended,)})


def view_of(verb: Verb) -> View:
    """Return the view by which a browser without JavaScript asks for this verb."""
    return acts_in_a_group(partial(act, verb))


def act(verb: Verb, request: Request, uuid: UUID, **more: int) -> HttpResponse:
    """Do what the verb means, and go on to where it leads.

    A refusal is said there, or where something was typed, beside that.
    """
    if verb.actor is Membership:
        membership = membership_of(request.user, uuid)
        if membership is None:
            if verb.is_of_line and HtmxDetails(request):
                return told(request, Code.NOT_A_MEMBER.label)
            return not_a_member(request, uuid, typed=typed_in(request))
        form = perform(verb, membership, {**request.POST.dict(), **more})
        group = membership.group
        if verb.is_of_line and HtmxDetails(request):
            return _answer_of_line(request, verb, membership, form)
    else:
        group = get_object_or_404(Group.objects.findable_by(request.user), uuid=uuid)
        form = perform(verb, request.user, {**request.POST.dict(), "group": uuid})
    if form.errors and typed_in(request):
        context = {"form": form, "group": group}
        return render(request, "discuss/verb_refused.html", context, status=400)
    for errors in form.errors.values():
        messages.error(request, str(errors[0]))
    if verb.is_of_line and verb.then != "line" and not form.errors:
        return redirect(verb.then)
    if verb.is_of_line:
        return redirect(
            reverse("line_menu" if form.errors else "line", args=[uuid, *more.values()])
        )
    return redirect("lobby" if verb.then == "lobby" and not form.errors else group)


def _answer_of_line(request: Request, verb: Verb, actor: Membership, form: Form) -> HttpResponse:
    """Answer what was done to a line on a page that stays; the line itself comes as to everybody."""
    audience, notice = Audience.of(request.user), first_error(form) if form.errors else ""
    answer = ""
    if verb.answer:
        answer = fragments.verb_answered(audience, verb.answer, actor=actor, form=form)
    if HtmxDetails(request).target in ANSWERED_IN_PLACE and answer.strip():
        # By now the form may be gone, from whose place nothing else of the page can be found.
        return HttpResponse(answer)
    # What was refused stays, with what was typed.
    return told(request, notice, also=answer)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form that was open in another session; what was typed is in its page again.

    But not what another site sent: it is shown nowhere, where somebody might be led to send it on.
    """
    match, origin = request.resolver_match, request.headers.get("Origin")
    is_writing = match is not None and match.view_name in WRITING
    is_writing = is_writing or (bool(HtmxDetails(request)) and _is_about_line(request))
    if not is_writing or origin not in (None, *settings.PUBLIC_ORIGINS):
        return render(request, "403_csrf.html", status=403)
    if is_of_another(request):
        return _refused_to_another(request)
    typed = typed_in(request)
    if HtmxDetails(request):
        is_logged_in = request.user.is_authenticated
        return _refused_again(request, OTHER_SESSION if is_logged_in else LOGGED_OUT)
    if origin is None or not typed:
        return render(request, "403_csrf.html", {"typed": typed}, status=403)
    address = request.path
    page = {"post": "group", "edit": "line_menu"}.get(match.view_name or "") if match else None
    if match is not None and page:
        address = reverse(page, kwargs=match.kwargs)
    keep_typed(request, address)
    if request.user.is_authenticated:
        messages.error(request, OTHER_SESSION)
    return redirect(address)


def _answer_again(request: Request, form: Form) -> HttpResponse:
    """Answer a refused message that was sent again: it is stored, or stays with the reason."""
    if form.errors:
        return _refused_again(request, first_error(form))
    return render(request, "discuss/message_sent.html")


def _refused_again(request: HttpRequest, reason: Text) -> HttpResponse:
    """Answer with the reason alone: somebody may be typing beside it. A session of since then counts."""
    if _is_about_line(request):
        # For one more try.
        token = render_to_string("discuss/fragments/token.html", {"oob": True}, request)
        return told(request, reason, also=token)
    context = {"refusal": {"reason": reason}}
    response = render(request, "discuss/refused_again.html", context)
    return reswap(retarget(response, "find .error"), "outerHTML")


def _refused_to_another(request: HttpRequest) -> HttpResponse:
    """Do nothing in the name of who is logged in by a page that was made for somebody else."""
    if HtmxDetails(request):
        return _refused_again(request, Code.OF_ANOTHER.label)
    context = {"exception": Code.OF_ANOTHER.label, "typed": typed_in(request)}
    return render(request, "403.html", context, status=403)


def _is_about_line(request: HttpRequest) -> bool:
    """Whether it is asked of a page that stays, by something that stands at no form of its own."""
    match = request.resolver_match
    return match is not None and "line" in match.kwargs
