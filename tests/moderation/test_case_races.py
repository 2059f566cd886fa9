"""What several do to a case at the same moment: one of them does it, and the others are told."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from discuss import actions
from discuss.actions import Refused
from discuss.db.workers import in_worker
from discuss.models import Act, Case, Report, User
from discuss.moderation.actions import Why, decide_case, reopen_case, report_message, take_case
from tests.cast import Cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("live"),
    pytest.mark.log,
]


async def at_once(*works: Callable[[], Any]) -> list[Refused]:
    """Do all of it at once, and return what was refused; raises what went wrong otherwise."""
    came = await asyncio.gather(*(in_worker(work) for work in works), return_exceptions=True)
    for each in came:
        if isinstance(each, BaseException) and not isinstance(each, Refused):
            raise each
    return [each for each in came if isinstance(each, Refused)]


async def a_case(cast: Cast) -> Case:
    def made() -> Case:
        entry = cast.say(cast.bob, "Soup")
        return report_message(cast.member(cast.ann), entry=entry, reason="spam").case

    return await in_worker(made)


async def test_of_two_who_take_it_one_is_on_it(cast: Cast):
    case = await a_case(cast)

    def take(user: User) -> Callable[[], None]:
        return lambda: take_case(user, case_id=case.pk)

    (refused,) = await at_once(take(cast.ann), take(cast.mod))
    assert "is on this case" in str(refused)
    await in_worker(case.refresh_from_db)
    assert case.state == "taken"


@pytest.mark.parametrize("others", ["hide", "dismiss"])
async def test_of_two_who_decide_one_does_and_nothing_of_the_others_is_done(
    cast: Cast, others: str
):
    case = await a_case(cast)

    def decide(user: User, act: str) -> Callable[[], Any]:
        return lambda: decide_case(user, case_id=case.pk, name=act, why=Why())

    (refused,) = await at_once(decide(cast.ann, "dismiss"), decide(cast.mod, others))
    assert "closed meanwhile" in str(refused)
    (act,) = await in_worker(lambda: list(Act.objects.all()))
    await in_worker(case.refresh_from_db)
    assert case.outcome == act.kind
    entry = await in_worker(lambda: cast.lines()[-1])
    assert entry.is_hidden == (act.kind == "hide")


async def test_reports_at_once_are_one_case(cast: Cast):
    await in_worker(lambda: actions.join_group(cast.cleo, group=cast.kitchen))
    entry = await in_worker(lambda: cast.say(cast.bob, "Soup"))

    def report(user: User) -> Callable[[], Any]:
        return lambda: report_message(cast.member(user), entry=entry, reason="spam")

    users = (cast.ann, cast.mod, cast.cleo, cast.ann)
    assert await at_once(*map(report, users)) == []
    assert await in_worker(Case.objects.count) == 1
    assert await in_worker(Report.objects.count) == 3


async def test_a_report_and_its_reopening_at_once_leave_one_open_case(cast: Cast):
    case = await a_case(cast)
    await in_worker(lambda: actions.join_group(cast.cleo, group=cast.kitchen))
    entry = await in_worker(lambda: cast.lines()[-2])
    await in_worker(lambda: decide_case(cast.mod, case_id=case.pk, name="dismiss", why=Why()))
    await at_once(
        lambda: reopen_case(cast.ann, case_id=case.pk),
        lambda: report_message(cast.member(cast.cleo), entry=entry, reason="spam"),
    )
    open_cases = Case.objects.exclude(state="closed")
    assert await in_worker(open_cases.count) == 1
