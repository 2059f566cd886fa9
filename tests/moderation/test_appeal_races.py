"""What several do about an appeal at the same moment: one of them does it, and the others are told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from discuss.db.workers import in_worker
from discuss.models import Act, Appeal, Case, Membership, User
from discuss.moderation.actions import Why, decide_case, make_appeal, perform_act
from tests.cast import Cast
from tests.moderation.test_case_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("live"),
    pytest.mark.log,
]


@pytest.fixture
async def act(cast: Cast) -> Act:
    def work() -> Act:
        User.objects.create_superuser("boss")
        until = timezone.now() + timedelta(hours=1)
        mod = cast.member(cast.mod)
        why = Why(until=until)
        done = perform_act(mod, "time_out", user=cast.bob, group=cast.kitchen, why=why)
        assert done is not None
        return done

    return await in_worker(work)


def appeals(cast: Cast, act: Act) -> Callable[[], Any]:
    return lambda: make_appeal(cast.bob, act_id=act.pk, note="It was a joke")


async def test_of_two_appeals_against_one_act_there_is_one(cast: Cast, act: Act):
    (refused,) = await at_once(appeals(cast, act), appeals(cast, act))
    assert "already" in str(refused)
    assert await in_worker(Appeal.objects.count) == 1
    assert await in_worker(Case.objects.count) == 1


@pytest.mark.parametrize("others", ["accept_appeal", "refuse_appeal"])
async def test_of_two_who_decide_one_does_and_nothing_of_the_others_is_done(
    cast: Cast, act: Act, others: str
):
    case = (await in_worker(appeals(cast, act))).case
    boss = await in_worker(lambda: User.objects.get(username="boss"))

    def decide(user: User, name: str) -> Callable[[], Any]:
        return lambda: decide_case(user, case_id=case.pk, name=name, why=Why("flood"))

    (refused,) = await at_once(decide(cast.ann, "accept_appeal"), decide(boss, others))
    assert "closed meanwhile" in str(refused)
    await in_worker(case.refresh_from_db)
    of_case = await in_worker(lambda: list(Act.objects.filter(case_id=case.pk).order_by("pk")))
    assert of_case[-1].kind == case.outcome
    assert len(of_case) == (2 if case.outcome == "accept_appeal" else 1)
    assert {row.actor_id for row in of_case} == {of_case[0].actor_id}
    member = await in_worker(lambda: Membership.objects.get(user=cast.bob))
    assert (member.muted_until is None) == (case.outcome == "accept_appeal")


async def test_taken_back_and_accepted_at_once_it_is_taken_back_once(cast: Cast, act: Act):
    case = (await in_worker(appeals(cast, act))).case
    ann = await in_worker(cast.member, cast.ann)
    refused = await at_once(
        lambda: decide_case(cast.ann, case_id=case.pk, name="accept_appeal", why=Why()),
        lambda: perform_act(ann, "end_time_out", user=cast.bob, group=cast.kitchen),
    )
    assert refused == []
    await in_worker(case.refresh_from_db)
    assert case.state == "closed"
    undone = Act.objects.filter(undoes_id=act.pk)
    assert await in_worker(undone.count) == 1
    assert (await in_worker(undone.get)).case_id == (
        case.pk if case.outcome == "accept_appeal" else None
    )


async def test_appealed_against_and_taken_back_at_once_nothing_is_left_undecided(
    cast: Cast, act: Act
):
    ann = await in_worker(cast.member, cast.ann)
    refused = await at_once(
        appeals(cast, act),
        lambda: perform_act(ann, "end_time_out", user=cast.bob, group=cast.kitchen),
    )
    # Whoever was first: either it was over, or the appeal is closed as that.
    assert all("over" in str(each) for each in refused)

    def decide(case: Case) -> None:
        done = decide_case(cast.ann, case_id=case.pk, name="accept_appeal", why=Why())
        assert done is not None
        assert done.kind == "settle"

    for case in await in_worker(lambda: list(Case.objects.all())):
        await in_worker(decide, case)
    assert await in_worker(Act.objects.filter(undoes_id=act.pk).count) == 1
