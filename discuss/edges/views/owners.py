"""What the owner of a group does with it: name and describe it, hand it over, close it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from discuss import actions
from discuss.edges.views.people import Request, membership_of, not_a_member, status_of
from discuss.edges.views.typed import after_log_in, typed_before, typed_in
from discuss.forms import AboutForm, GroupSettingsForm, SuccessorForm
from discuss.models import Membership
from discuss.rules import roles
from discuss.rules.refusals import Code

type MembersView = Callable[..., HttpResponse]
type GroupsView = Callable[..., HttpResponse]


def for_owners(verb: str, code: Code = Code.OWNERS_ONLY) -> Callable[[MembersView], GroupsView]:
    """Give a view the membership of who may do this; others are told by `code` why they have no such page."""

    def with_membership(view: MembersView) -> GroupsView:
        @wraps(view)
        def show(request: Request, uuid: UUID, **more: Any) -> HttpResponse:
            membership = membership_of(request.user, uuid)
            typed = typed_in(request)
            if membership is None:
                return not_a_member(request, uuid, typed=typed)
            if roles.may_at_all(verb, membership.role, opened=membership.group.opened):
                return view(request, membership, **more)
            if typed:
                context = {"exception": code.label, "typed": typed}
                return render(request, "403.html", context, status=403)
            messages.error(request, code.label)
            return redirect(membership.group)

        return after_log_in(require_http_methods(["GET", "HEAD", "POST"])(show))

    return with_membership


def buttons_of(owner: Membership) -> dict[str, bool]:
    """Say which of these pages lead on to which others."""
    return {
        f"may_{verb}": roles.may_at_all(verb, owner.role)
        for verb in ("change", "invite", "filter", "hand_over", "close")
    }


@for_owners("change")
def group_settings(request: Request, owner: Membership) -> HttpResponse:
    """Let an owner rename and describe the group, and say who writes there; what else they do is here too."""
    group, before = owner.group, typed_before(request, request.path)
    sets = request.method == "POST" and "settings" in request.POST
    told = None if sets else request.POST or None
    form = AboutForm(told, user=request.user, group=group, initial=before)
    present = {name: getattr(group, name) for name in GroupSettingsForm.base_fields}
    settings = GroupSettingsForm(request.POST if sets else None, initial=present)
    if request.method == "POST" and _is_changed(owner, settings if sets else form):
        return redirect(group)
    context = {"form": form, "settings": settings, "group": group, **buttons_of(owner)}
    status = status_of(settings if sets else form)
    return render(request, "discuss/group_settings.html", context, status=status)


def _is_changed(owner: Membership, form: AboutForm | GroupSettingsForm) -> bool:
    """Change what the form says, and return whether that was done; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        if isinstance(form, GroupSettingsForm):
            actions.change_group_settings(owner, group=owner.group, settings=form.cleaned_data)
        else:
            actions.change_group(owner, group=owner.group, **form.cleaned_data)
    except actions.Refused as refusal:
        form.add_error("name" if isinstance(form, AboutForm) else None, refusal.text)
    return not form.errors


@for_owners("close")
def close_group(request: Request, owner: Membership) -> HttpResponse:
    """Ask an owner whether the group and all that was said there shall go, and do it."""
    if request.method == "POST":
        try:
            actions.delete_group(owner, group=owner.group)
            messages.success(request, gettext("%(group)s is closed.") % {"group": owner.group.name})
            return redirect("lobby")
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(owner.group)
    context = {
        "group": owner.group,
        "member_count": owner.group.memberships.count(),
        **buttons_of(owner),
    }
    return render(request, "discuss/close_group.html", context)


@for_owners("hand_over")
def hand_over(request: Request, owner: Membership) -> HttpResponse:
    """Let an owner name the next one."""
    form = SuccessorForm(request.POST or None, owner=owner)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_over(owner, successor=form.cleaned_data["successor"])
            return redirect(owner.group)
        except actions.Refused as refusal:
            form.add_error(None, refusal.text)
    context = {"form": form, "group": owner.group}
    return render(request, "discuss/hand_over.html", context, status=status_of(form))
