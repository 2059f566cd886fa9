"""The messages that wait in a group for a moderator, and what is decided about each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from discuss import actions
from discuss.edges.views.owners import for_owners
from discuss.edges.views.pages import wants_live
from discuss.edges.views.people import Request
from discuss.forms import DecisionForm
from discuss.limits import limits
from discuss.models import Membership
from discuss.moderation.reading.held import held_list
from discuss.reading.held import read_to_decide
from discuss.reading.sanctions import is_silenced
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rules.refusals import Code


@for_owners("approve", code=Code.NOT_TO_DECIDE)
def held(request: Request, moderator: Membership) -> HttpResponse:
    """Show what waits, the oldest first, and let a moderator approve or discard each."""
    group = moderator.group
    if request.method == "POST":
        _decide(request, moderator)
        return redirect("held", group.uuid)
    waiting, silenced = held_list(read_to_decide(group.pk)), is_silenced(moderator)
    audience = Audience.of(request.user)
    context = {
        "group": group,
        "waiting": waiting.rows,
        "rows": [fragments.held_row(audience, row=row) for row in waiting.rows],
        "fingerprint": waiting.fingerprint,
        "is_silenced": silenced,
        "is_live": wants_live(request) and not silenced,
        "signs_version": fragments.signs_version(),
        "zone": audience.time_zone,
    }
    return render(request, "discuss/held.html", context)


def _decide(request: Request, moderator: Membership) -> None:
    """Do what the moderator says, and tell them what came of it."""
    form = DecisionForm(_decided(request), group=moderator.group)
    if not form.is_valid():
        # Somebody else was faster, or its author took it back.
        messages.info(request, gettext("Nobody has to decide about this message any more."))
        return
    if refusal := limits.refusal("moderate", moderator.user_id):
        messages.error(request, refusal)
        return
    chosen, approves = form.cleaned_data["held"], form.cleaned_data["decision"] == "approve"
    decide = actions.approve_held if approves else actions.discard_held
    try:
        decide(moderator, held=chosen)
    except actions.Refused as refused:
        messages.error(request, str(refused))


def _decided(request: Request) -> dict[str, str]:
    """Return what was decided about which message: each has two buttons of one form."""
    data = request.POST.dict()
    pressed = [(name, data[name]) for name in ("approve", "discard") if name in data]
    # A page of the version before has a form for each message.
    return {"decision": pressed[0][0], "held": pressed[0][1]} if pressed else data
