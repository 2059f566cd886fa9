"""Acts of moderation in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from discuss.models import Act, Ban, Bar, Membership, Message, User
from discuss.moderation.actions import perform_act
from tests.admin.desk import choose, told
from tests.cast import Cast, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> Client:
    return log_in(User.objects.create_superuser("boss"))


def test_it_asks_why_and_for_how_long_before_anything_is_done(cast: Cast, desk: Client):
    asked = choose(desk, User, "ban", [cast.bob]).content.decode()
    assert "For how long" in asked
    assert not Act.objects.exists()
    wrong = choose(desk, User, "ban", [cast.bob], act="yes", length="1s").content.decode()
    assert "For how long" in wrong
    assert not Act.objects.exists()


def test_it_bans_and_lets_in_again(cast: Cast, desk: Client):
    response = choose(desk, User, "ban", [cast.bob], act="yes", length="7d", reason="spam")
    assert told(response) == ["Banned from the site: 1."]
    assert Ban.objects.get().user == cast.bob
    assert Act.objects.get().reason == "spam"
    response = choose(desk, User, "end_ban", [cast.bob], act="yes")
    assert told(response)[-1] == "Ban ended: 1."
    assert not Ban.objects.exists()


def test_it_shows_messages_again(cast: Cast, desk: Client):
    soup = cast.say(cast.bob, "Soup")
    perform_act(cast.member(cast.mod), "hide", entry=soup)
    choose(desk, Message, "restore", [soup], act="yes")
    soup.refresh_from_db()
    assert not soup.is_hidden


def test_it_times_out_and_bars_members(cast: Cast, desk: Client):
    bob = cast.member(cast.bob)
    choose(desk, Membership, "time_out", [bob], act="yes", length="1h")
    bob.refresh_from_db()
    assert bob.muted_until is not None
    choose(desk, Membership, "bar", [bob], act="yes", length="ever")
    assert Bar.objects.get().user == cast.bob


def test_the_rights_of_a_moderator_of_the_site_are_enough_and_needed(cast: Cast):
    sam = User.objects.create_user("sam", is_staff=True)
    some = Permission.objects.filter(codename__in=["view_membership", "view_user"])
    sam.user_permissions.set(some)
    bob, client = cast.member(cast.bob), log_in(sam)
    choose(client, Membership, "time_out", [bob], act="yes", length="1h")
    choose(client, User, "ban", [cast.bob], act="yes", length="ever")
    assert not Act.objects.exists()
    sam.user_permissions.add(*Permission.objects.filter(codename__in=["add_act", "close_user"]))
    choose(client, Membership, "time_out", [bob], act="yes", length="1h")
    choose(client, User, "ban", [cast.bob], act="yes", length="ever")
    assert Act.objects.count() == 2
