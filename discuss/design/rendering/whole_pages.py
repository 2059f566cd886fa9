"""Which whole pages the gallery has, and what each is given in its states: nothing of any database."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from discuss.accounts.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    SignupForm,
)
from discuss.design.rendering import made_up_pages
from discuss.design.rendering.pages import Fill, WholePage
from discuss.design.rendering.swaps import Parts
from discuss.forms import YouForm
from discuss.models import User
from discuss.reading.lobby import Listing, ListQuery
from discuss.reading.log import Page as Lines
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.samples import made_up
from discuss.rules.refusals import Code
from discuss.rules.text import Text

NO_PARTS = Parts([], [])


def _states(**fills: Fill) -> dict[str, tuple[str, Fill]]:
    named = {name.replace("_", " "): fill for name, fill in fills.items()}
    return {slugify(name): (name, fill) for name, fill in named.items()}


def _of(**values: Any) -> Fill:
    return lambda person, audience: values


def _group(person: User, audience: Audience, **more: Any) -> dict[str, Any]:
    return {**made_up_pages.group(audience, NO_PARTS, person), **more}


def _all_lines(person: User, audience: Audience) -> dict[str, Any]:
    # What people wrote is in sight, at the end.
    entries = sorted(made_up.LINES.values(), key=lambda entry: entry.is_message)
    return _group(
        person,
        audience,
        page=Lines(entries, has_older=False),
        lines=[fragments.line(entry, audience) for entry in entries],
    )


def _nothing_said(person: User, audience: Audience) -> dict[str, Any]:
    return _group(person, audience, page=Lines([], has_older=False), lines=[], pins=[])


def _lobby(person: User, audience: Audience) -> dict[str, Any]:
    return made_up_pages.lobby(audience, NO_PARTS)


def _no_groups(words: str, person: User, audience: Audience) -> dict[str, Any]:
    page: Page[Any] = Paginator([], 50).page(1)
    listing = Listing(ListQuery(words), page, frozenset())
    return {**_lobby(person, audience), "listing": listing, "rows": []}


def _outside(person: User, audience: Audience, **more: Any) -> dict[str, Any]:
    return {"group": made_up.GROUPS[0], "own": made_up.own(), **more}


def _account(person: User, audience: Audience) -> dict[str, Any]:
    person.set_unusable_password()
    return {
        "part": "",
        "you_form": YouForm(user=person),
        "email_form": AddEmailForm(user=person),
        "password_form": ChangePasswordForm(user=person),
        "emailaddresses": [],
        "can_add_email": True,
        "own": made_up.own(),
    }


def _queue(person: User, audience: Audience) -> dict[str, Any]:
    return made_up_pages.queue(audience, NO_PARTS)


def _case(person: User, audience: Audience) -> dict[str, Any]:
    return made_up_pages.case()


def _held(person: User, audience: Audience) -> dict[str, Any]:
    return made_up_pages.held(audience, NO_PARTS)


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
    return WholePage(name, page, title, _states(**fills), is_of_stranger=True)


def _mail(name: str, title: Text, **fills: Fill) -> WholePage:
    return WholePage(
        f"mail-{name.replace('_', '-')}",
        f"account/email/{name}_message.txt",
        title,
        _states(**fills),
    )


_PAGES = (
    WholePage("lobby", "discuss/lobby.html", _("All groups"), _states(
        some_groups=_lobby, no_group_yet=partial(_no_groups, ""),
        a_search_that_finds_nothing=partial(_no_groups, "soup"),
    )),
    WholePage("group", "discuss/group.html", _("A group"), _states(
        a_conversation=_group, every_kind_of_line=_all_lines, nothing_said_yet=_nothing_said,
    ), is_of_group=True),
    WholePage("group-outside", "discuss/not_a_member.html", _("A group, to somebody outside"), _states(
        anybody=_outside, who_is_barred=partial(_outside, barred=Code.BARRED.label),
    )),
    WholePage("account", "account/page.html", _("The account"), _states(any=_account)),
    WholePage("queue", "discuss/moderation/queue.html", _("The queue of moderators"), _states(
        some_cases=_queue,
    )),
    WholePage("case", "discuss/moderation/case.html", _("A case"), _states(any=_case)),
    WholePage("held", "discuss/held.html", _("Messages that wait"), _states(some=_held)),
    _entrance("login", _("Log in"), empty=lambda *_: {"form": LoginForm()}),
    _entrance("signup", _("Sign up"), empty=lambda *_: {"form": SignupForm()}),
    _entrance("signup-closed", _("Nobody signs up"), any=_of()),
    _entrance("waiting", _("An account that waits"), waits=_of(), was_refused=_of(
        held={"refused_at": made_up.NOON}, why="Spam",
    )),
    _entrance("account-inactive", _("An account that is closed"), any=_of(),
        banned=_of(ban={"text": Code.BANNED.label}, appeal_address="#")),
    _entrance("password-reset", _("A forgotten password"), empty=lambda *_: {"form": ResetPasswordForm()}),
    _entrance("password-reset-done", _("A mail is under way"), any=_of()),
    WholePage("400", "400.html", _("An error: not understood"), _states(any=_of())),
    WholePage("403", "403.html", _("An error: not allowed"), _states(any=_of(), with_a_reason=_of(
        exception=Code.OWNERS_ONLY.label, typed={"text": made_up.LONG},
    ))),
    WholePage("403-csrf", "403_csrf.html", _("An error: an old page"), _states(any=_of())),
    WholePage("404", "404.html", _("An error: not found"), _states(any=_of())),
    WholePage("429", "429.html", _("An error: too fast"), _states(
        a_moment=_of(wait="3 seconds"), some_minutes=_of(),
    )),
    WholePage("500", "500.html", _("An error of the server"), _states(any=_of())),
    _mail("email_confirmation", _("Mail: is this address yours?"), any=_of(**_OF_MAILS)),
    _mail("password_reset_key", _("Mail: a new password"), any=_of(**_OF_MAILS)),
    _mail("unknown_account", _("Mail: no such account"), any=_of(**_OF_MAILS)),
    _mail("sign_up_admitted", _("Mail: an account was approved"), any=_of(**_OF_MAILS)),
    _mail("sign_up_refused", _("Mail: an account was not approved"), any=_of(**_OF_MAILS),
        with_a_reason=_of(**_OF_MAILS, why="Spam")),
)  # fmt: skip
PAGES: Mapping[str, WholePage] = {page.name: page for page in _PAGES}
