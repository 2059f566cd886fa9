"""Whom a request is of, and what they may enter: every look-up starts at the person."""

from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from discuss.models import Group, Membership, User


class Request(HttpRequest):
    """A request of someone who is logged in."""

    user: User


def membership_of(user: User, uuid: UUID) -> Membership | None:
    """Return the person's place in the group."""
    return user.memberships.select_related("group").filter(group__uuid=uuid).first()


def not_a_member(request: Request, uuid: UUID, status: int = 403) -> HttpResponse:
    """Say so, with a way to join; to have looked is no fault, to have tried to act is."""
    group = Group.objects.listed().filter(uuid=uuid).first()
    if group is None:
        raise Http404("There is no such group.")
    return render(request, "discuss/not_a_member.html", {"group": group}, status=status)


def status_of(form: Form) -> int:
    """Return the status of the page that shows this form."""
    return 400 if form.errors else 200
