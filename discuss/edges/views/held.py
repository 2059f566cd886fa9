"""The messages that wait in a group for a moderator, and what is decided about each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from discuss import actions
from discuss.edges.views.owners import for_owners
from discuss.edges.views.people import Request
from discuss.forms import DecisionForm
from discuss.limits import limits
from discuss.models import Membership
from discuss.reading.held import read_to_decide
from discuss.reading.sanctions import is_silenced
from discuss.rules.refusals import Code


@for_owners("approve", code=Code.NOT_TO_DECIDE)
def held(request: Request, moderator: Membership) -> HttpResponse:
    """Show what waits, the oldest first, and let a moderator approve or discard each."""
    group = moderator.group
    if request.method == "POST":
        _decide(request, moderator)
        return redirect("held", group.uuid)
    context = {
        "group": group,
        "held": read_to_decide(group.pk),
        "is_silenced": is_silenced(moderator),
    }
    return render(request, "discuss/held.html", context)


def _decide(request: Request, moderator: Membership) -> None:
    """Do what the moderator says, and tell them what came of it."""
    form = DecisionForm(request.POST, group=moderator.group)
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
