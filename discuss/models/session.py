"""Sessions that say in a column whose they are: one query finds who is at a socket's door.

See https://docs.djangoproject.com/en/stable/topics/http/sessions/, "Extending database-backed session
engines". The setting SESSION_ENGINE is discuss.accounts.sessions, which adds what others hear of a
session's end.
"""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from discuss.models.user import User

# For speed: every session is looked at again and again while its pages are open. Whether it was made for this
# person under this password, with one of our secrets, never changes.
SEALED_KEPT = 20_000
_sealed: dict[tuple[object, ...], bool] = {}


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
        key = self.session_data, user.pk, user.password, secrets
        is_sealed = _sealed.get(key)
        if is_sealed is None:
            if len(_sealed) >= SEALED_KEPT:
                _sealed.clear()
            is_sealed = _sealed[key] = self._is_sealed_for(user)
        return is_sealed

    def _is_sealed_for(self, user: User) -> bool:
        data = self.get_decoded()
        kept = data.get(HASH_SESSION_KEY, "")
        return (
            data.get(SESSION_KEY) == str(user.pk)
            and BACKEND_SESSION_KEY in data
            and (
                constant_time_compare(kept, user.get_session_auth_hash())
                or any(
                    constant_time_compare(kept, h) for h in user.get_session_auth_fallback_hash()
                )
            )
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
