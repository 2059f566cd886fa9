"""The admin: what its tables show, and that every change in it is an action, with its bells."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from discuss import actions
from discuss.live import doorbell
from discuss.live.doorbell import Bell
from discuss.models import Entry, Event, Group, Kind, Membership, Message, User
from tests.cast import Cast, log_in

MODELS = (Event, Group, Membership, Message, User)


@pytest.fixture
def boss(cast: Cast) -> User:
    return User.objects.create_superuser("boss", password="correct horse")


@pytest.fixture
def desk(boss: User) -> Client:
    return log_in(boss)


@pytest.fixture
def helper(cast: Cast) -> User:
    """Staff with every right of ours, and no superuser."""
    user = User.objects.create_user("helper", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="discuss"))
    return user


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[Bell]:
    """The bells that rang since `clear()`."""
    rung: list[Bell] = []

    def hand_over(bell: Bell) -> None:
        assert not connection.in_atomic_block, f"{bell} rang before the commit"
        rung.append(bell)

    monkeypatch.setattr(doorbell._doorbell, "hand_over", hand_over)
    return rung


def url(model: Any, view: str, *args: Any) -> str:
    return reverse(f"admin:discuss_{model._meta.model_name}_{view}", args=args)


def choose(desk: Client, model: Any, action: str, rows: Any, **more: Any) -> Any:
    """Do an action of the list to these rows."""
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return desk.post(url(model, "changelist"), data)


def told(response: Any) -> list[str]:
    """What the person is told on the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def kinds(bells: list[Bell]) -> set[tuple[str, int]]:
    return {(bell.kind, bell.pk) for bell in bells}


def standing(user: User, **changed: Any) -> dict[str, Any]:
    """What the form about a person sends; None is a box that is not ticked."""
    data = {"email": user.email, "is_active": "on" if user.is_active else None, **changed}
    return {name: value for name, value in data.items() if value is not None}


# --- the pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_every_table_can_be_listed_searched_and_filtered(
    cast: Cast, desk: Client, model: Any
) -> None:
    cast.say(cast.bob, "pumpkin soup")
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
    for position, kind in enumerate((Kind.JOINED, Kind.MESSAGE), 1):
        Entry.objects.bulk_create(
            [
                Entry(group=g, author=u, subject=u, kind=kind, position=position, change=position)
                for g, u in pairs
            ]
        )


@pytest.mark.parametrize("query", [{}, {"q": "person"}, {"p": "1"}])
@pytest.mark.parametrize("model", MODELS)
def test_a_long_list_costs_as_many_queries_as_a_short_one(
    cast: Cast, desk: Client, model: Any, query: dict[str, str]
) -> None:
    counts = []
    for more in (30, 270):
        fill(cast, more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(url(model, "changelist"), query).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


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


# --- groups -----------------------------------------------------------------------------------------


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
        {"name": name, "description": ""},
    )
    assert response.context["adminform"].form.errors == {
        "name": ["There is a group of this name already."]
    }
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Kitchen", "Shed"]


def test_a_group_cannot_take_a_name_that_nobody_can_see(cast: Cast, desk: Client) -> None:
    response = desk.post(url(Group, "add"), {"name": "Ki\u200btchen", "description": ""})
    assert "invisible" in str(response.context["adminform"].form.errors["name"])


