"""Moderators of the site: made by one action, with just the rights that they need, and no way to more."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group as PermissionGroup, Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from discuss import actions
from discuss.doorbell.bell import Bell
from discuss.models import Entry, Event, Group, Invitation, Kind, Membership, Message, User
from discuss.rules.rights import RIGHTS
from tests.admin.desk import choose, rows_of, told, url
from tests.cast import Cast, log_in
from tests.document import Document, text
from tests.waiting import do_tasks

URL_ENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def mia(cast: Cast, boss: User) -> User:
    """A moderator of the site."""
    user = User.objects.create_user("mia", email="mia@example.org")
    actions.make_site_moderator(boss, user=user)
    user.refresh_from_db()
    return user


def rights(user: User) -> set[str]:
    return User.objects.get(pk=user.pk).get_all_permissions()


# --- by one action ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_somebody_becomes_one_and_is_none_any_more(
    cast: Cast, desk: Client, bells: list[Bell]
) -> None:
    bells.clear()
    response = choose(desk, User, "make_moderator", [cast.bob, cast.cleo])
    assert told(response) == ["New moderators of the site: 2."]
    assert set(bells) == {Bell("person", cast.bob.pk), Bell("person", cast.cleo.pk)}
    for user in (cast.bob, cast.cleo):
        assert User.objects.get(pk=user.pk).is_staff
        assert rights(user) == {f"discuss.{right}" for right in RIGHTS}
    assert not rights(cast.ann)
    listed = desk.get(url(User, "changelist")).content.decode()
    assert listed.count(">Moderator of the site<") == 2
    response = choose(desk, User, "take_rights", [cast.bob, cast.ann])
    assert told(response) == ["Moderators of the site no more: 1."]
    assert not rights(cast.bob)
    assert not User.objects.get(pk=cast.bob.pk).is_staff
    assert rights(cast.cleo)
    notes = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    made, taken = "Made a moderator of the site.", "Took the moderator's rights away."
    assert [*notes] == [made, made, taken]


def test_once_is_enough(cast: Cast, boss: User, mia: User, desk: Client) -> None:
    assert told(choose(desk, User, "make_moderator", [mia, boss])) == [
        "New moderators of the site: 0."
    ]
    assert not boss.groups.exists()
    assert not LogEntry.objects.exists()


def test_whoever_has_other_rights_keeps_them(boss: User, mia: User) -> None:
    mia.user_permissions.add(Permission.objects.get(codename="add_invitation"))
    assert actions.take_site_moderators_rights(boss, user=mia)
    assert rights(mia) == {"discuss.add_invitation"}
    assert User.objects.get(pk=mia.pk).is_staff


def test_a_closed_account_is_made_none(cast: Cast, desk: Client) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    response = choose(desk, User, "make_moderator", [cast.bob])
    assert told(response)[0] == "bob: This account is not active."
    assert not rights(cast.bob)


def test_their_rights_are_those_of_this_version(cast: Cast, boss: User, mia: User) -> None:
    PermissionGroup.objects.get().permissions.set(Permission.objects.all())
    assert "discuss.change_user" in rights(mia)
    actions.make_site_moderator(boss, user=cast.bob)
    assert rights(mia) == {f"discuss.{right}" for right in RIGHTS}


@pytest.mark.django_db
def test_these_rights_are_there() -> None:
    assert {*RIGHTS} <= {*Permission.objects.values_list("codename", flat=True)}


# --- what they do -----------------------------------------------------------------------------------------


def test_they_keep_order(cast: Cast, mia: User) -> None:
    desk = log_in(mia)
    entry = cast.say(cast.bob, "Watches")
    event = Event.objects.earliest("pk")
    invitation = actions.make_invitation(cast.member(cast.ann), group=cast.kitchen, uses=1, days=1)
    for model, row in (
        (Message, entry),
        (Event, event),
        (Group, cast.kitchen),
        (Membership, cast.member(cast.bob)),
        (User, cast.bob),
        (Invitation, invitation),
    ):
        assert desk.get(url(model, "changelist")).status_code == 200, model
        assert desk.get(url(model, "change", row.pk)).status_code == 200, model
    address = reverse("admin:discuss_message_context", args=[entry.pk])
    assert "Watches" in desk.get(address).content.decode()
    choose(desk, Message, "remove", [entry])
    choose(desk, Invitation, "revoke", [invitation])
    choose(desk, Membership, "delete_selected", [cast.member(cast.bob)], post="yes")
    choose(desk, User, "close_accounts", [cast.bob])
    assert Entry.objects.get(pk=entry.pk).is_hidden
    assert not Invitation.objects.standing().exists()
    assert not cast.bob.memberships.exists()
    assert not User.objects.get(pk=cast.bob.pk).is_active


def test_they_close_an_account_and_open_it_again(cast: Cast, mia: User) -> None:
    desk = log_in(mia)
    theirs = log_in(cast.bob)
    for action, kind, said, status in (
        ("close_accounts", Kind.ACCOUNT_CLOSED, "Closed: 1.", 302),
        ("open_accounts", Kind.ACCOUNT_REOPENED, "Opened: 1.", 200),
    ):
        assert told(choose(desk, User, action, [cast.bob]))[-1] == said
        do_tasks()
        assert theirs.get("/").status_code == status
        line = cast.lines()[-1]
        assert (line.kind, line.author, line.subject) == (kind, mia, cast.bob)
        # A second time there is nothing to do.
        again = told(choose(desk, User, action, [cast.bob]))
        assert again[-1] == said.replace("1", "0")
        do_tasks()
        assert cast.lines()[-1] == line


def test_what_somebody_was_allowed_once_does_not_wake(cast: Cast, desk: Client) -> None:
    cast.bob.user_permissions.add(Permission.objects.get(codename="change_user"))
    choose(desk, User, "make_moderator", [cast.bob])
    bob = User.objects.get(pk=cast.bob.pk)
    assert bob.has_perm("discuss.delete_message")
    assert not bob.has_perm("discuss.change_user")
    choose(desk, User, "take_rights", [cast.bob])
    assert not User.objects.get(pk=cast.bob.pk).is_staff


def test_they_take_a_display_name_away(cast: Cast, mia: User, boss: User) -> None:
    for user in (cast.bob, boss):
        actions.change_display_name(user, display_name=f"Rude {user.username}")
        do_tasks()
    desk = log_in(mia)
    assert told(choose(desk, User, "take_display_names", [cast.bob])) == [
        "Called by their usernames again: 1."
    ]
    do_tasks()
    cast.bob.refresh_from_db()
    assert cast.bob.name == "bob"
    line = cast.lines()[-1]
    assert (line.kind, line.author, line.text, line.details) == (Kind.NAMED, mia, "", None)
    # No line says it any more.
    response = log_in(cast.ann).get(cast.kitchen.get_absolute_url())
    page = text(Document(response.content.decode()).document)
    assert "mia took the display name of bob away" in page
    assert "bob changed their display name" in page
    assert "Rude" not in page
    # Staff are for superusers alone.
    choose(desk, User, "take_display_names", [boss])
    boss.refresh_from_db()
    assert boss.name == "Rude boss"
    assert rows_of(desk.get(url(User, "changelist") + "?q=rude")) == [boss]


def test_they_see_no_address_of_mail(cast: Cast, desk: Client, mia: User) -> None:
    User.objects.filter(pk=cast.bob.pk).update(email="bob@example.org")
    asked = [
        url(User, "changelist"),
        url(User, "changelist") + "?q=bob",
        url(User, "change", cast.bob.pk),
    ]
    for address in asked:
        assert "bob@example.org" in desk.get(address).content.decode(), address
        response = log_in(mia).get(address)
        assert response.status_code == 200
        assert "bob@example" not in response.content.decode(), address
    for query in ("?q=bob@example", "?email__startswith=bob@"):
        assert rows_of(desk.get(url(User, "changelist") + query)) == [cast.bob]
    response = log_in(mia).get(url(User, "changelist") + "?q=bob@example")
    assert not rows_of(response)
    response = log_in(mia).get(url(User, "changelist") + "?email__startswith=bob@")
    assert response.status_code == 400


# --- and no more ------------------------------------------------------------------------------------------


# All fields that say what somebody may do, as a form sends them.
FORGED = {
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "on",
    "post": "yes",
    "email": "x@example.org",
}
PASSWORDS = {
    "password1": "a longer horse",
    "password2": "a longer horse",
    "usable_password": "true",
    "old_password": "no",
    "new_password1": "a longer horse",
    "new_password2": "a longer horse",
}


def forged() -> dict[str, Any]:
    return {
        **FORGED,
        **PASSWORDS,
        "username": "mallory",
        "name": "Mallory",
        "groups": [*PermissionGroup.objects.values_list("pk", flat=True)],
        "user_permissions": [*Permission.objects.values_list("pk", flat=True)],
    }


def attempts(mia: User, cast: Cast) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each address of the admin for each row, and each action of each list, with all fields."""
    for model, model_admin in admin.site._registry.items():
        rows = model._default_manager.all()
        pks = [row.pk for row in rows]
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        lists = reverse(f"{base}_changelist")
        yield reverse(f"{base}_add"), forged() | {"user": mia.pk, "group": cast.kitchen.pk}
        for pk in pks:
            for view in ("change", "delete"):
                yield reverse(f"{base}_{view}", args=[pk]), forged()
        for action in [getattr(each, "__name__", each) for each in model_admin.actions or ()]:
            yield lists, forged() | {"action": action, "_selected_action": pks, "index": "0"}
    for user in User.objects.all():
        yield reverse("admin:auth_user_password_change", args=[user.pk]), forged()


