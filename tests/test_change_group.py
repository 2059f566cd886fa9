from typing import Any

import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Group, Kind, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(db: None) -> User:
    return User.objects.create_user("sam", is_staff=True)


def test_each_that_differs_is_an_event(cast: Cast, sam: User):
    actions.change_group(sam, group=cast.kitchen, name="Canteen", description="Lunch")
    cast.kitchen.refresh_from_db()
    assert (cast.kitchen.name, cast.kitchen.description) == ("Canteen", "Lunch")
    assert [(line.kind, line.text, line.author, line.position) for line in cast.lines()[-2:]] == [
        (Kind.RENAMED, "Canteen", sam, 4),
        (Kind.DESCRIBED, "Lunch", sam, 5),
    ]


def test_it_rings_for_the_group_and_the_lobby(cast: Cast, sam: User, bells_of):
    bells = bells_of(
        lambda: actions.change_group(
            sam, group=cast.kitchen, name="Canteen", description=cast.kitchen.description
        )
    )
    pk = cast.kitchen.pk
    assert set(bells) == {Bell("group", pk, 4), Bell("lobby", pk)}


def test_the_same_again_changes_nothing(cast: Cast, sam: User, bells_of):
    name, description = cast.kitchen.name, cast.kitchen.description
    bells = bells_of(
        lambda: actions.change_group(sam, group=cast.kitchen, name=name, description=description)
    )
    assert (bells, cast.head()) == ([], 3)


def test_what_stays_is_not_undone_by_what_was_withdrawn(cast: Cast, sam: User):
    """The description alone: its name's number goes back, and nothing else does."""
    actions.change_group(sam, group=cast.kitchen, name=cast.kitchen.name, description="Lunch")
    assert [(line.kind, line.position) for line in cast.lines()[-1:]] == [(Kind.DESCRIBED, 4)]
    assert cast.head() == 4


def test_it_refuses_a_name_that_is_taken_and_leaves_all_as_it_was(cast: Cast, sam: User):
    actions.create_group(cast.cleo, name="Garden")
    with pytest.raises(Refused, match="already"):
        actions.change_group(sam, group=cast.kitchen, name="GARDEN", description="Lunch")
    cast.kitchen.refresh_from_db()
    assert (cast.kitchen.name, cast.kitchen.description) == ("Kitchen", "What is for dinner")
    assert cast.head() == 3


def test_it_refuses_a_name_that_somebody_takes_at_the_same_moment(
    cast: Cast, sam: User, monkeypatch: pytest.MonkeyPatch
):
    """The other group is made at the last moment: when all has been looked at, just before the write."""
    save = Group.save

    def save_second(self: Group, **kwargs: Any) -> None:
        monkeypatch.setattr(Group, "save", save)
        actions.create_group(cast.cleo, name="Garden")
        save(self, **kwargs)

    monkeypatch.setattr(Group, "save", save_second)
    with pytest.raises(Refused, match="already"):
        actions.change_group(sam, group=cast.kitchen, name="garden", description="Lunch")
    cast.kitchen.refresh_from_db()
    assert (cast.kitchen.name, cast.head()) == ("Kitchen", 3)


def test_its_own_name_in_other_case_is_free(cast: Cast, sam: User):
    actions.change_group(sam, group=cast.kitchen, name="KITCHEN", description="")
    assert Group.objects.get().name == "KITCHEN"


def test_it_refuses_who_is_not_staff_even_the_owner(cast: Cast):
    with pytest.raises(Refused, match="staff"):
        actions.change_group(cast.ann, group=cast.kitchen, name="Canteen", description="")
    assert cast.head() == 3


def test_an_owner_may_and_no_other_member(cast: Cast):
    owner, bob = cast.member(cast.ann), cast.member(cast.bob)
    actions.change_group(owner, group=cast.kitchen, name="Canteen", description="")
    assert [(line.kind, line.author) for line in cast.lines()[-2:]] == [
        (Kind.RENAMED, cast.ann),
        (Kind.DESCRIBED, cast.ann),
    ]
    for member in (bob, cast.member(cast.mod)):
        with pytest.raises(Refused, match="Only an owner"):
            actions.change_group(member, group=cast.kitchen, name="Pantry", description="")
