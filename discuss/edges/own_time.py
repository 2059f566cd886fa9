"""Pages show days and times in the zone of who asks for them, the admin's too."""

from collections.abc import Callable
from functools import partial
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from discuss.models import User
from discuss.rendering.audience import Audience

Answer = Callable[[HttpRequest], HttpResponse]


class OwnTimeMiddleware:
    """Activates the zone of a request's person, as soon as somebody asks who that is.

    Not before: what is the same for everybody reads no session.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = cast(User, SimpleLazyObject(partial(_come_in, request.user)))
        with timezone.override(None):
            return self._get_response(request)


def _come_in(person: User | AnonymousUser) -> User | AnonymousUser:
    timezone.activate(Audience.of(person).zone)
    return person
