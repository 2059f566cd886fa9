import pytest
from django.urls import reverse

from discuss import actions
from discuss.actions import Refused, deletions
from discuss.doorbell.bell import Bell
from discuss.models import Deletion, Entry, Group, Kind, Membership, User
from discuss.reading.lobby import ListQuery, read_listing
from discuss.reading.log import read_heads, read_news
from tests.cast import Cast, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def test_the_group_its_log_and_its_members_go(cast: Cast):
    garden = actions.create_group(cast.cleo, name="Garden")
    sam = User.objects.create_user("sam", is_staff=True)
    actions.delete_group(sam, group=cast.kitchen)
    actions.finish_deletions()
    assert list(Group._base_manager.all()) == [garden]
    assert [entry.group for entry in Entry.objects.all()] == [garden]
    assert [membership.user for membership in Membership.objects.all()] == [cast.cleo]


def test_it_rings_for_everybody_whom_it_concerns(cast: Cast, bells_of):
    sam = User.objects.create_user("sam", is_staff=True)
    bells = bells_of(lambda: actions.delete_group(sam, group=cast.kitchen))
    pk = cast.kitchen.pk
    people = {Bell("person", user.pk) for user in (cast.ann, cast.mod, cast.bob)}
    deletion = Bell("deletion", Deletion.objects.get(group=pk).pk)
    assert set(bells) == {Bell("group", pk, 4), Bell("lobby", pk), deletion, *people}


def test_it_refuses_who_is_not_staff_even_the_owner(cast: Cast):
    with pytest.raises(Refused, match="staff"):
        actions.delete_group(cast.ann, group=cast.kitchen)
    assert cast.head() == 3


def test_a_group_that_is_gone_already_is_refused(cast: Cast, bells_of):
    sam = User.objects.create_user("sam", is_staff=True)
    actions.delete_group(sam, group=cast.kitchen)

    def delete() -> None:
        with pytest.raises(Refused, match="gone"):
            actions.delete_group(sam, group=cast.kitchen)

    assert bells_of(delete) == []


def test_an_owner_may_and_no_other_member(cast: Cast):
    for user in (cast.bob, cast.mod):
        with pytest.raises(Refused, match="Only an owner"):
            actions.delete_group(cast.member(user), group=cast.kitchen)
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    assert not Group.objects.exists()


def test_an_owner_of_another_group_may_not(cast: Cast):
    garden = actions.create_group(cast.cleo, name="Garden")
    with pytest.raises(Refused, match="not a member"):
        actions.delete_group(garden.memberships.get(), group=cast.kitchen)


# --- hidden at once, gone little by little ----------------------------------------------------------------


def test_it_is_there_for_nobody_from_the_beginning(cast: Cast):
    bob = cast.member(cast.bob)
    cast.say(cast.bob, "Soup")
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    assert Entry.objects.filter(group=cast.kitchen).count() == 4
    with pytest.raises(Refused, match="gone"):
        actions.post_message(bob, text="Still here", nonce="1")
    with pytest.raises(Refused, match="gone"):
        actions.join_group(cast.cleo, group=cast.kitchen)
    assert actions.post_messages([actions.Draft(bob, "Still here", "2")]) == [actions.AGAIN]
    assert not cast.bob.memberships.exists()
    assert read_news(cast.kitchen.pk, 0) is None
    assert read_heads([cast.kitchen.pk]) == {}
    assert read_listing(ListQuery(), cast.bob.pk).groups == []
    path = cast.kitchen.get_absolute_url()
    assert log_in(cast.bob).get(path).status_code == 404
    boss = User.objects.create_superuser("boss")
    messages = log_in(boss).get(reverse("admin:discuss_message_changelist"))
    assert "Soup" not in messages.content.decode()
    # And its name is free, whatever becomes of its lines.
    actions.create_group(cast.bob, name="kitchen")


def test_a_step_deletes_so_many_lines_and_others_write_in_between(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(deletions, "LINES_AT_ONCE", 10)
    monkeypatch.setattr(deletions, "LINES_LOOKED_UP", 25)
    garden = actions.create_group(cast.ann, name="Garden")
    for number in range(42):
        cast.say(cast.bob, f"Soup {number}")
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    lines = Entry.objects.filter(group=cast.kitchen)
    left = [lines.count()]
    for _ in actions.take_steps(Deletion.objects.get()):
        left.append(lines.count())
        actions.post_message(garden.memberships.get(), text="Meanwhile", nonce=actions.new_nonce())
    # The three lines of those who joined are among them, and the last step is for the group.
    assert left == [45, 35, 25, 20, 10, 0, 0]
    assert Group._base_manager.get() == garden
    assert garden.entries.filter(kind=Kind.MESSAGE).count() == 6
    assert not Deletion.objects.exists()


def test_it_goes_on_where_it_was_broken_off(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(deletions, "LINES_AT_ONCE", 2)
    for _ in range(5):
        cast.say(cast.bob, "Soup")
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    honest = deletions._delete_lines

    def delete_lines(pks: tuple[int, ...]) -> None:
        honest(pks)
        if Entry.objects.count() < 5:
            raise ZeroDivisionError

    monkeypatch.setattr(deletions, "_delete_lines", delete_lines)
    with pytest.raises(ZeroDivisionError):
        actions.finish_deletions()
    assert Entry.objects.count() == 6
    monkeypatch.setattr(deletions, "_delete_lines", honest)
    actions.finish_deletions()
    assert not Entry.objects.exists()
    assert not Group._base_manager.exists()
