"""People: who they are, and which of their sessions still stand."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AbstractUser, UserManager as DjangoUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from discuss.models.fields import NameKeyField
from discuss.text import name_key, validate_name


class UserManager(DjangoUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username_key=name_key(username or ""))

    def is_taken(self, username: str) -> bool:
        return self.filter(username_key=name_key(username)).exists()

    def of_session(self, session_key: str | None) -> "User | None":
        """Return the person of a session, or None where it has ended."""
        return self.of_sessions([session_key]).get(session_key) if session_key else None

    def of_sessions(self, session_keys: Collection[str]) -> "dict[str, User]":
        """Return the person of each session that still stands, in two queries.

        A session stands while it is stored, unexpired, of an active user, and made under the user's
        present password (as django.contrib.auth.get_user checks it, in bulk).
        """
        sessions = Session.objects.filter(
            session_key__in=session_keys, expire_date__gt=timezone.now()
        )
        contents = {session.session_key: session.get_decoded() for session in sessions}
        claimed = {data[SESSION_KEY] for data in contents.values() if SESSION_KEY in data}
        people = {str(user.pk): user for user in self.filter(pk__in=claimed, is_active=True)}
        return {
            key: people[data[SESSION_KEY]]
            for key, data in contents.items()
            if data.get(SESSION_KEY) in people and _is_of(people[data[SESSION_KEY]], data)
        }


class User(AbstractUser):
    """A person. Names are compared by `username_key`, so that no two differ by case alone."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    username = models.CharField(
        "name",
        max_length=40,
        unique=True,
        validators=[UnicodeUsernameValidator(), validate_name],
        help_text="Up to 40 letters, digits and @ . + - _",
        error_messages={"unique": "Someone has this name already."},
    )
    username_key = NameKeyField(of="username")

    objects: ClassVar[UserManager] = UserManager()

    @property
    def hue(self) -> int:
        """Which of the eight colours of the style sheet is this person's."""
        return self.pk % 8

    def get_full_name(self) -> str:
        return self.username

    def get_short_name(self) -> str:
        return self.username


def _is_of(user: User, data: dict[str, Any]) -> bool:
    kept = data.get(HASH_SESSION_KEY, "")
    return BACKEND_SESSION_KEY in data and any(
        constant_time_compare(kept, valid)
        for valid in (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    )
