"""Accounts: what allauth is told of names, and which of its signals ring a person's bell."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import ValidationError

from discuss.actions import announce_standing
from discuss.models import User


class AccountAdapter(DefaultAccountAdapter):
    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse names that differ from another by case or compatible characters alone."""
        username = User.normalize_username(username)
        # allauth's own comparison is the database's, which on SQLite knows the case of ASCII only.
        if not shallow and User.objects.is_taken(username):
            raise ValidationError("Someone has this name already.", "unique")
        return super().clean_username(username, shallow)


def connect() -> None:
    """Ring the person's bell whenever their sessions change."""
    for signal in (
        user_logged_in,
        user_logged_out,
        password_changed,
        password_reset,
        password_set,
    ):
        signal.connect(_announce, dispatch_uid="discuss.accounts")


def _announce(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        announce_standing(user)
