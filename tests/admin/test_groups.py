"""Groups in the admin: every change is an action, with its bells."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from discuss import actions
from discuss.admin import GroupAdmin
from discuss.doorbell.bell import Bell
from discuss.models import Act, Deletion, Group, Kind, Membership, Message, User
from tests.admin.desk import SETTINGS, choose, form_of, kinds, told, url
from tests.cast import Cast


@pytest.mark.django_db(transaction=True)
def test_a_new_group_is_made_by_the_action(
    cast: Cast, boss: User, desk: Client, bells: list[Bell]
) -> None:
    response = desk.post(url(Group, "add"), {"name": "  Garden   shed ", "description": "a\nb"})
    group = Group.objects.get(name="Garden shed")
    assert response.status_code == 302
    assert group.description == "a b"
    assert [str(m.user) for m in group.memberships.all()] == ["boss"]
    assert [entry.kind for entry in group.entries.all()] == [Kind.CREATED]
    assert kinds(bells) == {("group", group.pk), ("lobby", group.pk), ("person", boss.pk)}
    record = LogEntry.objects.get()
    assert (record.object_id, record.is_addition()) == (str(group.pk), True)


@pytest.mark.parametrize("name", ["kitchen", "ＫＩＴＣＨＥＮ", " Kitchen "])
@pytest.mark.parametrize("view", ["add", "change"])
def test_a_group_cannot_take_a_name_that_looks_like_anothers(
    cast: Cast, desk: Client, view: str, name: str
) -> None:
    other = actions.create_group(cast.bob, name="Shed", description="")
    response = desk.post(
        url(Group, view, *([other.pk] if view == "change" else [])),
        {"name": name, "description": "", **SETTINGS},
    )
    assert form_of(response).errors == {"name": ["There is a group of this name already."]}
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Kitchen", "Shed"]


def test_a_group_cannot_take_a_name_that_nobody_can_see(cast: Cast, desk: Client) -> None:
    response = desk.post(url(Group, "add"), {"name": "Ki\u200btchen", "description": ""})
    assert "invisible" in str(form_of(response).errors["name"])


def test_staff_change_the_settings(cast: Cast, desk: Client) -> None:
    values = {"name": "Kitchen", "description": cast.kitchen.description, **SETTINGS}
    address = url(Group, "change", cast.kitchen.pk)
    response = desk.post(address, {**values, "is_locked": "on", "slow_mode": "30"})
    assert response.status_code == 302
    assert Group.objects.get(pk=cast.kitchen.pk).rules[:3] == ("everybody", True, 30)
    assert [(act.kind, act.actor_id) for act in Act.objects.all()] == [
        ("change_settings", User.objects.get(username="boss").pk)
    ] * 2
    page = desk.get(address).content.decode()
    assert '<option value="30" selected>' in page


@pytest.mark.django_db(transaction=True)
def test_a_changed_group_is_two_lines_in_its_log(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    bells.clear()
    address = url(Group, "change", cast.kitchen.pk)
    response = desk.post(address, {"name": "KITCHEN", "description": "Bring your own", **SETTINGS})
    assert response.status_code == 302
    lines = cast.kitchen.entries.order_by("position").filter(position__gt=3)
    assert [(line.kind, line.text, str(line.author)) for line in lines] == [
        (Kind.RENAMED, "KITCHEN", "boss"),
        (Kind.DESCRIBED, "Bring your own", "boss"),
    ]
    kitchen = cast.kitchen.pk
    assert {b.head for b in bells if b.kind == "group"} == {4, 5}
    assert kinds(bells) == {("group", kitchen), ("lobby", kitchen)}


@pytest.mark.django_db(transaction=True)
def test_a_group_that_is_saved_as_it_was_rings_no_bell(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    bells.clear()
    values = {"name": cast.kitchen.name, "description": cast.kitchen.description, **SETTINGS}
    desk.post(url(Group, "change", cast.kitchen.pk), values)
    cast.kitchen.refresh_from_db()
    assert cast.kitchen.head == 3
    assert bells == []


@pytest.mark.parametrize(("view", "action"), [("add", "create_group"), ("change", "change_group")])
@pytest.mark.django_db(transaction=True)
def test_what_the_action_refuses_is_shown_and_leaves_nothing(
    cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch, view: str, action: str
) -> None:
    """As when another admin takes the name between the form's look and the action's."""
    refuse(monkeypatch, action)
    address = url(Group, view, *([cast.kitchen.pk] if view == "change" else []))
    response = desk.post(address, {"name": "Shed", "description": "", **SETTINGS})
    assert response.status_code == 302
    assert response["Location"] == address
    assert told(response) == ["This group is gone."]
    assert list(Group.objects.values_list("name", flat=True)) == ["Kitchen"]
    assert not LogEntry.objects.exists()


def refuse(monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    """Have this action refuse once it has done its work."""
    act: Callable[..., Any] = getattr(actions, action)

    def act_and_refuse(*args: Any, **kwargs: Any) -> None:
        act(*args, **kwargs)
        raise actions.Refused(actions.Code.GONE)

    monkeypatch.setattr(actions, action, act_and_refuse)


@pytest.mark.parametrize("how", ["one", "many"])
@pytest.mark.django_db(transaction=True)
def test_deleted_groups_are_gone_and_their_people_hear_of_it(
    cast: Cast, desk: Client, bells: list[Bell], how: str
) -> None:
    shed = actions.create_group(cast.bob, name="Shed", description="")
    bells.clear()
    if how == "one":
        desk.post(url(Group, "delete", cast.kitchen.pk), {"post": "yes"})
    else:
        response = choose(desk, Group, "delete_selected", [cast.kitchen], post="yes")
        assert told(response) == ["Deleted 1 group.", GroupAdmin.after_deletion]
    assert list(Group.objects.all()) == [shed]
    assert kinds(bells) == {
        ("group", cast.kitchen.pk),
        ("lobby", cast.kitchen.pk),
        ("deletion", Deletion.objects.get(group=cast.kitchen.pk).pk),
        *(("person", user.pk) for user in (cast.ann, cast.mod, cast.bob)),
    }
    assert LogEntry.objects.get().is_deletion()


def test_before_a_group_goes_its_lines_are_counted_and_not_loaded(cast: Cast, desk: Client) -> None:
    for number in range(20):
        cast.say(cast.bob, f"message {number}")
    for ask in (
        lambda: desk.get(url(Group, "delete", cast.kitchen.pk)),
        lambda: choose(desk, Group, "delete_selected", [cast.kitchen]),
    ):
        with CaptureQueriesContext(connection) as queries:
            html = ask().content.decode()
        assert "Lines of the log: 23" in html
        assert "Memberships: 3" in html
        assert len(queries) < 12
        assert not any('"discuss_entry"."text"' in query["sql"] for query in queries)
    assert Group.objects.filter(pk=cast.kitchen.pk).exists()


def test_a_groups_name_cannot_be_markup_in_the_question(cast: Cast, desk: Client) -> None:
    group = actions.create_group(cast.ann, name="<b>Shed</b>", description="")
    html = desk.get(url(Group, "delete", group.pk)).content.decode()
    assert "&lt;b&gt;Shed" in html
    assert "<b>Shed" not in html


@pytest.mark.django_db(transaction=True)
def test_a_refused_deletion_leaves_the_group_and_no_record(
    cast: Cast, desk: Client, bells: list[Bell], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "delete_group")
    bells.clear()
    responses = [
        desk.post(url(Group, "delete", cast.kitchen.pk), {"post": "yes"}),
        choose(desk, Group, "delete_selected", [cast.kitchen], post="yes"),
    ]
    assert "This group is gone." in told(responses[0])
    assert {"Kitchen: This group is gone.", "Deleted 0 groups."} <= set(told(responses[1]))
    assert Group.objects.filter(pk=cast.kitchen.pk).exists()
    assert not LogEntry.objects.exists()
    assert bells == []


def test_a_group_leads_to_its_page_its_messages_and_its_members(cast: Cast, desk: Client) -> None:
    shed = actions.create_group(cast.bob, name="Shed", description="")
    cast.say(cast.ann, "in the kitchen")
    outside = actions.post_message(
        Membership.objects.get(group=shed), text="in the shed", nonce=actions.new_nonce()
    )
    html = desk.get(url(Group, "change", cast.kitchen.pk)).content.decode()
    assert str(cast.kitchen.uuid) in html
    assert "View on site" in html
    assert outside.text in desk.get(url(Message, "changelist")).content.decode()

    response = choose(desk, Group, "show_messages", [cast.kitchen])
    html = desk.get(response["Location"]).content.decode()
    assert "in the kitchen" in html
    assert "in the shed" not in html
    response = choose(desk, Group, "show_members", [cast.kitchen, shed])
    assert "4 memberships" in desk.get(response["Location"]).content.decode()


@pytest.mark.parametrize("value", ["x", "", "1,x", "9" * 40, "-1", "999"])
def test_a_filter_by_groups_that_are_not_there_shows_nothing(
    cast: Cast, desk: Client, value: str
) -> None:
    cast.say(cast.ann, "in the kitchen")
    response = desk.get(url(Message, "changelist"), {"group": value})
    assert response.status_code == 200
    assert "in the kitchen" not in response.content.decode()
