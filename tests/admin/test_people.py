"""People in the admin: accounts, passwords, rights, and who may give them."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from discuss import actions
from discuss.admin import UserAdmin
from discuss.doorbell.bell import Bell
from discuss.models import Deletion, Group, Kind, User
from discuss.reading.visitor import read_visitor
from tests.admin.desk import choose, form_of, kinds, rows_of, standing, told, url
from tests.cast import Cast, log_in
from tests.waiting import do_tasks


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
        ("two words", "letters and digits"),
        ("x" * 41, "at most 40"),
    ],
)
def test_a_new_person_cannot_have_a_name_that_sign_up_refuses(
    cast: Cast, desk: Client, name: str, why: str
) -> None:
    people = User.objects.count()
    response = desk.post(url(User, "add"), new_person(name))
    assert why in str(form_of(response).errors["username"])
    assert User.objects.count() == people


@pytest.mark.parametrize("name", ["हिन्दी", "น้ำฝน", "علی\u200cرضا"])
def test_a_new_person_is_called_by_letters_of_any_script(
    cast: Cast, desk: Client, name: str
) -> None:
    assert desk.post(url(User, "add"), new_person(name)).status_code == 302
    assert User.objects.latest("pk").username == name


def test_who_loses_a_race_for_a_name_is_told(
    cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(User.objects), "refuse_taken", lambda manager, name: None)
    response = desk.post(url(User, "add"), new_person("BOB"))
    assert response["Location"] == url(User, "add")
    assert told(response) == ["Someone has this name, or one that looks like it, already."]
    assert not LogEntry.objects.exists()


def test_a_name_stays_once_it_is_given(cast: Cast, desk: Client) -> None:
    address = url(User, "change", cast.bob.pk)
    form = form_of(desk.get(address))
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
    assert Bell("person", cast.bob.pk) in bells


def test_a_closed_account_is_a_line_in_each_of_the_persons_groups(
    cast: Cast, boss: User, desk: Client
) -> None:
    attic = actions.create_group(cast.bob, name="Attic", description="")
    for is_active, kind in (
        ("on", None),
        (None, Kind.ACCOUNT_CLOSED),
        ("on", Kind.ACCOUNT_REOPENED),
    ):
        heads = [Group.objects.get(pk=group.pk).head for group in (cast.kitchen, attic)]
        desk.post(url(User, "change", cast.bob.pk), standing(cast.bob, is_active=is_active))
        # No request locks all of them.
        assert [Group.objects.get(pk=group.pk).head for group in (cast.kitchen, attic)] == heads
        do_tasks()
        for group, head in zip((cast.kitchen, attic), heads, strict=True):
            lines = group.entries.filter(position__gt=head)
            said = [(line.kind, line.author, line.subject) for line in lines]
            assert said == ([(kind, boss, cast.bob)] if kind else [])


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
    cast: Cast, boss: User, desk: Client, bells: list[Bell]
) -> None:
    theirs = log_in(cast.bob)
    key = theirs.session.session_key
    assert read_visitor(key).user == cast.bob
    bells.clear()
    address = reverse("admin:auth_user_password_change", args=[cast.bob.pk])
    words = {"password1": "a longer horse", "password2": "another"}
    desk.post(address, {**words, "usable_password": "true"})
    assert bells == []
    words["password2"] = words["password1"]
    desk.post(address, {**words, "usable_password": "true"})
    # Django gives whoever changes a password a new session.
    assert set(bells) == {Bell("person", cast.bob.pk), Bell("person", boss.pk)}
    assert read_visitor(key).user is None


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
    assert set(bells) == {Bell("person", boss.pk)}
    assert read_visitor(elsewhere).user is None
    assert read_visitor(desk.session.session_key).user == boss


@pytest.mark.parametrize("how", ["one", "many"])
@pytest.mark.django_db(transaction=True)
def test_a_deleted_person_leaves_their_lines_as_someones(
    cast: Cast, desk: Client, bells: list[Bell], how: str
) -> None:
    message = cast.say(cast.bob, "soup")
    bob = cast.bob.pk
    bells.clear()
    if how == "one":
        response = desk.post(url(User, "delete", bob), {"post": "yes"})
        said = "The user “bob” was deleted successfully."
    else:
        response = choose(desk, User, "delete_selected", [cast.bob, cast.cleo], post="yes")
        said = "Deleted 2 users."
    assert told(response) == [said, UserAdmin.after_deletion]
    expected = {("person", bob), ("deletion", Deletion.objects.get(user=bob).pk)}
    assert {bell for bell in kinds(bells) if bell in expected} == expected
    listed = rows_of(desk.get(url(User, "changelist")))
    assert cast.bob not in listed
    assert cast.ann in listed
    # The hub goes on from here.
    actions.finish_deletions()
    assert not User.objects.filter(pk=bob).exists()
    message.refresh_from_db()
    assert (message.author, message.text) == (None, "soup")
    assert cast.kitchen.entries.latest("position").kind == Kind.LEFT


@pytest.mark.django_db
def test_who_is_being_deleted_cannot_be_let_in_again(cast: Cast, boss: User, desk: Client) -> None:
    address = url(User, "change", cast.bob.pk)
    assert desk.get(address).status_code == 200
    actions.delete_user(boss, user=cast.bob)
    for view in ("change", "delete"):
        data = standing(cast.bob, is_active="on", post="yes")
        response = desk.post(url(User, view, cast.bob.pk), data)
        assert "doesn’t exist" in told(response)[0]
    cast.bob.refresh_from_db()
    assert not cast.bob.is_active
    assert Deletion.objects.count() == 1


def test_before_a_person_goes_their_lines_are_counted(cast: Cast, desk: Client) -> None:
    cast.say(cast.bob, "soup")
    html = desk.get(url(User, "delete", cast.bob.pk)).content.decode()
    assert "Memberships: 1" in html
    assert "Lines of the log (kept without their author): 2" in html


def test_nobody_takes_power_from_themselves(cast: Cast, boss: User, desk: Client) -> None:
    other = User.objects.create_superuser("other")
    address = url(User, "change", boss.pk)
    assert "is_active" in form_of(desk.get(url(User, "change", other.pk))).fields
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
    assert [deletion.user for deletion in Deletion.objects.all()] == [cast.cleo]
