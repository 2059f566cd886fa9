"""The queue, a case and every header are live and equal a fresh load; who lost a right gets nothing more."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live import queue_updates
from discuss.live.hub import hub
from discuss.models import Case, Entry, Group, Membership, Report, Role, User
from discuss.moderation.actions import (
    Why,
    decide_case,
    hear_answers,
    let_case_go,
    reopen_case,
    report_member,
    report_message,
    take_case,
)
from discuss.moderation.reading.duties import duties_of
from discuss.moderation.reading.queue import read_queue
from discuss.rendering import fragments
from discuss.server.protocol import CLOSE_NO_MEMBER
from tests.cast import Cast, log_in
from tests.document import outer, text
from tests.page import Page, enter, settled, visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

QUEUE = "/moderation/"


def cases(page: Page) -> list[str]:
    return [text(case) for case in page.element("queue")]


def header(page: Page) -> str:
    return text(page.element("duties"))


async def report(cast: Cast, user: User, entry: Entry, reason: str = "insult") -> Case:
    def written() -> Case:
        return report_message(cast.member(user), entry=entry, reason=reason).case

    return await in_worker(written)


async def say(cast: Cast, user: User, words: str) -> Entry:
    return await in_worker(cast.say, user, words)


async def decide(user: User, case: Case, name: str = "dismiss", **more: Any) -> None:
    await in_worker(lambda: decide_case(user, case_id=case.pk, name=name, why=Why(), **more))


async def is_fresh(page: Page, *element_ids: str) -> None:
    """Assert that the open page shows what a fresh load shows."""
    await settled()
    page.read()
    fresh = await Page.open(page.client, page.path)
    for element_id in element_ids:
        assert outer(page.element(element_id)).split() == outer(fresh.element(element_id)).split()


async def test_a_report_is_in_every_moderators_queue_and_header_at_once(cast: Cast):
    soup = await say(cast, cast.bob, "Soup")
    ann, mod = await enter(cast.ann, QUEUE), await enter(cast.mod, QUEUE)
    room = await enter(cast.mod, cast.kitchen.get_absolute_url())
    lobby = await enter(cast.mod, "/")
    bob = await enter(cast.bob, cast.kitchen.get_absolute_url())
    assert cases(ann) == []
    await report(cast, cast.ann, soup)
    for page in (ann, mod):
        await page.until(lambda page: len(cases(page)) == 1)
        assert "bob" in cases(page)[0]
        assert "Soup" in cases(page)[0]
        assert "Insults" in cases(page)[0]
    for page in (ann, mod, room, lobby):
        await page.until(lambda page: "1 open cases" in header(page))
        await is_fresh(page, "duties")
    await is_fresh(mod, "queue", "queue-more", "desk-shown")
    # Whom it is about hears nothing: not even a frame.
    await settled()
    bob.read()
    assert not any("duties" in frame for frame in bob.frames)
    assert header(bob) == ""


async def test_rows_come_change_and_go_one_by_one(cast: Cast):
    """So that who works with the keyboard keeps their place."""
    lines = [await say(cast, cast.bob, f"Line {number}") for number in range(3)]
    first = await report(cast, cast.ann, lines[0])
    mod = await enter(cast.mod, QUEUE)
    row = outer(mod.element(f"case-{first.pk}"))
    second = await report(cast, cast.ann, lines[1])
    await mod.until(lambda page: len(cases(page)) == 2)
    assert outer(mod.element(f"case-{first.pk}")) == row
    await in_worker(lambda: take_case(cast.ann, case_id=second.pk))
    await mod.until(lambda page: "ann is on it" in cases(page)[1])
    await is_fresh(mod, "queue", "desk-shown")
    await in_worker(lambda: let_case_go(cast.ann, case_id=second.pk))
    await mod.until(lambda page: "ann is on it" not in cases(page)[1])
    await decide(cast.ann, first)
    await mod.until(lambda page: len(cases(page)) == 1)
    third = await report(cast, cast.ann, lines[2])
    await mod.until(lambda page: len(cases(page)) == 2)
    await in_worker(lambda: reopen_case(cast.ann, case_id=first.pk))
    await mod.until(lambda page: len(cases(page)) == 3)
    assert [row.get("id") for row in mod.element("queue")] == [
        f"case-{case.pk}" for case in (first, second, third)
    ]
    await is_fresh(mod, "queue", "queue-more", "desk-shown")
    assert not any('<ol id="queue"' in frame for frame in mod.frames)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["message", "person"]),
        ("?kind=person", ["person"]),
        ("?state=open&kind=message", ["message"]),
        ("?state=taken", []),
        ("?state=closed", []),
        ("?state=nonsense&kind=nonsense&group=nonsense&beyond=x", ["message", "person"]),
    ],
)
async def test_a_page_lists_what_its_address_says_live_too(
    cast: Cast, query: str, shown: list[str]
):
    mod = await enter(cast.mod, QUEUE + query)
    await report(cast, cast.ann, await say(cast, cast.bob, "Soup"))
    await in_worker(
        lambda: report_member(cast.member(cast.ann), user=cast.bob, reason="false name")
    )
    await mod.until(lambda page: "2 open cases" in header(page) and len(cases(page)) == len(shown))
    await is_fresh(mod, "queue", "desk-shown")


async def test_of_a_group_its_own_cases_alone_are_listed(cast: Cast):
    def cellar() -> Group:
        group = actions.create_group(cast.mod, name="Cellar")
        actions.join_group(cast.bob, group=group)
        bob = Membership.objects.get(group=group, user=cast.bob)
        report_member(bob, user=cast.mod, reason="spam")
        actions.join_group(cast.cleo, group=group)
        report_member(bob, user=cast.cleo, reason="spam")
        return group

    group = await in_worker(cellar)
    mod = await enter(cast.mod, f"{QUEUE}?group={group.uuid}")
    await report(cast, cast.ann, await say(cast, cast.bob, "Soup"))
    await mod.until(lambda page: "2 open cases" in header(page))
    assert len(cases(mod)) == 1
    assert "cleo" in cases(mod)[0]


async def test_what_happened_while_a_page_was_away_is_there_when_it_comes_back(cast: Cast):
    lines = [await say(cast, cast.bob, f"Line {number}") for number in range(2)]
    first = await report(cast, cast.ann, lines[0])
    mod = await enter(cast.mod, QUEUE)
    second = await report(cast, cast.ann, lines[1])
    await mod.until(lambda page: len(cases(page)) == 2)
    await mod.disconnect()
    # What it was loaded with, and not what it shows.
    await decide(cast.ann, second)
    await mod.join_in()
    await mod.until(lambda page: len(cases(page)) == 1)
    await is_fresh(mod, "queue", "desk-shown", "duties")
    await mod.disconnect()
    await decide(cast.ann, first)
    await mod.join_in()
    await mod.until(lambda page: cases(page) == [])


async def test_a_page_that_lacks_nothing_is_written_its_sign_of_life_alone(cast: Cast):
    await report(cast, cast.ann, await say(cast, cast.bob, "Soup"))
    mod = await enter(cast.mod, QUEUE)
    await settled()
    mod.read()
    (frame,) = mod.frames
    assert 'id="status"' in frame


async def test_people_of_the_same_rights_share_what_is_rendered(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    def second() -> User:
        user = User.objects.create_user("second")
        actions.join_group(user, group=cast.kitchen)
        Membership.objects.filter(user=user).update(role=Role.MODERATOR)
        return user

    pages = [await enter(user, QUEUE) for user in (cast.mod, await in_worker(second), cast.mod)]
    rendered: list[int] = []
    render = fragments.case_row

    def count(*args: Any, **given: Any) -> str:
        rendered.append(given["row"].pk)
        return render(*args, **given)

    monkeypatch.setattr("discuss.rendering.fragments.queue.case_row", count)
    case = await report(cast, cast.ann, await say(cast, cast.bob, "Soup"))
    for page in pages:
        await page.until(lambda page: len(cases(page)) == 1)
    assert rendered == [case.pk]


async def test_a_moderator_who_is_demoted_gets_nothing_more(cast: Cast):
    case = await report(cast, cast.ann, await say(cast, cast.bob, "Soup"))
    mod = await enter(cast.mod, QUEUE)
    of_case = await enter(cast.mod, f"{QUEUE}cases/{case.pk}/")
    lobby = await enter(cast.mod, "/")
    # No bell says so: the next case finds out.
    await in_worker(Membership.objects.filter(user=cast.mod).update, role=Role.MEMBER)
    await report(cast, cast.ann, await say(cast, cast.bob, "Bread"))
    for page in (mod, of_case):
        await page.until(lambda page: page.close_code == CLOSE_NO_MEMBER)
        assert "Only moderators" in page.notice
        assert not any("Bread" in frame for frame in page.frames)
        assert text(page.element("desk")) == "Moderation"
    await in_worker(hub_sweep)
    await lobby.until(lambda page: header(page) == "")


def hub_sweep() -> None:
    """Have this process look for what no bell told."""
    assert hub._loop is not None
    assert hub.subscriptions.queue is not None
    hub._loop.call_soon_threadsafe(hub.subscriptions.queue.ring_all)


async def test_a_right_that_ends_while_the_cases_are_read_counts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    mod = await enter(cast.mod, QUEUE)
    read: Callable[..., Any] = read_queue

    def slowly(*args: Any) -> Any:
        Membership.objects.filter(user=cast.mod).update(role=Role.MEMBER)
        return read(*args)

    monkeypatch.setattr(queue_updates, "read_queue", slowly)
    await report(cast, cast.ann, await say(cast, cast.bob, "Soup"))
    await mod.until(lambda page: page.close_code == CLOSE_NO_MEMBER)
    assert not any("Soup" in frame for frame in mod.frames)


async def test_who_is_no_moderator_is_sent_away(cast: Cast):
    case = await report(cast, cast.ann, await say(cast, cast.bob, "Soup"))
    mod = await visit(cast.mod, QUEUE)
    of_case = await visit(cast.mod, f"{QUEUE}cases/{case.pk}/")
    await in_worker(Membership.objects.filter(user=cast.mod).update, role=Role.MEMBER)
    for page in (mod, of_case):
        await page.connect()
        await page.until(lambda page: page.close_code == CLOSE_NO_MEMBER)


async def test_a_case_shows_who_is_on_it_and_what_is_done_live(cast: Cast):
    soup = await say(cast, cast.bob, "Soup")
    case = await report(cast, cast.ann, soup)
    mod = await enter(cast.mod, f"{QUEUE}cases/{case.pk}/")
    progress = lambda: mod.element("case-progress")  # noqa: E731
    assert progress().get("data-state") == "open"
    await in_worker(lambda: take_case(cast.ann, case_id=case.pk))
    await mod.until(lambda page: progress().get("data-taken-by") == str(cast.ann.pk))
    await is_fresh(mod, "case-progress", "desk-shown")

    def third() -> None:
        actions.join_group(cast.cleo, group=cast.kitchen)
        report_message(cast.member(cast.cleo), entry=soup, reason="spam", note="Again")

    await in_worker(third)
    await mod.until(lambda page: "Again" in text(progress()))
    await decide(cast.ann, case, "hide", closes=False)
    await mod.until(lambda page: progress().get("data-hidden") == "yes")
    await decide(cast.ann, case, "dismiss")
    await mod.until(lambda page: progress().get("data-state") == "closed")
    assert "Closed: Dismissed" in text(progress())
    await is_fresh(mod, "case-progress", "desk-shown")


async def test_a_case_that_one_may_see_no_more_ends_its_page(cast: Cast):
    """As when whom it is about becomes a moderator, too."""
    case = await report(cast, cast.ann, await say(cast, cast.bob, "Soup"))
    mod = await enter(cast.mod, f"{QUEUE}cases/{case.pk}/")
    await in_worker(Membership.objects.filter(user=cast.bob).update, role=Role.MODERATOR)
    await in_worker(hub_sweep)
    await mod.until(lambda page: page.close_code == CLOSE_NO_MEMBER)
    assert "no such case" in mod.notice


async def test_the_reporter_hears_of_it_on_every_page_until_they_have_read_it(cast: Cast):
    actions_of = f"{cast.kitchen.get_absolute_url()}"
    await in_worker(lambda: actions.join_group(cast.cleo, group=cast.kitchen))
    soup = await say(cast, cast.bob, "Soup")
    case = await report(cast, cast.cleo, soup)
    pages = [await enter(cast.cleo, actions_of), await enter(cast.cleo, "/")]
    bob = await enter(cast.bob, actions_of)
    for page in pages:
        assert header(page) == ""
    await decide(cast.mod, case)
    for page in pages:
        await page.until(lambda page: "1 with an answer" in header(page))
        await is_fresh(page, "duties")
    assert await in_worker(lambda: hear_answers(cast.cleo))
    for page in pages:
        await page.until(lambda page: header(page) == "")
    assert not await in_worker(lambda: hear_answers(cast.cleo))
    assert (await in_worker(Report.objects.get)).told_at
    await settled()
    bob.read()
    assert header(bob) == ""


async def test_who_becomes_a_moderator_finds_the_way_to_the_queue(cast: Cast):
    bob = await enter(cast.bob, "/")
    assert header(bob) == ""

    def promote() -> None:
        Membership.objects.filter(user=cast.bob).update(role=Role.MODERATOR)
        actions.announce_standing(cast.bob)

    await in_worker(promote)
    await bob.until(lambda page: "Moderation" in header(page))


@pytest.mark.parametrize("who", ["ann", "mod", "bob", "cleo"])
async def test_its_socket_takes_nothing_but_where_a_page_stands(cast: Cast, who: str):
    user: User = getattr(cast, who)
    page = await visit(cast.mod, QUEUE)
    page.client = await in_worker(log_in, user)
    await page.connect(resumes=False)
    page.submit("resume-form", reader=str(user.pk))
    if who in {"ann", "mod"}:
        await page.until(lambda page: page.frames)
        for frame in (
            {"verb": "join", "group": str(cast.kitchen.uuid)},
            {"verb": "post", "text": "Soup"},
            {"verb": "resume"},
        ):
            page.send(json.dumps(frame))
            await page.until(lambda page: "could not be understood" in page.notice)
    else:
        await page.until(lambda page: page.close_code == CLOSE_NO_MEMBER)


async def test_a_bell_that_rings_while_a_page_is_on_its_way_in_is_heard(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    bob = await visit(cast.bob, "/")
    read: Callable[..., Any] = duties_of

    def slowly(*args: Any) -> Any:
        duties = read(*args)
        if Membership.objects.filter(user=cast.bob).update(role=Role.MODERATOR):
            actions.announce_standing(cast.bob)
        monkeypatch.setattr(queue_updates, "duties_of", read)
        return duties

    monkeypatch.setattr(queue_updates, "duties_of", slowly)
    await bob.join_in()
    await bob.until(lambda page: "Moderation" in header(page))
