"""What mentions a person, and the names of those whom they can mention."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from discuss.edges.views.pages import listing
from discuss.edges.views.people import Request, membership_of, paced
from discuss.forms import OfferForm, PickForm, read_position
from discuss.limits import limits
from discuss.reading.mentions import read_mention_page, read_offered
from discuss.rendering import fragments
from discuss.rules.listed import How
from discuss.rules.mentions import with_mention


@never_cache
@login_required
@paced
@require_safe
def mentions(request: Request) -> HttpResponse:
    """List the lines that mention the person, one page of them."""
    before = read_position(request.GET.get("before"))
    page = read_mention_page(request.user.pk, before)
    context = {"page": page, "is_first": before is None}
    context |= listing(request, How.TEXTS, page.lines)
    return render(request, "discuss/mentions.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Offer names of the group's members; by POST, put one into what somebody writes.

    To whoever is no member there is nobody, whether the group is there or not. Nothing is stored.
    """
    if request.method == "POST":
        return _put(request, uuid)
    user: Any = request.user
    offered = []
    if user.is_authenticated and not limits.take("names", user.pk):
        membership = membership_of(user, uuid)
        form = OfferForm(request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        offered = read_offered(membership, words) if membership else []
    context = {"mentionable": offered, "group_uuid": uuid}
    return render(request, "discuss/fragments/names_offered.html", context)


def _put(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Answer with what stands before the field that somebody writes in, this name at its end."""
    form = PickForm(request.POST)
    if not form.is_valid():
        # Nothing is put anywhere, and the field stays as it is.
        return HttpResponse(status=204)
    name = form.cleaned_data["name"]
    draft = {"head": with_mention(form.text, name)} if name else {"typed": form.text}
    context = {**draft, "has_focus": True, "group_uuid": uuid}
    composer = fragments.composer_of(request.user)
    return render(request, "discuss/name_put.html", {**context, **composer})
