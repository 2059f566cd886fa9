"""What a live page asks for besides: a new socket, and what browsers keep at hand."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from discuss.rendering import fragments


@never_cache
@require_safe
def live_group(request: HttpRequest, uuid: UUID, line: int = 0) -> HttpResponse:
    """Give a group's page whose socket fell silent a new one; at its door it is told all the rest.

    Whoever is logged out too: to load the page again would take away what was typed.
    """
    newest = request.GET.get("newest", "")
    context = {"group_uuid": uuid, "newest": newest, **fragments.composer_of(request.user)}
    return render(request, "discuss/live_group.html", context)


@never_cache
@require_safe
def live_lobby(request: HttpRequest) -> HttpResponse:
    """Give a lobby whose socket fell silent a new one."""
    context = {"signs_version": fragments.signs_version()}
    return render(request, "discuss/live_lobby.html", context)


@never_cache
@require_safe
def live_listed(request: HttpRequest, **place: Any) -> HttpResponse:
    """Give a page that lists messages a new socket for one that fell silent."""
    context = {"signs_version": fragments.signs_version(), "socket": "/ws/listed/"}
    return render(request, "discuss/live_person.html", context)


@require_safe
def at_hand(request: HttpRequest, version: str) -> HttpResponse:
    """Give what browsers keep, the field of the next message: it is there as soon as Enter is pressed."""
    is_large = version == fragments.at_hand_version(is_large=True)
    response = HttpResponse(fragments.at_hand(is_large=is_large))
    if version == fragments.at_hand_version(is_large=is_large):
        patch_cache_control(response, private=True, max_age=365 * 24 * 3600, immutable=True)
    else:
        add_never_cache_headers(response)
    return response
