"""What the admin's tables show, and to whom, in few queries."""

from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from discuss import actions
from discuss.models import Entry, Event, Group, Invitation, Kind, Membership, Message, User
from tests.admin.desk import choose, url
from tests.cast import Cast, log_in

MODELS = (Event, Group, Invitation, Membership, Message, User)


@pytest.mark.parametrize("model", MODELS)
def test_every_table_can_be_listed_searched_and_filtered(
    cast: Cast, desk: Client, model: Any
) -> None:
    cast.say(cast.bob, "pumpkin soup")
    actions.make_invitation(cast.member(cast.ann), group=cast.kitchen, uses=1, days=1)
    assert desk.get(url(model, "changelist")).status_code == 200
    assert desk.get(url(model, "changelist"), {"q": "pumpkin"}).status_code == 200
    row = model.objects.first()
    shown = desk.get(url(model, "change", row.pk))
    assert shown.status_code == 200
    assert desk.get(url(model, "history", row.pk)).status_code == 200


def test_it_is_called_discussit(desk: Client) -> None:
    assert "DiscussIt" in desk.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_it_is_closed_to_everybody_else(cast: Cast, boss: User, model: Any) -> None:
    address = url(model, "changelist")
    assert log_in(boss).get(address).status_code == 200
    for client in (log_in(cast.ann), Client()):
        assert client.get(address).status_code == 302


def test_staff_see_the_tables_that_they_have_a_right_to(cast: Cast) -> None:
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_message"))
    message = cast.say(cast.bob, "hello")
    client = log_in(reader)
    assert client.get(url(Message, "changelist")).status_code == 200
    assert client.get(url(User, "changelist")).status_code == 403
    choose(client, Message, "remove", [message])
    message.refresh_from_db()
    assert not message.is_hidden


def fill(cast: Cast, count: int) -> None:
    """Add so many groups, people, memberships, messages and events, each with people of its own."""
    start = User.objects.count()
    names = [f"person{start + n}" for n in range(count)]
    people = User.objects.bulk_create([User(username=n, username_key=n) for n in names])
    groups = Group.objects.bulk_create([Group(name=f"g {n}", name_key=f"g {n}") for n in names])
    pairs = list(zip(groups, people, strict=True))
    Membership.objects.bulk_create([Membership(group=g, user=u) for g, u in pairs])
    Invitation.objects.bulk_create([Invitation(group=g, made_by=u) for g, u in pairs])
    for position, kind in enumerate((Kind.JOINED, Kind.MESSAGE), 1):
        Entry.objects.bulk_create(
            [
                Entry(group=g, author=u, subject=u, kind=kind, position=position, change=position)
                for g, u in pairs
            ]
        )


def test_a_long_list_costs_as_many_queries_as_a_short_one(cast: Cast, desk: Client) -> None:
    lists = list(product(MODELS, ("", "?q=person", "?p=1")))

    def costs() -> list[int]:
        counts = []
        for model, query in lists:
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(url(model, "changelist") + query).status_code == 200
            counts.append(len(queries))
        return counts

    fill(cast, 30)
    short = costs()
    fill(cast, 270)
    assert dict(zip(lists, costs(), strict=True)) == dict(zip(lists, short, strict=True))
    assert max(short) <= 8


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_counted_twice(cast: Cast, desk: Client, model: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        desk.get(url(model, "changelist"), {"q": "bob"})
    table = f'FROM "{model._meta.db_table}"'
    counting = [q for q in queries if "SELECT COUNT(*)" in q["sql"][:20] and table in q["sql"]]
    assert len(counting) == 1


@pytest.mark.parametrize(("model", "field"), [(Group, "group"), (User, "user")])
def test_groups_and_people_are_offered_a_few_at_a_time(
    cast: Cast, desk: Client, model: Any, field: str
) -> None:
    fill(cast, 60)
    query = {"app_label": "discuss", "model_name": "membership", "field_name": field}
    answer = desk.get(reverse("admin:autocomplete"), {**query, "term": "PERSON"}).json()
    assert len(answer["results"]) == 20
    assert answer["pagination"]["more"]
    form = desk.get(url(Membership, "add")).content.decode()
    assert form.count("<option") < 10
    for view in ("changelist", "add"):
        assert "person7" not in desk.get(url(Membership, view), {"q": "x"}).content.decode()


def test_names_are_found_whatever_their_case(cast: Cast, desk: Client) -> None:
    # A database's own comparison knows the case of ASCII at best.
    User.objects.create_user("Öskar")
    actions.create_group(cast.ann, name="ÉTAGE", description="")
    assert "Öskar" in desk.get(url(User, "changelist"), {"q": "öSK"}).content.decode()
    assert "ÉTAGE" in desk.get(url(Group, "changelist"), {"q": "étag"}).content.decode()
