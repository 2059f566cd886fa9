import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bells import Bell
from discuss.models import Entry, Group, Membership, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_group_its_log_and_its_members_go(cast: Cast):
    garden = actions.create_group(cast.cleo, name="Garden")
    sam = User.objects.create_user("sam", is_staff=True)
    actions.delete_group(sam, group=cast.kitchen)
    assert list(Group.objects.all()) == [garden]
    assert [entry.group for entry in Entry.objects.all()] == [garden]
    assert [membership.user for membership in Membership.objects.all()] == [cast.cleo]


def test_it_rings_for_everybody_whom_it_concerns(cast: Cast, bells_of):
    sam = User.objects.create_user("sam", is_staff=True)
    bells = bells_of(lambda: actions.delete_group(sam, group=cast.kitchen))
    pk = cast.kitchen.pk
    people = {Bell("person", user.pk) for user in (cast.ann, cast.mod, cast.bob)}
    assert set(bells) == {Bell("group", pk, 4), Bell("lobby", pk), *people}


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
