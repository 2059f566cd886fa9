"""Whom a request is of, and what they may enter: every look-up starts at the person."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from discuss.limits import limits, spoken
from discuss.models import Group, Membership, User
from discuss.reading.bars import barred_by, read_bar
from discuss.reading.person import read_place


class Request(HttpRequest):
    """A request of someone who is logged in."""

    user: User


def paced[R: HttpResponseBase](view: Callable[..., R]) -> Callable[..., R | HttpResponse]:
    """Show a page to one person so often and no oftener (discuss/limits.py)."""

    @wraps(view)
    def show(request: Request, *args: Any, **kwargs: Any) -> R | HttpResponse:
        who: Any = request.user
        wait = limits.take("view", who.pk) if who.is_authenticated else 0
        if not wait:
            return view(request, *args, **kwargs)
        response = render(request, "429.html", {"wait": spoken(wait)}, status=429)
        response["Retry-After"] = str(math.ceil(wait))
        return response

    return show


def membership_of(user: User, uuid: UUID) -> Membership | None:
    """Return the person's place in the group."""
    membership = read_place(user.pk, uuid)
    if membership is not None:
        membership.user = user
    return membership


def not_a_member(
    request: Request, uuid: UUID, status: int = 403, typed: dict[str, str] | None = None
) -> HttpResponse:
    """Say so, with a way to join; to have looked is no fault, to have tried to act is.

    A group that the person may not find is none. What they had `typed` can be copied.
    """
    group = Group.objects.findable_by(request.user).listed().filter(uuid=uuid).first()
    if group is None and not typed:
        raise Http404("There is no such group.")
    template = "discuss/not_a_member.html" if group else "404.html"
    bar = read_bar(group.pk, request.user.pk) if group else None
    context = {"group": group, "typed": typed, "barred": barred_by(bar).text if bar else ""}
    return render(request, template, context, status=status if group else 404)


def status_of(form: BaseForm) -> int:
    """Return the status of the page that shows this form."""
    return 400 if form.errors else 200
