"""Which whole pages the gallery has, and what each is given in its states: nothing of any database."""

from collections.abc import Mapping
from copy import copy
from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from discuss.accounts.forms import AddEmailForm, ChangePasswordForm
from discuss.design.rendering import made_up_pages
from discuss.design.rendering.entrances import ENTRANCES
from discuss.design.rendering.pages import WholePage, given, states
from discuss.design.rendering.swaps import Parts
from discuss.forms import AboutForm, GroupSettingsForm, LooksForm, YouForm
from discuss.forms.search import Order, SearchForm
from discuss.models import Entry, Revision, User
from discuss.reading.lobby import Listing, ListQuery
from discuss.reading.log import Page as Lines
from discuss.reading.search import Scope
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.samples import made_up
from discuss.rules.refusals import Code

NO_PARTS = Parts([], [])


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


def _new_group(person: User, audience: Audience) -> dict[str, Any]:
    return {"form": AboutForm(user=person), "own": made_up.own()}


def _group_settings(person: User, audience: Audience) -> dict[str, Any]:
    group = made_up.KITCHEN
    present = {name: getattr(group, name) for name in GroupSettingsForm.base_fields}
    return {
        "group": group,
        "form": AboutForm(user=person, group=group),
        "settings": GroupSettingsForm(initial=present),
        "looks": LooksForm(initial={"skin": ""}),
        **{f"may_{verb}": True for verb in ("change", "invite", "filter", "hand_over", "close")},
    }


def _listed() -> list[Entry]:
    """Return messages as pages show them that list some of several groups."""
    entries = [copy(entry) for entry in made_up.LINES.values() if entry.is_message]
    for entry in entries:
        entry.group = made_up.KITCHEN
        entry.group_uuid = made_up.KITCHEN.uuid
        entry.group_name = made_up.KITCHEN.name  # type: ignore[attr-defined]
    return entries


def _saved(person: User, audience: Audience) -> dict[str, Any]:
    return {"saved": {"entries": _listed(), "before": 3}, "is_older": False}


def _mentions(person: User, audience: Audience) -> dict[str, Any]:
    return {"page": Lines(_listed(), has_older=False), "is_first": True}


def _search(person: User, audience: Audience, **more: Any) -> dict[str, Any]:
    asked = SearchForm({"q": "soup"} if more else {}).search()
    scope = Scope(person, list(made_up.GROUPS))
    recent = () if more else ("soup", "bread friday")
    return {"asked": asked, "scope": scope, "orders": Order.choices, "recent": recent, **more}


def _line(name: str, audience: Audience) -> dict[str, Any]:
    entry = copy(made_up.LINES[name])
    entry.group_uuid = made_up.KITCHEN.uuid
    return {"entry": entry, "group": made_up.KITCHEN, "line": fragments.line(entry, audience)}


def _history(person: User, audience: Audience) -> dict[str, Any]:
    revisions = [Revision(text=text, ended_at=made_up.NOON) for text in ("Soap", made_up.LONG)]
    return {**_line("message", audience), "revisions": revisions}


def _replies(person: User, audience: Audience) -> dict[str, Any]:
    answers = [fragments.line(made_up.LINES[name], audience) for name in ("message", "pinned")]
    return {**_line("message", audience), "lines": answers, "newest": None}


def _not_answered(person: User, audience: Audience) -> dict[str, Any]:
    return {**_line("message", audience), "lines": [], "newest": None}


def _refused(person: User, audience: Audience) -> dict[str, Any]:
    form = AboutForm({"name": ""}, user=person)
    form.full_clean()
    return {"group": made_up.KITCHEN, "form": form}


_PAGES = (
    WholePage("lobby", "discuss/lobby.html", _("All groups"), states(
        some_groups=_lobby, no_group_yet=partial(_no_groups, ""),
        a_search_that_finds_nothing=partial(_no_groups, "soup"),
    )),
    WholePage("group", "discuss/group.html", _("A group"), states(
        a_conversation=_group, every_kind_of_line=_all_lines, nothing_said_yet=_nothing_said,
    ), is_of_group=True),
    WholePage("group-outside", "discuss/not_a_member.html", _("A group, to somebody outside"), states(
        anybody=_outside, who_is_barred=partial(_outside, barred=Code.BARRED.label),
    )),
    WholePage("account", "account/page.html", _("The account"), states(any=_account)),
    WholePage("queue", "discuss/moderation/queue.html", _("The queue of moderators"), states(
        some_cases=_queue,
    )),
    WholePage("case", "discuss/moderation/case.html", _("A case"), states(any=_case)),
    WholePage("held", "discuss/held.html", _("Messages that wait"), states(some=_held)),
    WholePage("new-group", "discuss/new_group.html", _("A new group"), states(empty=_new_group)),
    WholePage("group-settings", "discuss/group_settings.html", _("The settings of a group"), states(
        any=_group_settings,
    )),
    WholePage("close-group", "discuss/close_group.html", _("To close a group"), states(
        any=given(group=made_up.KITCHEN, member_count=1234, may_hand_over=True),
        of_nobody_else=given(group=made_up.LONG_NAMED, member_count=1),
    )),
    WholePage("history", "discuss/history.html", _("Earlier versions of a message"), states(some=_history)),
    WholePage("replies", "discuss/replies.html", _("Replies to a message"), states(
        some=_replies, none=_not_answered,
    )),
    WholePage("verb-refused", "discuss/verb_refused.html", _("What was refused"), states(any=_refused)),
    WholePage("search", "discuss/search.html", _("Search messages"), states(
        before_anybody_asks=_search, what_cannot_be_asked=partial(_search, problem="No such day: after:x"),
    )),
    WholePage("mentions", "discuss/mentions.html", _("Mentions"), states(
        some=_mentions, none=given(page=Lines([], has_older=False), is_first=True),
    )),
    WholePage("saved", "discuss/saved.html", _("Saved messages"), states(
        some=_saved, none=given(saved={"entries": []}, is_older=False),
    )),
    WholePage("invitation", "discuss/invitation.html", _("An invitation"), states(
        to_a_group=given(invitation={"group": made_up.KITCHEN, "made_by": made_up.ANN}),
        to_the_site=given(invitation={"made_by": made_up.ANN}),
    ), is_of_stranger=True),
    WholePage("invitation-over", "discuss/invitation_over.html", _("An invitation that is over"), states(
        any=given(reason=Code.INVITATION_OVER.label),
    ), is_of_stranger=True),
    *ENTRANCES,
)  # fmt: skip
PAGES: Mapping[str, WholePage] = {page.name: page for page in _PAGES}
