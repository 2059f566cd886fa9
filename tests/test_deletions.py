"""The hub takes the steps of deletions: those that begin, and those that a process left behind."""

import asyncio
import logging

import pytest
from django.core.management import call_command

from discuss import actions
from discuss.actions import deletions, pauses
from discuss.db.workers import in_worker
from discuss.doorbell import bells
from discuss.live import upkeep
from discuss.live.hub import hub
from discuss.models import Deletion, Entry, Group, Kind, User
from tests.cast import Cast, say_all
from tests.page import Page, enter, eventually, fresh_log, settled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.log]


@pytest.fixture
def groups(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Group]:
    """Five groups of ann's with 60 messages each, of bob most of them; 10 lines are a step."""
    monkeypatch.setattr(deletions, "LINES_AT_ONCE", 10)
    monkeypatch.setattr(pauses, "PAUSE", 0.0)
    groups = [cast.kitchen]
    for name in ("Attic", "Barn", "Cellar", "Garden"):
        groups.append(actions.create_group(cast.ann, name=name))
        actions.join_group(cast.bob, group=groups[-1])
    for group in groups:
        ann, bob = (group.memberships.get(user=user) for user in (cast.ann, cast.bob))
        say_all((bob if number % 7 else ann, f"Soup {number}") for number in range(60))
    return groups


def is_gone(user: User) -> bool:
    return not User.objects.filter(pk=user.pk).exists()


def members(page: Page) -> str:
    return " ".join(page.element("members").text_content().split())


@pytest.mark.usefixtures("live")
async def test_pages_equal_a_fresh_load_while_others_post_and_when_it_is_done(
    cast: Cast, groups: list[Group]
):
    pages = [await enter(cast.ann, group.get_absolute_url()) for group in groups]
    lobby = await enter(cast.ann, "/")
    bobs = [await enter(cast.bob, path) for path in (groups[0].get_absolute_url(), "/")]
    await in_worker(actions.delete_user, cast.bob, user=cast.bob)
    written = 0

    async def is_done() -> bool:
        nonlocal written
        await pages[written % len(pages)].post(f"Meanwhile {written}")
        written += 1
        return await in_worker(is_gone, cast.bob)

    await eventually(is_done)
    for page in bobs:
        await page.until(lambda page: page.close_code)
    await settled()
    for page in pages:
        page.read()
        assert page.log == await fresh_log(page)
        assert "bob" not in "".join(page.log)
        assert any("someone" in line for line in page.log)
        assert "bob" not in members(page)
        fresh = await Page.open(page.client, page.path)
        assert members(page) == members(fresh)
    for group in groups:
        count = await in_worker(group.memberships.count)
        await lobby.until(
            lambda page, group=group, count=count: (  # type: ignore[misc]
                f"{count} member" in page.element(f"group-{group.uuid}").text_content()
            )
        )
    texts = Entry.objects.filter(text__startswith="Meanwhile").values_list("text", flat=True)
    assert len(await in_worker(lambda: set(texts))) == written > 1


@pytest.mark.usefixtures("live")
async def test_pages_of_a_group_are_told_at_once_and_others_go_on(
    cast: Cast, groups: list[Group], monkeypatch: pytest.MonkeyPatch
):
    """A page that lags is told too, though there are lines that it lacks."""
    kitchen = await enter(cast.ann, cast.kitchen.get_absolute_url())
    garden = await enter(cast.ann, groups[-1].get_absolute_url())

    def write_and_delete() -> None:
        with monkeypatch.context() as unheard:
            unheard.setattr(bells._doorbell, "hand_over", lambda bell: None)
            cast.say(cast.bob, "Last words")
        actions.delete_group(cast.member(cast.ann), group=cast.kitchen)

    await in_worker(write_and_delete)
    await kitchen.until(lambda page: page.close_code == 4403)
    assert "Last words" not in kitchen.texts
    await garden.post("Still here")
    await eventually(lambda: in_worker(lambda: not Deletion.objects.exists()))
    assert not await in_worker(Group._base_manager.filter(pk=cast.kitchen.pk).exists)
    await garden.post("And on")


