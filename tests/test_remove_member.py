import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Kind, Membership, Role, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["ann", "mod"])
def test_an_owner_and_a_moderator_may_remove_a_member(cast: Cast, name: str):
    actor = getattr(cast, name)
    actions.remove_member(cast.member(actor), membership=cast.member(cast.bob))
    assert not Membership.objects.filter(group=cast.kitchen, user=cast.bob).exists()
    event = cast.lines()[-1]
    assert (event.kind, event.author, event.subject) == (Kind.REMOVED, actor, cast.bob)
    assert event.position == cast.head() == 4


def test_staff_may_without_being_a_member(cast: Cast):
    sam = User.objects.create_user("sam", is_staff=True)
    actions.remove_member(sam, membership=cast.member(cast.bob))
    assert cast.lines()[-1].author == sam


def test_it_rings_for_the_group_the_lobby_and_the_person(cast: Cast, bells_of):
    mod, bob, pk = cast.member(cast.mod), cast.member(cast.bob), cast.kitchen.pk
    bells = bells_of(lambda: actions.remove_member(mod, membership=bob))
    assert set(bells) == {Bell("group", pk, 4), Bell("lobby", pk), Bell("person", cast.bob.pk)}


@pytest.mark.parametrize(
    ("actor", "removed"), [("bob", "cleo"), ("bob", "mod"), ("bob", "ann"), ("mod", "ann")]
)
def test_it_refuses_who_has_not_the_rank(cast: Cast, actor: str, removed: str):
    actions.join_group(cast.cleo, group=cast.kitchen)
    membership = cast.member(getattr(cast, removed))
    with pytest.raises(Refused, match="may not"):
        actions.remove_member(cast.member(getattr(cast, actor)), membership=membership)
    assert Membership.objects.filter(pk=membership.pk).exists()
    assert cast.head() == 4


def test_a_moderator_may_not_remove_another(cast: Cast):
    Membership.objects.filter(group=cast.kitchen, user=cast.bob).update(role=Role.MODERATOR)
    with pytest.raises(Refused, match="may not"):
        actions.remove_member(cast.member(cast.mod), membership=cast.member(cast.bob))


def test_it_refuses_a_moderator_who_was_removed(cast: Cast):
    mod = cast.member(cast.mod)
    actions.remove_member(cast.member(cast.ann), membership=mod)
    with pytest.raises(Refused, match="not a member"):
        actions.remove_member(mod, membership=cast.member(cast.bob))
    assert cast.member(cast.bob)


def test_it_refuses_the_owner_of_another_group(cast: Cast):
    garden = actions.create_group(cast.cleo, name="Garden")
    with pytest.raises(Refused, match="not a member"):
        actions.remove_member(garden.memberships.get(), membership=cast.member(cast.bob))


def test_removing_twice_writes_one_event(cast: Cast, bells_of):
    mod, bob = cast.member(cast.mod), cast.member(cast.bob)
    actions.remove_member(mod, membership=bob)
    assert bells_of(lambda: actions.remove_member(mod, membership=bob)) == []
    assert [line.kind for line in cast.lines()].count(Kind.REMOVED) == 1
    assert cast.head() == 4


def test_nobody_removes_an_owner_nor_themselves(cast: Cast):
    ann = cast.member(cast.ann)
    Membership.objects.filter(group=cast.kitchen, user=cast.bob).update(role=Role.OWNER)
    for owner in (ann, cast.member(cast.bob)):
        with pytest.raises(Refused, match="may not"):
            actions.remove_member(ann, membership=owner)
    assert cast.head() == 3
