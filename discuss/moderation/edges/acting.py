"""The addresses that acts are sent to, by plain forms and by the menus of pages alike."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django_htmx.middleware import HtmxDetails

from discuss.edges.views.lines import told
from discuss.edges.views.people import Request, membership_of, not_a_member
from discuss.edges.views.typed import is_of_another
from discuss.forms import first_error
from discuss.limits import limits
from discuss.models import Act, Entry, Group, Membership, User
from discuss.moderation.actions import LINE, MEMBER, PERSON, Why, acts, perform_act
from discuss.moderation.actions.acts import ActKind
from discuss.moderation.actions.long_acts import BEGINNING
from discuss.moderation.actions.offers import Offer, actor_of, form_of
from discuss.moderation.edges.asking import ask, is_sure
from discuss.moderation.edges.people import find_person, person_context
from discuss.moderation.forms import ActForm
from discuss.reading.lines import read_line
from discuss.rules.refusals import Code, Refused

type ActsView = Callable[[Request, Membership, ActKind, int], HttpResponse]


def acts_in_a_group(view: ActsView) -> Callable[..., HttpResponse]:
    """Give a view who acts, and the act that the address names; others are led to where it is done."""

    @wraps(view)
    def do(request: Request, uuid: UUID, key: int, act: str) -> HttpResponse:
        kind = acts.get(act.replace("-", "_"))
        if kind is None:
            raise Http404("There is no such act.")
        address = reverse("line_menu" if kind.of == LINE else "person", args=[uuid, key])
        # What nobody takes back has a page of its own, where it is asked for.
        is_asked = kind.is_final and request.method in {"GET", "HEAD"}
        if request.method != "POST" and not is_asked:
            return redirect(address)
        if not request.user.is_authenticated:
            return redirect_to_login(address)
        if not is_asked and is_of_another(request):
            return _refuse(request, Code.OF_ANOTHER.label, address)
        membership = membership_of(request.user, uuid)
        if membership is None:
            if HtmxDetails(request):
                return told(request, Code.NOT_A_MEMBER.label)
            return not_a_member(request, uuid)
        return view(request, membership, kind, key)

    return do


@acts_in_a_group
def act_on_line(request: Request, membership: Membership, kind: ActKind, key: int) -> HttpResponse:
    """Do something to the message at this position."""
    entry = read_line(membership.group_id, key)
    if kind.of != LINE or entry is None:
        raise Http404("There is no such line, or no such act.")
    form = form_of(kind, request.POST if request.method == "POST" else None)
    address = reverse("line_menu", args=[membership.group.uuid, key])
    actor = actor_of(kind, membership, entry.author_id, entry.hidden_by)
    if kind.is_final and not is_sure(request):
        return ask(request, kind, form, actor, way_back=address, entry=entry)
    actor = actor or membership
    _perform(actor, kind, form, entry=entry)
    if form.is_valid():
        if HtmxDetails(request):
            return told(request, "")
        return redirect("line", membership.group.uuid, key)
    return _refuse(request, first_error(form), address)


@acts_in_a_group
def act_on_person(
    request: Request, membership: Membership, kind: ActKind, key: int
) -> HttpResponse:
    """Do something to a person: in the group, or on the whole site."""
    if kind.of not in {MEMBER, PERSON}:
        raise Http404("It is done to messages, or to cases.")
    found = find_person(membership, key)
    form = form_of(kind, request.POST if request.method == "POST" else None)
    actor = actor_of(kind, membership, found.pk)
    if kind.is_final and not is_sure(request):
        address = reverse("person", args=[membership.group.uuid, key])
        return ask(request, kind, form, actor, way_back=address, person=found)
    actor = actor or membership
    group = None if kind.of == PERSON else membership.group
    done = _perform(actor, kind, form, user=found, group=group)
    if form.is_valid():
        messages.success(request, _said(kind, done))
        return redirect("person", membership.group.uuid, key)
    context = person_context(membership, found, Offer(kind, form, actor))
    messages.error(request, str(first_error(form)))
    return render(request, "discuss/moderation/person.html", context, status=400)


def _perform(
    actor: Membership | User,
    kind: ActKind,
    form: ActForm,
    *,
    entry: Entry | None = None,
    user: User | None = None,
    group: Group | None = None,
) -> Act | None:
    """Do it, and return its row of the record, if there was something to do.

    Where it is refused, the form is valid no more, and says why.
    """
    if not form.is_valid():
        return None
    user_id = actor.pk if isinstance(actor, User) else actor.user_id
    if refusal := limits.refusal("post", user_id):
        form.add_error(None, refusal)
        return None
    try:
        why = Why(**form.why(kind.name))
        return perform_act(actor, kind.name, entry=entry, user=user, group=group, why=why)
    except Refused as refused:
        form.add_error(None, refused.text)
        return None


def _refuse(request: Request, text: object, address: str) -> HttpResponse:
    if HtmxDetails(request):
        return told(request, text)  # type: ignore[arg-type]
    messages.error(request, str(text))
    return redirect(address)


def _said(kind: ActKind, done: Act | None) -> str:
    if kind.name in BEGINNING and done is None:
        return gettext("There was nothing to do.")
    if kind.name in BEGINNING:
        return gettext("It has begun. How far it has come stands below.")
    return str(kind.done)
