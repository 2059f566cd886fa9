"""Which signals of Django and allauth ring a person's bell, and where people log in from."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from discuss.actions import announce_standing
from discuss.actions.networks import note_address
from discuss.models import User


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
    user_logged_in.connect(_note_address, dispatch_uid="discuss.accounts.addresses")


def _announce(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        announce_standing(user)


def _note_address(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    if request is not None:
        note_address(user, request.META.get("REMOTE_ADDR", ""))
