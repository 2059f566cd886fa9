"""What the owner of a group does with it: name and describe it, hand it over, close it."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from discuss import actions
from discuss.edges.views.people import Request, membership_of, not_a_member, status_of
from discuss.edges.views.typed import after_log_in, typed_before, typed_in
from discuss.forms import AboutForm, SuccessorForm
from discuss.models import Membership, Role

OWNERS_ONLY = "Only an owner may do this."


def for_owners(
    view: Callable[[Request, Membership], HttpResponse],
) -> Callable[[Request, UUID], HttpResponse]:
    """Give a view the person's place as the group's owner; others are told why they have no such page."""

    @wraps(view)
    def show(request: Request, uuid: UUID) -> HttpResponse:
        membership = membership_of(request.user, uuid)
        typed = typed_in(request)
        if membership is None:
            return not_a_member(request, uuid, typed=typed)
        if membership.role == Role.OWNER:
            return view(request, membership)
        if typed:
            context = {"exception": OWNERS_ONLY, "typed": typed}
            return render(request, "403.html", context, status=403)
        messages.error(request, OWNERS_ONLY)
        return redirect(membership.group)

    return after_log_in(require_http_methods(["GET", "HEAD", "POST"])(show))


@for_owners
def group_settings(request: Request, owner: Membership) -> HttpResponse:
    """Let an owner rename and describe the group; the ways to hand it over and to close it are here too."""
    before = typed_before(request, request.path)
    form = AboutForm(request.POST or None, group=owner.group, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_group(owner, group=owner.group, **form.cleaned_data)
            return redirect(owner.group)
        except actions.Refused as refusal:
            form.add_error("name", str(refusal))
    context = {"form": form, "group": owner.group}
    return render(request, "discuss/group_settings.html", context, status=status_of(form))


@for_owners
def close_group(request: Request, owner: Membership) -> HttpResponse:
    """Ask an owner whether the group and all that was said there shall go, and do it."""
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


@for_owners
def hand_over(request: Request, owner: Membership) -> HttpResponse:
    """Let an owner name the next one."""
    form = SuccessorForm(request.POST or None, owner=owner)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(owner, successor=form.cleaned_data["successor"])
            return redirect(owner.group)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"form": form, "group": owner.group}
    return render(request, "discuss/hand_over.html", context, status=status_of(form))
