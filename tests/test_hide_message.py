import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["bob", "mod", "ann"])
def test_the_author_a_moderator_and_an_owner_may(cast: Cast, name: str):
    entry = cast.say(cast.bob, "Soup")
    actions.hide_message(cast.member(getattr(cast, name)), entry=entry)
    entry.refresh_from_db()
    assert entry.is_hidden
    assert (entry.text, entry.position, entry.change, cast.head()) == ("Soup", 4, 5, 5)


def test_staff_may_without_being_a_member(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    staff = User.objects.create_user("sam", is_staff=True)
    actions.hide_message(staff, entry=entry)
    entry.refresh_from_db()
    assert entry.is_hidden


def test_it_refuses_another_member(cast: Cast):
    actions.join_group(cast.cleo, group=cast.kitchen)
    entry, head = cast.say(cast.bob, "Soup"), cast.head()
    with pytest.raises(Refused, match="author or a moderator"):
        actions.hide_message(cast.member(cast.cleo), entry=entry)
    entry.refresh_from_db()
    assert (entry.is_hidden, cast.head()) == (False, head)


def test_it_refuses_a_user_who_is_not_staff_or_not_any_more(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    with pytest.raises(Refused, match="staff"):
        actions.hide_message(cast.bob, entry=entry)
    sam = User.objects.create_user("sam", is_staff=True)
    User.objects.filter(pk=sam.pk).update(is_active=False)
    with pytest.raises(Refused, match="staff"):
        actions.hide_message(sam, entry=entry)
    entry.refresh_from_db()
    assert not entry.is_hidden


def test_it_refuses_the_moderator_of_another_group(cast: Cast):
    garden = actions.create_group(cast.cleo, name="Garden")
    entry = cast.say(cast.bob, "Soup")
    with pytest.raises(Refused, match="not a member"):
        actions.hide_message(garden.memberships.get(), entry=entry)
    entry.refresh_from_db()
    assert not entry.is_hidden


def test_it_refuses_an_event(cast: Cast):
    with pytest.raises(Refused, match="no such message"):
        actions.hide_message(cast.member(cast.ann), entry=cast.lines()[0])


def test_hiding_twice_changes_nothing(cast: Cast, bells_of):
    entry, mod = cast.say(cast.bob, "Soup"), cast.member(cast.mod)
    first = bells_of(lambda: actions.hide_message(mod, entry=entry))
    entry.refresh_from_db()
    hidden_at = entry.hidden_at
    again = bells_of(lambda: actions.hide_message(mod, entry=entry))
    entry.refresh_from_db()
    assert sorted(first) == [
        Bell("group", cast.kitchen.pk, 5),
        Bell("hidden", cast.kitchen.pk, 5),
    ]
    assert again == []
    assert (entry.hidden_at, cast.head()) == (hidden_at, 5)
