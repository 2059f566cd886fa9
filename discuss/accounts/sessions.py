"""Where sessions are kept, as the setting SESSION_ENGINE says, and how they go on and end.

Whoever comes back within SESSION_COOKIE_AGE stays logged in: a page or a socket renews a session that was
not renewed for a day. The end of a session rings its person's bell.
"""

from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from discuss import actions
from discuss.accounts.tries import remember
from discuss.models import Session, User
from discuss.models.session import SessionStore as Kept, is_key

RENEWED_AFTER = timedelta(days=1)
# Stands in the scope of a connection whose session was found while it was answered.
FOUND = "discuss.session_found"


class SessionStore(Kept):
    """The sessions of discuss.models.session."""

    # When it ends unless somebody comes back; known once it was read.
    ends: datetime | None = None

    def __init__(self, session_key: str | None = None) -> None:
        # Not every database takes whatever a cookie may hold.
        super().__init__(session_key if is_key(session_key) else None)

    def _get_session_from_db(self) -> Any:
        session = super()._get_session_from_db()  # type: ignore[misc]  # the stubs do not know it
        self.ends = session.expire_date if session else None
        return session

    @property
    def is_due(self) -> bool:
        """Whether it had better be renewed."""
        return self.ends is not None and is_due(self.ends)

    def delete(self, session_key: str | None = None) -> None:
        ended = Session.objects.filter(pk=session_key or self.session_key).select_related("user")
        with transaction.atomic():
            session = ended.first()
            super().delete(session_key)
            if session is not None and session.user is not None:
                actions.announce_standing(session.user)


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's own, which renews sessions, and lets nobody keep what a session is answered."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session: Any = request.session
        if session.ends is not None and (scope := getattr(request, "scope", None)):
            scope[FOUND] = True
        # What nobody has read by now is of no interest here.
        if session.accessed and session.is_due:
            session.modified = True
            user = getattr(request, "user", None)
            if isinstance(user, User):
                remember(request, response, user)
        response = super().process_response(request, response)
        if session.accessed and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


def is_due(ends: datetime) -> bool:
    """Whether a session that ends then has not been renewed for a day."""
    whole = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return ends - timezone.now() < whole - RENEWED_AFTER


def clear_expired(most: int) -> int:
    """Delete up to so many sessions that have expired, and return how many."""
    expired = Session.objects.filter(expire_date__lt=timezone.now()).values("pk")[:most]
    return Session.objects.filter(pk__in=expired).delete()[0]


def renew(session_key: str) -> str:
    """Have a session go on, and return its cookie (Set-Cookie), or nothing where it ended."""
    store = SessionStore(session_key)
    # Saved only while it is there: one that ends meanwhile stays ended.
    store.load()
    if store.ends is None:
        return ""
    ends = store.get_expiry_date()
    if not Session.objects.filter(pk=session_key).update(expire_date=ends):
        return ""
    cookie: SimpleCookie = SimpleCookie({settings.SESSION_COOKIE_NAME: session_key})
    morsel = cookie[settings.SESSION_COOKIE_NAME]
    morsel["max-age"] = store.get_expiry_age()
    morsel["path"] = settings.SESSION_COOKIE_PATH
    morsel["samesite"] = settings.SESSION_COOKIE_SAMESITE
    morsel["httponly"] = True
    if settings.SESSION_COOKIE_SECURE:
        morsel["secure"] = True
    return morsel.OutputString()
