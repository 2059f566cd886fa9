"""Pages where people come in, errors and mails: what the gallery gives to each."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from discuss.accounts.forms import (
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from discuss.design.rendering.pages import Fill, WholePage, given, states
from discuss.rendering.samples import made_up
from discuss.rules.refusals import Code
from discuss.rules.text import Text


class _Site(NamedTuple):
    name: str


_OF_MAILS = {
    "current_site": _Site("DiscussIt"),
    "activate_url": "https://chat.example/accounts/confirm-email/a1b2/",
    "password_reset_url": "https://chat.example/accounts/password/reset/key/a1b2/",
    "login_url": "https://chat.example/accounts/login/",
    "signup_url": "https://chat.example/accounts/signup/",
    "email": "mia@example.org",
    "username": "mia",
}


def _entrance(name: str, title: Text, **fills: Fill) -> WholePage:
    page = f"account/{name.replace('-', '_')}.html"
    return WholePage(name, page, title, states(**fills), is_of_stranger=True)


def _mail(name: str, title: Text, **fills: Fill) -> WholePage:
    return WholePage(
        f"mail-{name.replace('_', '-')}",
        f"account/email/{name}_message.txt",
        title,
        states(**fills),
    )


_CONFIRMATION = {"email_address": {"user": {"username": "mia"}}}
ENTRANCES = (
    _entrance("login", _("Log in"), empty=lambda *_: {"form": LoginForm()}),
    _entrance("signup", _("Sign up"), empty=lambda *_: {"form": SignupForm()}),
    _entrance("signup-closed", _("Nobody signs up"), any=given()),
    _entrance("waiting", _("An account that waits"), waits=given(), was_refused=given(
        held={"refused_at": made_up.NOON}, why="Spam",
    )),
    _entrance("account-inactive", _("An account that is closed"), any=given(),
        banned=given(ban={"text": Code.BANNED.label}, appeal_address="#")),
    _entrance("password-reset", _("A forgotten password"), empty=lambda *_: {"form": ResetPasswordForm()}),
    _entrance("password-reset-done", _("A mail is under way"), any=given()),
    WholePage("400", "400.html", _("An error: not understood"), states(any=given())),
    WholePage("403", "403.html", _("An error: not allowed"), states(any=given(), with_a_reason=given(
        exception=Code.OWNERS_ONLY.label, typed={"text": made_up.LONG},
    ))),
    WholePage("403-csrf", "403_csrf.html", _("An error: an old page"), states(any=given())),
    WholePage("404", "404.html", _("An error: not found"), states(any=given())),
    WholePage("429", "429.html", _("An error: too fast"), states(
        a_moment=given(wait="3 seconds"), some_minutes=given(),
    )),
    WholePage("500", "500.html", _("An error of the server"), states(any=given())),
    _mail("email_confirmation", _("Mail: is this address yours?"), any=given(**_OF_MAILS)),
    _mail("password_reset_key", _("Mail: a new password"), any=given(**_OF_MAILS)),
    _mail("unknown_account", _("Mail: no such account"), any=given(**_OF_MAILS)),
    _mail("sign_up_admitted", _("Mail: an account was approved"), any=given(**_OF_MAILS)),
    _mail("sign_up_refused", _("Mail: an account was not approved"), any=given(**_OF_MAILS),
        with_a_reason=given(**_OF_MAILS, why="Spam")),
    _entrance("signup-barred", _("Nobody signs up from a network"), any=given()),
    _entrance("verification-sent", _("A mail is to be confirmed"), any=given()),
    _entrance("email-confirm", _("To confirm an address"),
        any=given(can_confirm=True, email="mia@example.org", confirmation=_CONFIRMATION),
        of_somebody_else=given(email="mia@example.org", confirmation=True), too_old=given()),
    _entrance("password-reset-from-key", _("To choose a new password"),
        empty=lambda *_: {"form": ResetPasswordKeyForm(), "action_url": "#"}, too_old=given(token_fail=True)),
    _entrance("password-reset-from-key-done", _("The password is changed"), any=given()),
    WholePage("reauthenticate", "account/reauthenticate.html", _("To enter one's password again"), states(
        empty=lambda person, _: {"form": ReauthenticateForm(user=person)},
    )),
    WholePage("logout", "account/logout.html", _("Log out"), states(any=given())),
    WholePage("barred", "discuss/barred.html", _("A network that is blocked"), states(any=given()),
        is_of_stranger=True),
    WholePage("first-admin-over", "discuss/first_admin_over.html", _("The first admin is there"),
        states(any=given()), is_of_stranger=True),
    WholePage("ban-over", "discuss/moderation/ban_over.html", _("A ban that is over"), states(any=given()),
        is_of_stranger=True),
)  # fmt: skip
