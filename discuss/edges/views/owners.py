"""What the owner of a group does with it: name and describe it, hand it over, close it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from discuss import actions
from discuss.edges.views.people import Request, membership_of, not_a_member, status_of
from discuss.edges.views.typed import after_log_in, typed_before, typed_in
from discuss.forms import AboutForm, GroupSettingsForm, LooksForm, SuccessorForm
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
    group, sent = owner.group, _sent(request)
    shown = {name: made(owner, request, sent == name) for name, made in SETTINGS_FORMS.items()}
    if sent and _is_changed(owner, shown[sent]):
        return redirect(group)
    context = {**shown, "group": group, **buttons_of(owner)}
    status = status_of(shown[sent]) if sent else 200
    return render(request, "discuss/group_settings.html", context, status=status)


def _sent(request: Request) -> str:
    """Return which of the page's forms was sent; nothing where none was."""
    if request.method != "POST":
        return ""
    return next((name for name in ("settings", "looks") if name in request.POST), "form")


def _about(owner: Membership, request: Request, is_sent: bool) -> AboutForm:
    told = request.POST or None if is_sent else None
    before = typed_before(request, request.path)
    return AboutForm(told, user=request.user, group=owner.group, initial=before)


def _of_columns(form: type[forms.Form]) -> Callable[[Membership, Request, bool], forms.Form]:
    """Return what makes a form of which each field is a column of the group."""

    def made(owner: Membership, request: Request, is_sent: bool) -> forms.Form:
        present = {name: getattr(owner.group, name) for name in form.base_fields}
        return form(request.POST if is_sent else None, initial=present)

    return made


SETTINGS_FORMS = {
    "form": _about,
    "settings": _of_columns(GroupSettingsForm),
    "looks": _of_columns(LooksForm),
}


def _is_changed(owner: Membership, form: forms.Form) -> bool:
    """Change what the form says, and return whether that was done; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        if isinstance(form, AboutForm):
            actions.change_group(owner, group=owner.group, **form.cleaned_data)
        else:
            actions.change_group_settings(owner, group=owner.group, settings=form.cleaned_data)
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
