import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Kind, Membership, Role, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_it_makes_a_member_and_writes_an_event(cast: Cast):
    membership = actions.join_group(cast.cleo, group=cast.kitchen)
    assert (membership.user, membership.role) == (cast.cleo, Role.MEMBER)
    event = cast.lines()[-1]
    assert (event.kind, event.author, event.subject) == (Kind.JOINED, cast.cleo, cast.cleo)
    assert event.position == event.change == cast.head() == 4


def test_it_rings_for_the_group_the_lobby_and_the_person(cast: Cast, bells_of):
    bells = bells_of(lambda: actions.join_group(cast.cleo, group=cast.kitchen))
    pk = cast.kitchen.pk
    assert set(bells) == {Bell("group", pk, 4), Bell("lobby", pk), Bell("person", cast.cleo.pk)}


def test_joining_twice_writes_one_event(cast: Cast, bells_of):
    first = actions.join_group(cast.cleo, group=cast.kitchen)
    second: list[Membership] = []
    bells = bells_of(lambda: second.append(actions.join_group(cast.cleo, group=cast.kitchen)))
    assert (second, bells) == ([first], [])
    assert [line.kind for line in cast.lines()].count(Kind.JOINED) == 3
    assert cast.head() == 4


def test_who_has_a_role_keeps_it(cast: Cast):
    actions.join_group(cast.ann, group=cast.kitchen)
    assert cast.member(cast.ann).role == Role.OWNER


def test_it_refuses_someone_who_was_deactivated(cast: Cast):
    User.objects.filter(pk=cast.cleo.pk).update(is_active=False)
    with pytest.raises(Refused, match="not active"):
        actions.join_group(cast.cleo, group=cast.kitchen)
    assert cast.head() == 3
    User.objects.filter(pk=cast.cleo.pk).update(is_active=True)
    actions.join_group(cast.cleo, group=cast.kitchen)


def test_it_refuses_a_group_that_is_gone(cast: Cast):
    cast.kitchen.__class__.objects.filter(pk=cast.kitchen.pk).delete()
    with pytest.raises(Refused, match="gone"):
        actions.join_group(cast.cleo, group=cast.kitchen)
