"""What waits for a decision is erased with all that somebody wrote, whoever decides meanwhile."""

import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.actions.waiting import hold
from discuss.models import Act, Case, Entry, Held, LongAct, User
from discuss.moderation.actions import Why, decide_case, perform_act, take_long_steps
from tests.cast import Cast
from tests.moderation.long import ago, take_all
from tests.moderation.ruled import staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sam(db: None) -> User:
    return staff("erase_entry")


def held_of(cast: Cast, text: str = "Soup") -> Held:
    return hold(group_id=cast.kitchen.pk, user_id=cast.bob.pk, text=text, nonce=text)


def test_nobody_approves_what_is_about_to_be_erased(cast: Cast, sam: User):
    held, mod = held_of(cast), cast.member(cast.mod)
    case = Case.objects.get()
    perform_act(sam, "erase_all", user=cast.bob)
    with pytest.raises(Refused, match="is being erased"):
        actions.approve_held(mod, held=held)
    with pytest.raises(Refused, match="is being erased"):
        decide_case(cast.mod, case_id=case.pk, name="approve", why=Why())
    take_all()
    assert not Entry.objects.filter(author=cast.bob, kind="message").exists()
    assert not Held.objects.exists()
    assert not Act.objects.filter(kind="approve").exists()


def test_what_is_not_meant_is_approved_while_all_else_is_erased(cast: Cast, sam: User):
    mod = cast.member(cast.mod)
    old = held_of(cast, "Old")
    Held.objects.update(held_at=ago(5))
    held_of(cast, "New")
    perform_act(sam, "erase_all", user=cast.bob, why=Why(since=ago(2)))
    assert actions.approve_held(mod, held=old)
    later = held_of(cast, "Later")
    assert actions.approve_held(mod, held=later)
    take_all()
    texts = Entry.objects.filter(author=cast.bob, kind="message").order_by("pk")
    assert list(texts.values_list("text", flat=True)) == ["Old", "Later"]


def test_once_it_is_stopped_what_is_left_is_approved(cast: Cast, sam: User):
    held = held_of(cast)
    perform_act(sam, "erase_all", user=cast.bob)
    perform_act(sam, "stop_erasing", user=cast.bob)
    assert actions.approve_held(cast.member(cast.mod), held=held)


def test_it_is_erased_before_any_line_is(cast: Cast, sam: User):
    cast.say(cast.bob, "Salad")
    held_of(cast)
    garden = actions.create_group(cast.ann, name="Garden")
    actions.join_group(cast.bob, group=garden)
    hold(group_id=garden.pk, user_id=cast.bob.pk, text="Beans", nonce="Beans")
    perform_act(sam, "erase_all", user=cast.bob)
    steps = take_long_steps(LongAct.objects.get())
    # A group is a step, so that no two groups are locked at once.
    assert [Held.objects.count() for _, _step in zip(range(2), steps, strict=False)] == [1, 0]
    assert Entry.objects.filter(text="Salad").exists()
