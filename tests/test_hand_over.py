import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Kind, Role, User
from tests.cast import Cast, log_in

pytestmark = pytest.mark.django_db


def test_the_heir_becomes_the_owner_and_the_owner_a_member(cast: Cast):
    actions.hand_over(cast.member(cast.ann), successor=cast.member(cast.bob))
    assert cast.member(cast.ann).role == Role.MEMBER
    assert cast.member(cast.bob).role == Role.OWNER
    event = cast.lines()[-1]
    assert (event.kind, event.author, event.subject) == (Kind.HANDED_OVER, cast.ann, cast.bob)
    assert event.position == cast.head() == 4


def test_it_rings_the_groups_bell(cast: Cast, bells_of):
    ann, bob = cast.member(cast.ann), cast.member(cast.bob)
    bells = bells_of(lambda: actions.hand_over(ann, successor=bob))
    assert bells == [Bell("group", cast.kitchen.pk, 4)]


def test_afterwards_one_may_leave(cast: Cast):
    actions.hand_over(cast.member(cast.ann), successor=cast.member(cast.bob))
    actions.leave_group(cast.member(cast.ann))
    assert cast.lines()[-1].kind == Kind.LEFT


@pytest.mark.parametrize("name", ["mod", "bob"])
def test_it_refuses_who_owns_nothing(cast: Cast, name: str):
    with pytest.raises(Refused, match="Only an owner"):
        actions.hand_over(cast.member(getattr(cast, name)), successor=cast.member(cast.bob))
    assert cast.member(cast.ann).role == Role.OWNER
    assert cast.head() == 3


def test_it_refuses_an_heir_who_left(cast: Cast):
    bob = cast.member(cast.bob)
    actions.leave_group(bob)
    with pytest.raises(Refused, match="not a member"):
        actions.hand_over(cast.member(cast.ann), successor=bob)
    assert cast.member(cast.ann).role == Role.OWNER


def test_it_refuses_an_heir_of_another_group(cast: Cast):
    garden = actions.create_group(cast.cleo, name="Garden")
    with pytest.raises(Refused, match="not a member"):
        actions.hand_over(cast.member(cast.ann), successor=garden.memberships.get())


def test_to_oneself_nothing_happens(cast: Cast, bells_of):
    ann = cast.member(cast.ann)
    assert bells_of(lambda: actions.hand_over(ann, successor=ann)) == []
    assert (cast.member(cast.ann).role, cast.head()) == (Role.OWNER, 3)


def test_staff_hand_over_a_group_that_nobody_owns_any_more(cast: Cast):
    staff = User.objects.create_user("boss", is_staff=True)
    actions.remove_member(staff, membership=cast.member(cast.ann))
    actions.hand_over(staff, successor=cast.member(cast.bob))
    assert cast.member(cast.bob).role == Role.OWNER
    event = cast.lines()[-1]
    assert (event.kind, event.author, event.subject) == (Kind.HANDED_OVER, staff, cast.bob)


def test_it_refuses_a_stranger_who_claims_to_be_staff(cast: Cast):
    with pytest.raises(Refused, match="Only staff"):
        actions.hand_over(cast.cleo, successor=cast.member(cast.bob))
    assert cast.member(cast.bob).role == Role.MEMBER


def test_the_page_offers_the_other_members(cast: Cast):
    path = f"{cast.kitchen.get_absolute_url()}hand-over/"
    page = log_in(cast.ann).get(path).content.decode()
    assert f'<option value="{cast.member(cast.bob).pk}">bob</option>' in page
    assert ">ann</option>" not in page
    assert ">cleo</option>" not in page


def test_the_page_hands_over(cast: Cast):
    path = f"{cast.kitchen.get_absolute_url()}hand-over/"
    response = log_in(cast.ann).post(path, {"successor": cast.member(cast.bob).pk})
    assert response.headers["Location"] == cast.kitchen.get_absolute_url()
    assert cast.member(cast.bob).role == Role.OWNER


def test_the_page_refuses_who_owns_nothing_and_strangers(cast: Cast):
    path = f"{cast.kitchen.get_absolute_url()}hand-over/"
    values = {"successor": cast.member(cast.mod).pk}
    refused = log_in(cast.bob).post(path, values, follow=True)
    assert refused.redirect_chain == [(cast.kitchen.get_absolute_url(), 302)]
    assert "Only an owner may do this." in refused.content.decode()
    assert log_in(cast.cleo).post(path, values).status_code == 403
    assert cast.member(cast.ann).role == Role.OWNER
