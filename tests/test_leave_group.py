import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Kind, Membership, Role, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_it_ends_the_membership_and_writes_an_event(cast: Cast):
    actions.leave_group(cast.member(cast.bob))
    assert not Membership.objects.filter(group=cast.kitchen, user=cast.bob).exists()
    event = cast.lines()[-1]
    assert (event.kind, event.author, event.subject) == (Kind.LEFT, cast.bob, cast.bob)
    assert event.position == cast.head() == 4


def test_it_rings_for_the_group_the_lobby_and_the_person(cast: Cast, bells_of):
    bob, pk = cast.member(cast.bob), cast.kitchen.pk
    bells = bells_of(lambda: actions.leave_group(bob))
    assert set(bells) == {Bell("group", pk, 4), Bell("lobby", pk), Bell("person", cast.bob.pk)}


def test_leaving_twice_writes_one_event(cast: Cast, bells_of):
    bob = cast.member(cast.bob)
    actions.leave_group(bob)
    assert bells_of(lambda: actions.leave_group(bob)) == []
    assert [line.kind for line in cast.lines()].count(Kind.LEFT) == 1
    assert cast.head() == 4


def test_the_last_owner_may_not(cast: Cast):
    with pytest.raises(Refused, match="hand it over"):
        actions.leave_group(cast.member(cast.ann))
    assert cast.member(cast.ann).role == Role.OWNER
    assert cast.head() == 3


def test_the_only_member_is_told_to_close_it(cast: Cast):
    Membership.objects.filter(group=cast.kitchen).exclude(user=cast.ann).delete()
    with pytest.raises(Refused, match="close it instead"):
        actions.leave_group(cast.member(cast.ann))


def test_an_owner_whose_account_is_closed_does_not_count(cast: Cast):
    Membership.objects.filter(group=cast.kitchen, user=cast.bob).update(role=Role.OWNER)
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    with pytest.raises(Refused, match="hand it over"):
        actions.leave_group(cast.member(cast.ann))


def test_an_owner_beside_another_may(cast: Cast):
    Membership.objects.filter(group=cast.kitchen, user=cast.bob).update(role=Role.OWNER)
    actions.leave_group(cast.member(cast.ann))
    assert not Membership.objects.filter(group=cast.kitchen, user=cast.ann).exists()


def test_from_the_lobby_it_is_the_same(cast: Cast):
    actions.leave_from_lobby(cast.bob, group=cast.kitchen)
    assert cast.lines()[-1].kind == Kind.LEFT
    with pytest.raises(Refused, match="hand it over"):
        actions.leave_from_lobby(cast.ann, group=cast.kitchen)


def test_from_the_lobby_a_stranger_leaves_nothing(cast: Cast, bells_of):
    assert bells_of(lambda: actions.leave_from_lobby(cast.cleo, group=cast.kitchen)) == []
    assert cast.head() == 3
