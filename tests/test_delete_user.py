import pytest

from discuss import actions
from discuss.doorbell.bells import Bell
from discuss.models import Entry, Kind, Membership, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_lines_stay_as_someones_and_count_as_changed(cast: Cast):
    entry, other = cast.say(cast.bob, "Soup"), cast.say(cast.ann, "Yes")
    actions.delete_user(cast.bob)
    entry.refresh_from_db()
    other.refresh_from_db()
    assert (entry.text, entry.author, entry.position) == ("Soup", None, 4)
    assert entry.change == cast.head() == 6
    assert other.change == 5


def test_members_are_told_that_someone_left(cast: Cast):
    actions.delete_user(cast.bob)
    line = cast.lines()[-1]
    assert (line.kind, line.author, line.subject, line.position) == (Kind.LEFT, None, None, 4)
    assert not Membership.objects.filter(user_id=cast.bob.pk).exists()
    assert not User.objects.filter(username="bob").exists()


def test_a_group_that_the_person_left_before_changes_without_a_new_line(cast: Cast):
    actions.leave_group(cast.member(cast.bob))
    count = Entry.objects.count()
    actions.delete_user(cast.bob)
    assert Entry.objects.count() == count
    assert cast.head() == 5


def test_groups_that_never_knew_the_person_stay_as_they_are(cast: Cast):
    actions.delete_user(cast.cleo)
    assert cast.head() == 3


def test_it_rings_for_each_group_and_the_person(cast: Cast, bells_of):
    garden = actions.create_group(cast.bob, name="Garden")
    bob = cast.bob.pk
    bells = bells_of(lambda: actions.delete_user(cast.bob))
    assert set(bells) == {
        Bell("group", cast.kitchen.pk, 4),
        Bell("lobby", cast.kitchen.pk),
        Bell("group", garden.pk, 2),
        Bell("lobby", garden.pk),
        Bell("person", bob),
    }
