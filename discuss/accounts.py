"""Accounts: what allauth is told of names, forms and mail, and which signals ring a person's bell."""

import logging
from email import policy
from functools import partial
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.views.defaults import permission_denied

from discuss.actions import announce_standing
from discuss.models import User
from discuss.refused import shown
from discuss.rules.names import NOT_HERE, is_reserved
from discuss.tries import CountedTries

logger = logging.getLogger(__name__)


class AccountAdapter(CountedTries, DefaultAccountAdapter):
    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse what the field of the model refuses, and names that staff alone may give."""
        username = User.normalize_username(username)
        if not shallow:
            if is_reserved(username):
                raise ValidationError(NOT_HERE, "reserved")
            User._meta.get_field("username").clean(username, None)
        cleaned: str = super().clean_username(username, shallow)
        return cleaned

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address by which tries are counted; without one nobody may try."""
        try:
            address: str = super().get_client_ip(request)
        except PermissionDenied as error:
            # Once for each try, in a line: allauth's way would be a traceback.
            path = shown(request.path)
            logger.warning("%s: no address of who asks; X-Real-IP has to tell it.", path)
            raise ImmediateHttpResponse(permission_denied(request, error)) from None
        return address

    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        """Save someone new. Raises ValidationError where somebody else has got the name meanwhile."""
        # The password is hashed before the database is asked to wait: on SQLite every transaction holds
        # the one lock, and a hash takes as long as a hundred messages.
        saved: User = super().save_user(request, user, form, commit=False)
        try:
            with transaction.atomic():
                if commit:
                    saved.save()
        except IntegrityError:
            User.objects.refuse_taken(saved.username)
            raise
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail that speaks of PUBLIC_URL: a request's Host header is its sender's to choose.

        A mail server that is down must not undo what was done besides, such as a sign-up.
        """
        site = SimpleNamespace(name=settings.SITE_NAME, domain=urlsplit(settings.PUBLIC_URL).netloc)
        links = {key: _public(url) for key, url in context.items() if key.endswith("_url")}
        try:
            super().send_mail(template_prefix, email, {**context, **links, "current_site": site})
        except OSError:  # smtplib's exceptions are OSErrors too
            logger.exception("A mail could not be sent: %s", template_prefix)
            messages.error(self.request, "The email could not be sent. Try again later.")

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        mail: EmailMessage = super().render_mail(*args, **kwargs)
        # The console shows a mail as it is encoded, and there a folded link is of no use. A mail server
        # is sent what its own policy says.
        unfolded = policy.default.clone(max_line_length=998)
        mail.message = partial(mail.message, policy=unfolded)  # type: ignore[method-assign]
        return mail


class Labelled:
    """What all forms share: no placeholder repeats a label, and the focus is where typing begins."""

    fields: dict[str, Any]

    def get_context(self) -> dict[str, Any]:
        visible = self.visible_fields()  # type: ignore[attr-defined]
        for each in visible:
            each.field.widget.attrs.pop("placeholder", None)
        first = next((each for each in visible if each.errors), visible[0])
        first.field.widget.attrs["autofocus"] = True
        return super().get_context()  # type: ignore[misc,no-any-return]


class LoginForm(Labelled, forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A link to the password reset, between the two fields; the page has it behind them.
        self.fields["password"].help_text = ""


class SignupForm(Labelled, forms.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = User._meta.get_field("username").help_text
        email = self.fields["email"]
        email.help_text = "Members do not see it. It is the only way to reset a forgotten password."


class AddEmailForm(Labelled, forms.AddEmailForm):
    pass


class ChangePasswordForm(Labelled, forms.ChangePasswordForm):
    pass


class SetPasswordForm(Labelled, forms.SetPasswordForm):
    pass


class ResetPasswordForm(Labelled, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Labelled, forms.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Labelled, forms.ReauthenticateForm):
    pass


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


def _public(url: str) -> str:
    parts = urlsplit(url)
    return settings.PUBLIC_URL + urlunsplit(("", "", parts.path, parts.query, ""))
