"""What waits for a decision is erased with all that somebody wrote, whoever decides meanwhile."""

import pytest
from django.urls import reverse

from discuss import actions
from discuss.actions import Refused
from discuss.actions.waiting import hold
from discuss.doorbell import Bell
from discuss.models import Act, Case, Entry, Held, LongAct, User, Utterance
from discuss.moderation.actions import Why, decide_case, perform_act, take_long_steps
from discuss.rules.filters import Folded
from tests.cast import Cast, log_in
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


def kept_texts() -> set[str]:
    kept = Case.objects.values_list("snapshot", flat=True)
    return {line["text"] for snapshot in kept if snapshot for line in snapshot["lines"]}


def test_words_that_cases_alone_keep_are_erased(cast: Cast, sam: User, bells_of):
    """Their author took the message back, so it is no line and waits no more."""
    actions.withdraw_held(cast.member(cast.bob), held=held_of(cast).pk)
    assert kept_texts() == {"Soup"}
    done = perform_act(sam, "erase_all", user=cast.bob)
    assert done is not None
    assert done.details == {"since": None, "lines": 0}
    bells = bells_of(take_all)
    assert kept_texts() == {""}
    assert {Bell("queue", cast.kitchen.pk), Bell("erased", 0)} <= set(bells)
    # Nothing is left that a second act would do.
    assert perform_act(sam, "erase_all", user=cast.bob) is None


def test_what_cases_keep_of_another_time_begins_nothing(cast: Cast, sam: User):
    actions.withdraw_held(cast.member(cast.bob), held=held_of(cast).pk)
    Case.objects.update(opened_at=ago(5))
    assert perform_act(sam, "erase_all", user=cast.bob, why=Why(since=ago(2))) is None
    assert kept_texts() == {"Soup"}


def test_where_nothing_was_begun_the_page_does_not_say_so(cast: Cast):
    boss = User.objects.create_superuser("boss")
    actions.join_group(boss, group=cast.kitchen)
    client = log_in(boss)
    address = reverse("person", args=[cast.kitchen.uuid, cast.bob.pk])
    said = {"span": "ever", "sure": "on"}
    for act in ("erase-all", "hide-all"):
        page = client.post(f"{address}{act}/", said, follow=True).content.decode()
        assert "It has begun" not in page
        assert "There was nothing to do" in page
    cast.say(cast.bob, "Soup")
    page = client.post(f"{address}hide-all/", said, follow=True).content.decode()
    assert "It has begun" in page


@pytest.mark.parametrize("name", ["waits", "discarded"])
def test_whoever_shows_it_hears_of_it_and_filters_forget_it(
    cast: Cast, sam: User, bells_of, name: str
):
    held = held_of(cast)
    digest = Folded("Soup").digest
    Utterance.objects.create(user=cast.bob, group=cast.kitchen, digest=digest)
    Utterance.objects.create(user=cast.ann, group=cast.kitchen, digest=digest)
    if name == "discarded":
        actions.discard_held(cast.member(cast.mod), held=held)
    perform_act(sam, "erase_all", user=cast.bob)
    bells = bells_of(take_all)
    assert {Bell("queue", cast.kitchen.pk), Bell("erased", 0)} <= set(bells)
    assert Utterance.objects.get().user == cast.ann