def state() -> tuple[list[list[Any]], set[Any]]:
    """Return what each person may do, and who is more than a member anywhere.

    What follows from these rows is not worked out for each person: that takes longer than an attempt.
    """
    active = {"user__is_active": True}
    rights = (
        User.objects.values_list("pk", "password", "is_staff", "is_superuser"),
        User.objects.filter(is_superuser=True, is_active=True).values_list("pk"),
        User.user_permissions.through.objects.filter(**active).values_list("user", "permission"),
        User.groups.through.objects.filter(**active).values_list("user", "group"),
        PermissionGroup.objects.values_list("name", "permissions"),
    )
    above = Membership.objects.exclude(role="member").values_list("group", "user", "role")
    return [sorted(each, key=str) for each in rights], set(above)


def gained(client: Client, tried: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Return by which of these attempts anybody came to more, or to another password. Each is undone."""
    rights, above = state()
    found = []
    session = str(client.session.session_key)
    for address, fields in tried:
        # A new password of one's own is a new session.
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        with transaction.atomic():
            # As browsers send it: a form in so many parts would be refused.
            client.post(address, urlencode(fields, doseq=True), content_type=URL_ENCODED)
            rights_now, above_now = state()
            if rights_now != rights or above_now - above:
                found.append(f"{address} {fields.get('action', '')}".strip())
            transaction.set_rollback(True)
    return found


def test_a_moderator_becomes_no_superuser_by_any_field_or_action(
    cast: Cast, desk: Client, mia: User
) -> None:
    """Nor does anybody else by a moderator, or gets a right, a password or a role from them."""
    actions.join_group(mia, group=cast.kitchen)
    cast.say(mia, "Soup")
    tried = [*attempts(mia, cast)]
    # A superuser comes to much by them, so the test could fail.
    by_superuser = gained(desk, tried)
    assert {
        url(User, "add"),
        url(User, "change", mia.pk),
        reverse("admin:auth_user_password_change", args=[mia.pk]),
        f"{url(User, 'changelist')} make_moderator",
        f"{url(Membership, 'changelist')} make_owner",
    } <= {*by_superuser}
    assert gained(log_in(mia), tried) == []


def test_superusers_alone_make_moderators(cast: Cast, mia: User, helper: User) -> None:
    for who in (mia, helper, cast.ann):
        for act in (actions.make_site_moderator, actions.take_site_moderators_rights):
            with pytest.raises(actions.Refused, match="Only a superuser may do this"):
                act(who, user=cast.bob)
    for who in (mia, helper):
        assert "make_moderator" not in log_in(who).get(url(User, "changelist")).content.decode()
        choose(log_in(who), User, "make_moderator", [cast.bob])
        choose(log_in(who), User, "take_rights", [mia])
    assert not rights(cast.bob)
    assert rights(mia)


def test_nobody_closes_staff_or_themselves(cast: Cast, boss: User, mia: User, desk: Client) -> None:
    other = User.objects.create_user("other", is_staff=True)
    response = choose(log_in(mia), User, "close_accounts", [boss, mia, other])
    assert len(told(response)) == 4
    refused = "Only another superuser may close or delete an account of staff."
    assert told(response)[0].endswith(refused)
    assert told(choose(desk, User, "close_accounts", [boss]))[0].endswith(refused)
    assert User.objects.filter(is_active=False).count() == 0
    choose(desk, User, "close_accounts", [mia])
    assert not User.objects.get(pk=mia.pk).is_active
    with pytest.raises(actions.Refused, match="somebody else"):
        actions.close_account(cast.ann, user=cast.bob)


def test_who_removes_members_names_no_owner(cast: Cast, mia: User) -> None:
    """Else they would make themselves one, who may close the group."""
    actions.join_group(mia, group=cast.kitchen)
    choose(log_in(mia), Membership, "make_owner", [cast.member(mia)])
    assert cast.member(mia).role == "member"


def test_who_is_being_deleted_is_opened_by_nobody(cast: Cast, boss: User, mia: User) -> None:
    actions.delete_user(boss, user=cast.bob)
    assert not actions.open_account(mia, user=cast.bob)
    assert not User.objects.get(pk=cast.bob.pk).is_active