@pytest.mark.django_db(transaction=True)
def test_a_changed_group_is_two_lines_in_its_log(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    bells.clear()
    address = url(Group, "change", cast.kitchen.pk)
    response = desk.post(address, {"name": "KITCHEN", "description": "Bring your own"})
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
    values = {"name": cast.kitchen.name, "description": cast.kitchen.description}
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
    response = desk.post(address, {"name": "Shed", "description": ""})
    assert response.status_code == 302
    assert response["Location"] == address
    assert told(response) == ["Not today."]
    assert list(Group.objects.values_list("name", flat=True)) == ["Kitchen"]
    assert not LogEntry.objects.exists()


def refuse(monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    """Have this action refuse once it has done its work."""
    act: Callable[..., Any] = getattr(actions, action)

    def act_and_refuse(*args: Any, **kwargs: Any) -> None:
        act(*args, **kwargs)
        raise actions.Refused("Not today.")

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
        assert told(response) == ["Deleted 1 group."]
    assert list(Group.objects.all()) == [shed]
    assert kinds(bells) == {
        ("group", cast.kitchen.pk),
        ("lobby", cast.kitchen.pk),
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
    assert "Not today." in told(responses[0])
    assert {"Kitchen: Not today.", "Deleted 0 groups."} <= set(told(responses[1]))
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


# --- messages and events ----------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Message, Event])
def test_the_log_cannot_be_written_by_hand(cast: Cast, desk: Client, model: Any) -> None:
    cast.say(cast.bob, "hello")
    row = model.objects.order_by("pk").last()
    before = Entry.objects.filter(pk=row.pk).values().get()
    assert desk.get(url(model, "change", row.pk)).status_code == 200
    assert desk.post(url(model, "change", row.pk), {"text": "other"}).status_code == 403
    assert desk.get(url(model, "add")).status_code == 403
    assert desk.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    choose(desk, model, "delete_selected", [row], post="yes")
    assert Entry.objects.filter(pk=row.pk).values().get() == before


def test_messages_are_found_by_their_words_and_their_state(cast: Cast, desk: Client) -> None:
    cast.say(cast.ann, "pumpkin soup tonight")
    gone = cast.say(cast.bob, "buy my watches")
    actions.hide_message(cast.member(cast.mod), entry=gone)

    def found(**query: str) -> list[str]:
        response = desk.get(url(Message, "changelist"), query)
        return [message.text for message in response.context["cl"].result_list]

    assert found() == ["buy my watches", "pumpkin soup tonight"]
    assert found(q="tonight PUMPKIN") == ["pumpkin soup tonight"]
    assert found(removed="yes") == ["buy my watches"]
    assert found(removed="no") == ["pumpkin soup tonight"]
    assert found(author=str(cast.ann.pk)) == ["pumpkin soup tonight"]


def test_events_are_found_by_their_kind(cast: Cast, desk: Client) -> None:
    response = desk.get(url(Event, "changelist"), {"kind": "joined"})
    assert [str(event.subject) for event in response.context["cl"].result_list] == ["bob", "mod"]
    assert "?kind=created" in response.content.decode()
    assert "?kind=message" not in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_removing_messages_leaves_tombstones(
    cast: Cast, boss: User, desk: Client, bells: list[Bell]
) -> None:
    wanted = [cast.say(cast.bob, "spam 1"), cast.say(cast.ann, "spam 2")]
    kept = cast.say(cast.bob, "soup")
    bells.clear()
    response = choose(desk, Message, "remove", wanted)
    assert told(response) == ["Removed 2 messages."]
    for message in wanted:
        message.refresh_from_db()
        assert message.is_hidden
    kept.refresh_from_db()
    assert not kept.is_hidden
    kitchen = cast.kitchen.pk
    assert sorted(bells) == [Bell("group", kitchen, 7), Bell("group", kitchen, 8)]
    assert {record.user for record in LogEntry.objects.all()} == {boss}
    assert LogEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_message_is_removed_from_its_own_page_too(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    message = cast.say(cast.bob, "spam")
    bells.clear()
    address = url(Message, "change", message.pk)
    assert "Remove this message" in desk.get(address).content.decode()
    data = {"CHANGE_FORM-action": "remove", "action": "remove", "_selected_action": message.pk}
    assert told(desk.post(address, data)) == ["Removed 1 message."]
    message.refresh_from_db()
    assert message.is_hidden
    assert bells == [Bell("group", cast.kitchen.pk, 5)]


@pytest.mark.django_db(transaction=True)
def test_removing_a_removed_message_changes_nothing(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    message = cast.say(cast.bob, "spam")
    actions.hide_message(cast.member(cast.mod), entry=message)
    message.refresh_from_db()
    bells.clear()
    assert told(choose(desk, Message, "remove", [message])) == ["Removed 0 messages."]
    assert Entry.objects.get(pk=message.pk).hidden_at == message.hidden_at
    assert bells == []
    assert not LogEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_refusal_does_not_stop_the_other_removals(
    cast: Cast, desk: Client, bells: list[Bell], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = cast.say(cast.bob, "soup"), cast.say(cast.bob, "spam")
    bells.clear()
    hide = actions.hide_message

    def hide_and_refuse(staff: User, *, entry: Entry) -> Entry:
        hidden = hide(staff, entry=entry)
        if entry.pk == kept.pk:
            raise actions.Refused("Not today.")
        return hidden

    monkeypatch.setattr(actions, "hide_message", hide_and_refuse)
    response = choose(desk, Message, "remove", [kept, gone])
    assert set(told(response)) == {f"{kept}: Not today.", "Removed 1 message."}
    hidden = Entry.objects.filter(hidden_at__isnull=False)
    assert [entry.pk for entry in hidden] == [gone.pk]
    assert [bell.kind for bell in bells] == ["group"]


# --- memberships ------------------------------------------------------------------------------------


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
    assert "already exists" in str(response.context["adminform"].form.errors)
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


# --- people -----------------------------------------------------------------------------------------


def new_person(name: str) -> dict[str, str]:
    words = {"password1": "correct horse", "password2": "correct horse"}
    return {"username": name, "usable_password": "true", **words}


def test_a_new_person_can_log_in(cast: Cast, desk: Client) -> None:
    assert desk.post(url(User, "add"), new_person("Dora")).status_code == 302
    assert User.objects.get(username="Dora").username_key == "dora"
    assert Client().login(username="dora", password="correct horse")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("bob", "Someone has this name already."),
        ("BOB", "Someone has this name already."),
        ("ｂｏｂ", "Someone has this name already."),
        ("bob\u200b", "invisible"),
        ("two words", "Enter a valid username."),
        ("x" * 41, "at most 40"),
    ],
)
def test_a_new_person_cannot_have_a_name_that_sign_up_refuses(
    cast: Cast, desk: Client, name: str, why: str
) -> None:
    people = User.objects.count()
    response = desk.post(url(User, "add"), new_person(name))
    assert why in str(response.context["adminform"].form.errors["username"])
    assert User.objects.count() == people


def test_who_loses_a_race_for_a_name_is_told(
    cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(User.objects), "is_taken", lambda manager, name: False)
    response = desk.post(url(User, "add"), new_person("BOB"))
    assert response["Location"] == url(User, "add")
    assert told(response) == ["Someone has this name already."]
    assert not LogEntry.objects.exists()


def test_a_name_stays_once_it_is_given(cast: Cast, desk: Client) -> None:
    address = url(User, "change", cast.bob.pk)
    form = desk.get(address).context["adminform"].form
    assert "email" in form.fields
    assert "username" not in form.fields
    data = standing(cast.bob, username="rob", email="bob@example.org")
    assert desk.post(address, data).status_code == 302
    cast.bob.refresh_from_db()
    assert (cast.bob.username, cast.bob.email) == ("bob", "bob@example.org")


@pytest.mark.parametrize(
    "changed", [{"is_active": None}, {"is_staff": "on"}, {"user_permissions": "view_message"}]
)
@pytest.mark.django_db(transaction=True)
def test_a_changed_standing_rings_the_persons_bell(
    cast: Cast, desk: Client, bells: list[Bell], changed: dict[str, Any]
) -> None:
    if right := changed.get("user_permissions"):
        changed = {"user_permissions": Permission.objects.get(codename=right).pk}
    bells.clear()
    desk.post(url(User, "change", cast.bob.pk), standing(cast.bob, **changed))
    assert bells == [Bell("person", cast.bob.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_person_that_is_saved_as_they_were_hears_nothing(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    bells.clear()
    response = desk.post(url(User, "change", cast.bob.pk), standing(cast.bob))
    assert response.status_code == 302
    assert bells == []


@pytest.mark.django_db(transaction=True)
def test_a_new_password_ends_the_persons_sessions_and_rings_their_bell(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    theirs = log_in(cast.bob)
    key = theirs.session.session_key
    assert User.objects.of_session(key) == cast.bob
    bells.clear()
    address = reverse("admin:auth_user_password_change", args=[cast.bob.pk])
    words = {"password1": "a longer horse", "password2": "another"}
    desk.post(address, {**words, "usable_password": "true"})
    assert bells == []
    words["password2"] = words["password1"]
    desk.post(address, {**words, "usable_password": "true"})
    assert bells == [Bell("person", cast.bob.pk)]
    assert User.objects.of_session(key) is None


@pytest.mark.django_db(transaction=True)
def test_a_new_password_of_ones_own_rings_ones_own_bell(
    cast: Cast, boss: User, desk: Client, bells: list[Bell]
) -> None:
    elsewhere = log_in(boss).session.session_key
    bells.clear()
    words = {"old_password": "correct horse", "new_password1": "a longer horse"}
    assert desk.post(reverse("admin:password_change"), words).status_code == 200
    assert bells == []
    words["new_password2"] = words["new_password1"]
    assert desk.post(reverse("admin:password_change"), words).status_code == 302
    assert bells == [Bell("person", boss.pk)]
    assert User.objects.of_session(elsewhere) is None
    assert User.objects.of_session(desk.session.session_key) == boss


@pytest.mark.parametrize("how", ["one", "many"])
@pytest.mark.django_db(transaction=True)
def test_a_deleted_person_leaves_their_lines_as_someones(
    cast: Cast, desk: Client, bells: list[Bell], how: str
) -> None:
    message = cast.say(cast.bob, "soup")
    bob = cast.bob.pk
    bells.clear()
    if how == "one":
        desk.post(url(User, "delete", bob), {"post": "yes"})
    else:
        response = choose(desk, User, "delete_selected", [cast.bob, cast.cleo], post="yes")
        assert told(response) == ["Deleted 2 users."]
    assert not User.objects.filter(pk=bob).exists()
    message.refresh_from_db()
    assert (message.author, message.text) == (None, "soup")
    assert cast.kitchen.entries.latest("position").kind == Kind.LEFT
    expected = {("group", cast.kitchen.pk), ("lobby", cast.kitchen.pk), ("person", bob)}
    assert kinds(bells) - {("person", cast.cleo.pk)} == expected


def test_before_a_person_goes_their_lines_are_counted(cast: Cast, desk: Client) -> None:
    cast.say(cast.bob, "soup")
    html = desk.get(url(User, "delete", cast.bob.pk)).content.decode()
    assert "Memberships: 1" in html
    assert "Lines of the log (kept without their author): 2" in html


def test_nobody_takes_power_from_themselves(cast: Cast, boss: User, desk: Client) -> None:
    other = User.objects.create_superuser("other")
    address = url(User, "change", boss.pk)
    assert "is_active" in desk.get(url(User, "change", other.pk)).context["adminform"].form.fields
    desk.post(address, {"email": "boss@example.org"})
    boss.refresh_from_db()
    assert boss.email == "boss@example.org"
    assert boss.is_active
    assert boss.is_superuser
    assert desk.post(url(User, "delete", boss.pk), {"post": "yes"}).status_code == 403
    html = choose(desk, User, "delete_selected", [boss, other]).content.decode()
    assert "Cannot delete users" in html
    assert choose(desk, User, "delete_selected", [boss, other], post="yes").status_code == 403
    assert User.objects.filter(pk__in=[boss.pk, other.pk]).count() == 2


def test_the_right_to_change_people_is_not_the_right_to_become_anyone(
    cast: Cast, boss: User, helper: User
) -> None:
    desk = log_in(helper)
    words = {"password1": "a longer horse", "password2": "a longer horse"}
    words["usable_password"] = "true"
    desk.post(
        url(User, "change", cast.bob.pk), standing(cast.bob, is_staff="on", is_superuser="on")
    )
    cast.bob.refresh_from_db()
    assert not cast.bob.is_staff
    assert not cast.bob.is_superuser
    password = "admin:auth_user_password_change"
    assert desk.post(reverse(password, args=[cast.bob.pk]), words).status_code == 302
    for above in (boss, helper):
        assert desk.get(url(User, "change", above.pk)).status_code == 200
        assert desk.post(url(User, "change", above.pk), {"email": ""}).status_code == 403
        assert desk.post(reverse(password, args=[above.pk]), words).status_code == 403
        assert desk.post(url(User, "delete", above.pk), {"post": "yes"}).status_code == 403
    assert desk.post(url(User, "delete", cast.cleo.pk), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=cast.cleo.pk).exists()


# --- the first admin --------------------------------------------------------------------------------


def test_the_first_admin_is_made_on_the_command_line(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse")

    def create(name: str) -> None:
        call_command(
            "createsuperuser", interactive=False, username=name, email="a@example.org", verbosity=0
        )

    create("Root")
    root = User.objects.get()
    assert (root.username, root.username_key) == ("Root", "root")
    assert log_in(root).get(reverse("admin:index")).status_code == 200
    for taken in ("Root", "rOOT", "ＲＯＯＴ"):
        with pytest.raises(CommandError, match="already taken"):
            create(taken)
    assert User.objects.count() == 1