@pytest.mark.usefixtures("live")
async def test_it_goes_on_with_what_a_process_left_behind(
    cast: Cast, groups: list[Group], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(upkeep, "DELETIONS_INTERVAL", 0.05)

    def begin_and_end() -> None:
        """Do as a process that is killed after three steps."""
        with monkeypatch.context() as unheard:
            unheard.setattr(bells._doorbell, "hand_over", lambda bell: None)
            actions.delete_user(cast.bob, user=cast.bob)
            for _ in zip(range(3), actions.take_steps(Deletion.objects.get()), strict=False):
                pass

    await in_worker(begin_and_end)
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    await eventually(lambda: in_worker(is_gone, cast.bob))
    await page.until(lambda page: "bob" not in "".join(page.log))


@pytest.mark.usefixtures("live")
async def test_it_leaves_alone_what_another_process_goes_on_with(
    cast: Cast, groups: list[Group], monkeypatch: pytest.MonkeyPatch
):
    def begin() -> "Deletion":
        with monkeypatch.context() as unheard:
            unheard.setattr(bells._doorbell, "hand_over", lambda bell: None)
            actions.delete_user(cast.bob, user=cast.bob)
        return Deletion.objects.get()

    deletion = await in_worker(begin)
    await enter(cast.ann, cast.kitchen.get_absolute_url())
    steps = actions.take_steps(deletion)
    for _ in range(5):
        await hub.upkeep.deletions.look()
        await in_worker(next, steps)
    assert hub.upkeep.deletions._tasks == {}
    # Now it stands still between two looks.
    await hub.upkeep.deletions.look()
    await hub.upkeep.deletions.look()
    await eventually(lambda: in_worker(is_gone, cast.bob))


@pytest.mark.usefixtures("live")
async def test_a_step_that_fails_is_logged_and_taken_later(
    cast: Cast,
    groups: list[Group],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    await enter(cast.ann, cast.kitchen.get_absolute_url())
    honest = deletions._delete_account

    def fail(user_id: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(deletions, "_delete_account", fail)
    await in_worker(actions.delete_user, cast.bob, user=cast.bob)
    await eventually(lambda: any(r.levelno == logging.ERROR for r in caplog.records))
    await eventually(lambda: hub.upkeep.deletions._tasks == {})
    caplog.clear()
    monkeypatch.setattr(deletions, "_delete_account", honest)
    await hub.upkeep.deletions.look()
    await hub.upkeep.deletions.look()
    await eventually(lambda: in_worker(is_gone, cast.bob))


@pytest.mark.usefixtures("live")
async def test_a_process_that_ends_takes_no_further_step(
    cast: Cast, groups: list[Group], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pauses, "PAUSE", 1000.0)
    await enter(cast.ann, cast.kitchen.get_absolute_url())
    await in_worker(actions.delete_user, cast.bob, user=cast.bob)

    async def has_begun() -> bool:
        return await in_worker(Deletion.objects.filter(beat=1).exists)

    await eventually(has_begun)
    async with asyncio.timeout(60):
        await hub.stop()
    assert await in_worker(lambda: Deletion.objects.get().beat) == 1


def test_the_command_takes_all_steps(
    cast: Cast, groups: list[Group], capsys: pytest.CaptureFixture[str]
):
    actions.delete_user(cast.bob, user=cast.bob)
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    call_command("finish_deletions")
    assert capsys.readouterr().out == "Deletions that are done: 2.\n"
    assert is_gone(cast.bob)
    assert not Entry.objects.filter(group=cast.kitchen).exists()
    assert Entry.objects.filter(kind=Kind.LEFT, author=None).count() == 4
    call_command("finish_deletions")
    assert capsys.readouterr().out == "Deletions that are done: 0.\n"
