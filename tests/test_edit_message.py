import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_it_changes_the_text_and_takes_a_number_but_keeps_the_place(cast: Cast):
    entry = cast.say(cast.bob, "Soop")
    cast.say(cast.ann, "What?")
    actions.edit_message(cast.member(cast.bob), entry=entry, text="Soup")
    entry.refresh_from_db()
    assert (entry.text, entry.position, entry.change) == ("Soup", 4, 6)
    assert entry.edited_at is not None
    assert cast.head() == 6


def test_it_rings_the_groups_bell(cast: Cast, bells_of):
    bob, entry = cast.member(cast.bob), cast.say(cast.bob, "Soop")
    bells = bells_of(lambda: actions.edit_message(bob, entry=entry, text="Soup"))
    assert bells == [Bell("group", cast.kitchen.pk, 5)]


def test_the_same_text_changes_nothing(cast: Cast, bells_of):
    bob, entry = cast.member(cast.bob), cast.say(cast.bob, "Soup")
    assert bells_of(lambda: actions.edit_message(bob, entry=entry, text="Soup")) == []
    entry.refresh_from_db()
    assert (cast.head(), entry.change, entry.edited_at) == (4, 4, None)


@pytest.mark.parametrize("name", ["ann", "mod"])
def test_it_refuses_everybody_but_the_author(cast: Cast, name: str):
    entry = cast.say(cast.bob, "Soup")
    with pytest.raises(Refused, match="author"):
        actions.edit_message(cast.member(getattr(cast, name)), entry=entry, text="Salad")
    entry.refresh_from_db()
    assert (entry.text, cast.head()) == ("Soup", 4)
    actions.edit_message(cast.member(cast.bob), entry=entry, text="Salad")


def test_it_refuses_an_author_who_left(cast: Cast):
    bob, entry = cast.member(cast.bob), cast.say(cast.bob, "Soup")
    actions.leave_group(bob)
    with pytest.raises(Refused, match="not a member"):
        actions.edit_message(bob, entry=entry, text="Salad")
    assert cast.head() == 5


def test_it_refuses_a_message_that_was_hidden(cast: Cast):
    bob, entry = cast.member(cast.bob), cast.say(cast.bob, "Soup")
    actions.hide_message(bob, entry=entry)
    with pytest.raises(Refused, match="removed"):
        actions.edit_message(bob, entry=entry, text="Salad")


def test_it_refuses_a_message_of_another_group(cast: Cast):
    garden = actions.create_group(cast.bob, name="Garden")
    there = garden.memberships.get()
    entry = actions.post_message(there, text="Slugs", nonce="nonce-slugs")
    with pytest.raises(Refused, match="no such message"):
        actions.edit_message(cast.member(cast.bob), entry=entry, text="Snails")
    actions.edit_message(there, entry=entry, text="Snails")


def test_it_refuses_an_event(cast: Cast):
    event = cast.lines()[-1]
    assert event.author == cast.bob
    with pytest.raises(Refused, match="no such message"):
        actions.edit_message(cast.member(cast.bob), entry=event, text="Hello")
