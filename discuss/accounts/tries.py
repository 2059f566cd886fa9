"""Tries to log in and to sign up: how wrong ones are counted, and which browsers are known.

A wrong try counts for its address, for the name at this address, and for the name. A browser that somebody
has logged in with counts for itself alone: others who guess at the name do not keep its owner out. A wrong
code of a sign-up counts for its address.
"""

import secrets
import time
from typing import Any

from allauth.account.utils import filter_users_by_email
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from discuss.limits import spoken
from discuss.models import User
from discuss.rules.text import name_key

ALLAUTH = "allauth.account"
# The kinds of ACCOUNT_RATE_LIMITS by which tries are counted.
OF_ADDRESS = "login_failed_address"
AT_ADDRESS = "login_failed"
OF_NAME = "login_failed_name"
OF_BROWSER = "login_failed_browser"
# The same, of tries to sign up.
OF_CODE = "sign_up_code"

SALT = "discuss.tries"
# Seconds that a browser stays known: the longest that browsers keep a cookie (RFC 6265bis section 5.5).
KNOWN_FOR = 400 * 24 * 3600
# People that one browser is known for: the latest.
PEOPLE = 5


class OneCheck(BaseBackend):
    """Ends a wrong try after one check of the password, as the next backend would check it again.

    It goes on for a closed account, which the next one tells from a wrong password.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, **credentials: Any
    ) -> None:
        closed = User.objects.filter(username_key=name_key(username or ""), is_active=False)
        if not closed.exists():
            raise PermissionDenied


class CountedTries:
    """What allauth's adapter is told of tries."""

    _tries: list[ratelimit.RateLimitUsage]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try before the password is looked at; raises ValidationError where there were too many."""
        self._tries = []
        for kind, key in _counts(request, credentials.get("username") or ""):
            tried = ratelimit.consume(request, app=ALLAUTH, action=kind, key=key)
            if tried is None:
                self._rollback_login_failed_rl_usage()
                raise ValidationError(_too_many(request, kind, key), "too_many_login_attempts")
            self._tries.append(tried)

    def _rollback_login_failed_rl_usage(self) -> None:
        # allauth calls it after a right password.
        for tried in self._tries:
            tried.rollback()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        # allauth calls it after a password was reset by mail.
        people = filter_users_by_email(credentials["email"])
        for kind, key in (each for user in people for each in _counts(request, user.username)):
            if kind != OF_ADDRESS:
                ratelimit.clear(request, app=ALLAUTH, action=kind, key=key)

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **how)  # type: ignore[misc]
        remember(request, response, user)
        return response


def try_code(request: HttpRequest, typed: str) -> str:
    """Count a try, and return why this code lets nobody sign up; nothing where it is the right one."""
    tried = ratelimit.consume(request, app=ALLAUTH, action=OF_CODE)
    if tried is None:
        return _too_many(request, OF_CODE, "")
    if not constant_time_compare(_spoken_code(typed), _spoken_code(settings.SIGN_UP_CODE)):
        return _("This is not the code. Ask whoever runs this server for it.")
    tried.rollback()
    return ""


def _spoken_code(code: str) -> str:
    """Return what is left of a code that is told by word of mouth."""
    return name_key(" ".join(code.split()))


def _counts(request: HttpRequest, username: str) -> list[tuple[str, str]]:
    """Return what a try counts for: kinds of ACCOUNT_RATE_LIMITS, each with its key."""
    name = name_key(username)
    browser, people = _known(request)
    if people:
        user = User.objects.filter(username_key=name, pk__in=people).first()
        if user is not None:
            return [(OF_BROWSER, f"{browser} {user.pk}")]
    address = ratelimit.get_ip(request)
    return [(OF_ADDRESS, ""), (AT_ADDRESS, f"{address} {name}"), (OF_NAME, name)]


def _too_many(request: HttpRequest, kind: str, key: str) -> str:
    """Return what to tell somebody who has to wait."""
    now, waits = time.time(), [0.0]
    for rate in ratelimit.get_rates(app=ALLAUTH, action=kind):
        counted = ratelimit.get_cache_key(request, app=ALLAUTH, action=kind, rate=rate, key=key)
        tries = cache.get(counted, [])
        if len(tries) >= rate.amount:
            waits.append(tries[-1] + rate.duration - now)
    time_left = spoken(max(1.0, *waits))
    return _("Too many wrong tries. Try again in %(time)s.") % {"time": time_left}


def _known(request: HttpRequest) -> tuple[str, list[int]]:
    """Return what this browser is called, and for whom it is known, by its signed cookie."""
    value = request.get_signed_cookie(
        settings.KNOWN_COOKIE_NAME, default="", salt=SALT, max_age=KNOWN_FOR
    )
    browser, _, people = (value or "").partition(":")
    return browser, [int(pk) for pk in people.split()]


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Have the browser known from now on, as one that this person has logged in with."""
    browser, people = _known(request)
    people = [user.pk, *(pk for pk in people if pk != user.pk)][:PEOPLE]
    response.set_signed_cookie(
        settings.KNOWN_COOKIE_NAME,
        f"{browser or secrets.token_urlsafe(12)}:{' '.join(map(str, people))}",
        salt=SALT,
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
