"""Memberships in the admin: letting in, putting out, naming an owner."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from discuss.doorbell.bell import Bell
from discuss.models import Kind, Membership, User
from tests.admin.desk import choose, form_of, kinds, told, url
from tests.cast import Cast


@pytest.mark.django_db(transaction=True)
def test_who_is_let_in_has_joined(cast: Cast, desk: Client, bells: list[Bell]) -> None:
    bells.clear()
    data = {"group": cast.kitchen.pk, "user": cast.cleo.pk}
    assert desk.post(url(Membership, "add"), data).status_code == 302
    membership = cast.member(cast.cleo)
    assert LogEntry.objects.get().object_id == str(membership.pk)
    line = cast.kitchen.entries.latest("position")
    assert (line.kind, line.subject) == (Kind.JOINED, cast.cleo)
    kitchen = cast.kitchen.pk
    assert kinds(bells) == {("group", kitchen), ("lobby", kitchen), ("person", cast.cleo.pk)}


def test_who_is_a_member_is_not_let_in_again(cast: Cast, desk: Client) -> None:
    data = {"group": cast.kitchen.pk, "user": cast.bob.pk}
    response = desk.post(url(Membership, "add"), data)
    assert "already exists" in str(form_of(response).errors)
    cast.kitchen.refresh_from_db()
    assert cast.kitchen.head == 3


def test_who_is_not_active_is_not_let_in(cast: Cast, desk: Client) -> None:
    User.objects.filter(pk=cast.cleo.pk).update(is_active=False)
    data = {"group": cast.kitchen.pk, "user": cast.cleo.pk}
    assert told(desk.post(url(Membership, "add"), data)) == ["This account is not active."]
    assert not cast.cleo.memberships.exists()


def test_a_membership_cannot_be_changed_by_hand(cast: Cast, desk: Client) -> None:
    address = url(Membership, "change", cast.member(cast.bob).pk)
    assert desk.get(address).status_code == 200
    data = {"group": cast.kitchen.pk, "user": cast.bob.pk, "role": "owner"}
    assert desk.post(address, data).status_code == 403
    assert cast.member(cast.bob).role == "member"


def test_staff_name_an_owner(cast: Cast, desk: Client) -> None:
    response = choose(
        desk, Membership, "make_owner", [cast.member(cast.ann), cast.member(cast.bob)]
    )
    assert told(response) == ["New owners: 1."]
    assert cast.member(cast.bob).role == "owner"
    line = cast.kitchen.entries.latest("position")
    assert (line.kind, line.subject, str(line.author)) == (Kind.HANDED_OVER, cast.bob, "boss")


@pytest.mark.parametrize("how", ["one", "many"])
@pytest.mark.django_db(transaction=True)
def test_who_is_put_out_was_removed_by_staff(
    cast: Cast, desk: Client, bells: list[Bell], how: str
) -> None:
    people = [cast.bob] if how == "one" else [cast.bob, cast.mod]
    memberships = [cast.member(user) for user in people]
    bells.clear()
    if how == "one":
        desk.post(url(Membership, "delete", memberships[0].pk), {"post": "yes"})
    else:
        response = choose(desk, Membership, "delete_selected", memberships, post="yes")
        assert told(response) == ["Deleted 2 memberships."]
    lines = cast.kitchen.entries.filter(kind=Kind.REMOVED)
    assert {line.subject for line in lines} == set(people)
    assert {str(line.author) for line in lines} == {"boss"}
    kitchen = cast.kitchen.pk
    assert kinds(bells) == {
        ("group", kitchen),
        ("lobby", kitchen),
        *(("person", user.pk) for user in people),
    }
