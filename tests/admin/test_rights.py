"""The admin obeys the table of roles, whatever rights somebody has there."""

from collections.abc import Callable

import pytest
from django.test import Client

from discuss.models import Entry, Event, Group, Invitation, Membership, Message
from discuss.rules import roles
from tests.admin.desk import SETTINGS, choose, url
from tests.cast import Cast


def add(cast: Cast, desk: Client) -> bool:
    desk.post(url(Membership, "add"), {"group": cast.kitchen.pk, "user": cast.cleo.pk})
    return cast.cleo.memberships.exists()


def invite(cast: Cast, desk: Client) -> bool:
    desk.post(url(Invitation, "add"), {"group": cast.kitchen.pk, "uses": "1", "days": "1"})
    return Invitation.objects.exists()


def put_out(cast: Cast, desk: Client) -> bool:
    desk.post(url(Membership, "delete", cast.member(cast.bob).pk), {"post": "yes"})
    return not cast.bob.memberships.exists()


def name_an_owner(cast: Cast, desk: Client) -> bool:
    choose(desk, Membership, "make_owner", [cast.member(cast.bob)])
    return cast.member(cast.bob).role == roles.OWNER


def rename(cast: Cast, desk: Client) -> bool:
    values = {"name": "Canteen", "description": "", **SETTINGS}
    desk.post(url(Group, "change", cast.kitchen.pk), values)
    return Group.objects.get().name == "Canteen"


def close(cast: Cast, desk: Client) -> bool:
    desk.post(url(Group, "delete", cast.kitchen.pk), {"post": "yes"})
    return not Group.objects.exists()


def remove(cast: Cast, desk: Client) -> bool:
    choose(desk, Message, "remove", [cast.say(cast.bob, "Soup")])
    return Entry.objects.exclude(hidden_at=None).exists()


def read(cast: Cast, desk: Client) -> bool:
    cast.say(cast.bob, "Soup")
    pages = [desk.get(url(model, "changelist")) for model in (Message, Event)]
    return [page.status_code for page in pages] == [200, 200]


@pytest.mark.parametrize(
    ("verb", "act"),
    [
        ("join", add),
        ("invite", invite),
        ("remove", put_out),
        ("hand_over", name_an_owner),
        ("change", rename),
        ("close", close),
        ("hide", remove),
        ("read", read),
    ],
)
@pytest.mark.parametrize("is_allowed", [True, False])
def test_staff_do_what_the_table_lets_them(
    cast: Cast,
    desk: Client,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    act: Callable[[Cast, Client], bool],
    is_allowed: bool,
) -> None:
    if not is_allowed:
        monkeypatch.setitem(roles.TABLE[verb], roles.STAFF, roles.NO)
    assert act(cast, desk) == is_allowed
