import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Entry, Kind, Membership, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_it_adds_a_line_with_the_next_number(cast: Cast):
    entry = cast.say(cast.bob, "Soup?")
    assert (entry.kind, entry.text, entry.author) == (Kind.MESSAGE, "Soup?", cast.bob)
    assert entry.position == entry.change == cast.head() == 4
    assert cast.lines()[-1] == entry


def test_it_rings_the_groups_bell_and_no_other(cast: Cast, bells_of):
    assert bells_of(lambda: cast.say(cast.bob, "Soup?")) == [Bell("group", cast.kitchen.pk, 4)]


def test_it_refuses_someone_who_left(cast: Cast, bells_of):
    bob = cast.member(cast.bob)
    actions.post_message(bob, text="Before", nonce="nonce-before")
    actions.leave_group(bob)
    head, count = cast.head(), Entry.objects.count()

    def post() -> None:
        with pytest.raises(Refused, match="not a member"):
            actions.post_message(bob, text="After", nonce="nonce-after")

    assert bells_of(post) == []
    # The number that was taken went back.
    assert (cast.head(), Entry.objects.count()) == (head, count)


def test_it_refuses_someone_who_was_deactivated(cast: Cast):
    bob = cast.member(cast.bob)
    actions.post_message(bob, text="Before", nonce="nonce-before")
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    with pytest.raises(Refused, match="not a member"):
        actions.post_message(bob, text="After", nonce="nonce-after")
    assert cast.lines()[-1].text == "Before"


def test_it_refuses_the_membership_of_another_time(cast: Cast):
    """Who leaves and joins again is another member: an old proof of entry proves nothing."""
    old = cast.member(cast.bob)
    actions.leave_group(old)
    actions.join_group(cast.bob, group=cast.kitchen)
    with pytest.raises(Refused):
        actions.post_message(old, text="Hello", nonce="nonce-hello")
    assert cast.say(cast.bob, "Hello").position == cast.head()


def test_it_refuses_where_the_group_is_gone(cast: Cast):
    bob = cast.member(cast.bob)
    cast.kitchen.delete()
    with pytest.raises(Refused, match="gone"):
        actions.post_message(bob, text="Hello", nonce="nonce-hello")


def test_the_same_nonce_and_text_is_the_same_message(cast: Cast, bells_of):
    bob = cast.member(cast.bob)
    first = actions.post_message(bob, text="Soup?", nonce="nonce-soup")
    again: list[Entry] = []
    bells = bells_of(
        lambda: again.append(actions.post_message(bob, text="Soup?", nonce="nonce-soup"))
    )
    assert again == [first]
    assert bells == []
    assert cast.head() == first.position


def test_the_same_nonce_with_another_text_is_a_new_message(cast: Cast):
    bob = cast.member(cast.bob)
    first = actions.post_message(bob, text="Soup?", nonce="nonce-soup")
    second = actions.post_message(bob, text="Salad?", nonce="nonce-soup")
    assert [line.text for line in cast.lines()[-2:]] == ["Soup?", "Salad?"]
    assert second.position == first.position + 1
    assert second.nonce != first.nonce


def test_it_stays_the_same_message_once_it_was_edited(cast: Cast):
    """The answer was lost, the author edited in another tab, and the first page sends again."""
    bob = cast.member(cast.bob)
    first = actions.post_message(bob, text="Soop", nonce="nonce-soup")
    actions.edit_message(bob, entry=first, text="Soup")
    assert actions.post_message(bob, text="Soop", nonce="nonce-soup") == first
    assert [line.text for line in cast.lines()[3:]] == ["Soup"]


def test_the_same_nonce_in_another_group_is_a_new_message(cast: Cast):
    garden = actions.create_group(cast.bob, name="Garden")
    there = Membership.objects.get(group=garden, user=cast.bob)
    actions.post_message(cast.member(cast.bob), text="Soup?", nonce="nonce-soup")
    entry = actions.post_message(there, text="Soup?", nonce="nonce-soup")
    assert entry.group == garden
    assert cast.lines()[-1].text == "Soup?"


def test_the_same_nonce_of_two_people_is_two_messages(cast: Cast):
    for user in (cast.ann, cast.bob):
        actions.post_message(cast.member(user), text="Soup?", nonce="nonce-soup")
    assert [line.author for line in cast.lines()[-2:]] == [cast.ann, cast.bob]


def test_a_nonce_is_made_anew_each_time():
    assert len({actions.new_nonce() for _ in range(100)}) == 100
