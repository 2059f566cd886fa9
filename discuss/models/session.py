"""Sessions that say in a column whose they are: one query finds who is at a socket's door.

See https://docs.djangoproject.com/en/stable/topics/http/sessions/, "Extending database-backed session
engines". The setting SESSION_ENGINE is discuss.sessions, which adds what others hear of a session's end.
"""

import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from discuss.models.user import User


class Session(AbstractBaseSession):
    """A browser's session; `user` is who is logged in there."""

    # Without a constraint: a page may still save its session while its person is being deleted.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        editable=False,
        related_name="sessions",
        db_constraint=False,
    )

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        return SessionStore

    def is_of(self, user: User) -> bool:
        """Whether it stands, and for this person.

        It stands while it is unexpired, of an active user, and made under the user's present password (as
        django.contrib.auth.get_user checks it).
        """
        if self.expire_date <= timezone.now() or not user.is_active:
            return False
        secrets = settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS
        return _is_sealed(self.session_data, user.pk, user.password, secrets)


# For speed: every session is looked at again and again while its pages are open. Kept for as many as may be
# looked at in one such round.
@lru_cache(20_000)
def _is_sealed(session_data: str, user_id: int, password: str, secrets: tuple[str, ...]) -> bool:
    """Whether the session was made for this person under this password, with one of our secrets."""
    user = User(pk=user_id, password=password)
    data = Session(session_data=session_data).get_decoded()
    kept = data.get(HASH_SESSION_KEY, "")
    seals = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return (
        data.get(SESSION_KEY) == str(user_id)
        and BACKEND_SESSION_KEY in data
        and any(constant_time_compare(kept, seal) for seal in seals)
    )


def is_key(text: str | None) -> bool:
    """Whether it can be a session's key: Django makes 32 of its letters and digits."""
    return bool(text and re.fullmatch("[a-z0-9]{32}", text))


class SessionStore(DatabaseStore):
    """Django's own store of sessions in the database, which fills in whose each of them is.

    Sessions are signed with the name of this class as the salt: with another name none of them would stand.
    """

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        return _owned(super().create_model_instance(data), data)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Session:
        return _owned(await super().acreate_model_instance(data), data)


def _owned(session: Any, data: dict[str, Any]) -> Session:
    session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
    return session  # type: ignore[no-any-return]
