"""What the pages of a stage show: people, groups and lines that are in no database."""

import re
from collections.abc import Iterable
from copy import copy
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from discuss.design.rendering.swaps import Parts
from discuss.models import Case, CaseKind, Entry, Group, Kind, Level, User
from discuss.moderation.actions.acts import acts
from discuss.moderation.forms.deciding import DecisionForm
from discuss.moderation.reading.duties import Duties
from discuss.moderation.reading.queue import QueueQuery
from discuss.reading.lobby import Listing, ListQuery
from discuss.reading.log import Page
from discuss.reading.members import Members
from discuss.reading.own_groups import OwnGroups
from discuss.reading.presence import Here
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.fragments import presence
from discuss.rendering.samples import made_up, queue as cases
from discuss.rules import roles

DAY = "2026-01-31"
_LINE = re.compile(r"entry-(\d+)")


def reader(is_author: bool, theme: str) -> User:
    """Return who looks at the stage: who wrote the message of most samples, or somebody else."""
    person = made_up.ANN if is_author else User(pk=7, username="mia", display_name="Mia")
    return User(
        pk=person.pk,
        username=person.username,
        display_name=person.display_name,
        color_scheme=theme,
    )


def of_every_page(person: User) -> dict[str, Any]:
    """Return what else comes from the request: nothing of who looks at the gallery."""
    return {
        "user": person,
        "csrf_token": "sample",
        "messages": (),
        "other_address": "",
        "duties": Duties(2),
        "perms": {},
        "is_live": True,
        "zone": "UTC",
        "signs_version": fragments.signs_version(),
    }


def group(audience: Audience, parts: Parts, person: User) -> dict[str, Any]:
    """Return what the page of a group shows."""
    kitchen = Group(
        pk=made_up.KITCHEN.pk,
        uuid=made_up.KITCHEN.uuid,
        name=made_up.KITCHEN.name,
        description=made_up.KITCHEN.description,
        epoch="sample",
    )
    keys = [int(found[1]) for each in parts.targets if (found := _LINE.fullmatch(each))]
    lines = [*_lines(), *_replaced(keys)]
    if any(swap.how == "afterbegin" for swap in parts.swaps):
        # What comes above them is to be in sight.
        lines = lines[-2:]
    own = made_up.own("", "3", "99+")
    return {
        "group": kitchen,
        "page": Page(lines, has_older=True),
        "lines": [fragments.line(entry, audience) for entry in lines],
        "cursor": 6789,
        "newest": None,
        "own": own,
        "own_rows": _own_rows(own, audience, parts, current=made_up.KITCHEN.uuid),
        "pins": [made_up.LINES["pinned"]],
        "levels": Level.choices,
        "changing_roles": roles.members_who_may("change"),
        "inviting_roles": roles.members_who_may("invite"),
        "nonce": "sample",
        "sight": audience.sight,
        "typed": "",
        "shown": "",
        "replying": None,
        **fragments.composer_of(person),
        **fragments.members_context(Members(made_up.MEMBERS, len(made_up.MEMBERS))),
        **presence(Here.of({each.pk: each.name for each in made_up.PEOPLE})),
    }


def lobby(audience: Audience, parts: Parts) -> dict[str, Any]:
    """Return what the lobby shows; where a sample is about its list, as a search, which hides no group."""
    groups = [each for each in made_up.GROUPS if f"group-{each.uuid}" not in parts.brought]
    about_list = any(each.startswith("group-") for each in {*parts.brought, *parts.targets})
    page = Paginator(groups, 50).page(1)
    words = _("words of a search") if about_list else ""
    listing = Listing(ListQuery(words), page, frozenset())
    own = OwnGroups(made_up.OWN_ROWS, "99+", DAY)
    return {
        "listing": listing,
        "rows": [fragments.group_row(audience, group=each, is_member=False) for each in groups],
        "own": own,
        "own_rows": _own_rows(own, audience, parts),
    }


def queue(audience: Audience, parts: Parts) -> dict[str, Any]:
    """Return what the queue of moderators shows."""
    rows = [row for row in (cases.OPEN, cases.OLD) if f"case-{row.pk}" not in parts.brought]
    return {
        "query": QueueQuery(),
        "rows": [fragments.case_row(audience, row=row) for row in rows],
        "kinds": CaseKind.choices,
        "groups": made_up.GROUPS,
        "fingerprint": "sample",
        "own": made_up.own(),
    }


def case() -> dict[str, Any]:
    """Return what the page of a case shows."""
    about = cases.OPEN
    offered = [acts[name] for name in ("hide", "dismiss", "warn", "time_out")]
    return {
        "case": Case(pk=about.pk, kind=about.kind, opened_at=about.opened_at),
        "about": about,
        "form": DecisionForm(offered=[(each.name, each.label) for each in offered]),
        "offered": offered,
        "fingerprint": "sample",
        "own": made_up.own(),
        **fragments.progress_context(cases.PROGRESS),
    }


def held(audience: Audience, parts: Parts) -> dict[str, Any]:
    """Return what the page of the messages shows that wait in a group."""
    rows = [row for row in (cases.HELD, cases.FILTERED) if f"held-{row.pk}" not in parts.brought]
    return {
        "group": made_up.KITCHEN,
        "rows": [fragments.held_row(audience, row=row) for row in rows],
        "fingerprint": "sample",
        "own": made_up.own(),
    }


def versions(audience: Audience) -> dict[str, Any]:
    """Return what the page shows of what a message said before."""
    entry = made_up.LINES["edited"]
    return {
        "group": made_up.KITCHEN,
        "entry": entry,
        "line": fragments.line(entry, audience),
        "revisions": [],
        "how": "versions",
        "listed": "1.1",
        "sight": audience.sight,
        "own": made_up.own(),
    }


def _own_rows(
    own: OwnGroups, audience: Audience, parts: Parts, current: UUID | None = None
) -> list[str]:
    """Return the rows of one's own groups, but for one that a sample brings."""
    return [
        fragments.own_row(audience, row=row, is_current=row.uuid == current, day=own.day)
        for row in own.rows
        if f"unread-{row.uuid}" not in parts.brought
    ]


def _replaced(keys: Iterable[int]) -> list[Entry]:
    """Return lines for a sample to take the place of."""
    entries = {key: copy(made_up.LINES["message"]) for key in sorted(keys)}
    for key, entry in entries.items():
        entry.pk = key
    return list(entries.values())


def _lines() -> list[Entry]:
    """Return a few lines of a conversation."""
    ann, bob, leila = made_up.PEOPLE
    first = {"previous_timestamp": made_up.NOON - timedelta(days=1)}
    told: list[tuple[str, User, str, dict[str, Any]]] = [
        (Kind.JOINED, bob, "", first),
        (Kind.MESSAGE, bob, _("Who is cooking today?"), {"previous_kind": Kind.JOINED}),
        (Kind.MESSAGE, ann, _("I am. There will be soup."), {}),
        (Kind.MESSAGE, ann, _("And bread, if somebody brings it."), {**made_up.SOON_AFTER}),
        (Kind.MESSAGE, leila, made_up.ARABIC, {"reactions": [["👍", [1, 2]]]}),
    ]
    lines = []
    for number, (kind, author, text, fields) in enumerate(told, start=1):
        entry = made_up.line(kind, text=text, author=author, **fields)
        entry.pk = entry.position = entry.change = number
        lines.append(entry)
    return lines
