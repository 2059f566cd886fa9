"""While everything is hidden, stopped, shown again or erased, each open page equals a fresh load."""

import pytest

from discuss import actions
from discuss.actions import pauses
from discuss.db.workers import in_worker
from discuss.doorbell import bells
from discuss.live import upkeep
from discuss.live.hub import hub
from discuss.models import Act, Case, Entry, LongAct, User
from discuss.moderation.actions import long_steps, perform_act, report_message, take_long_steps
from discuss.rendering import kept
from tests.cast import Cast
from tests.document import outer, text
from tests.moderation.long import hidden
from tests.page import Page, enter, eventually, fresh_log, settled

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.log,
    pytest.mark.usefixtures("live"),
]

LINES = 60


@pytest.fixture
def talk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Kitchen with 60 messages, most of them of bob's; ten lines are a step."""
    monkeypatch.setattr(long_steps, "LINES_AT_ONCE", 10)
    monkeypatch.setattr(pauses, "PAUSE", 0.0)
    actions.join_group(cast.cleo, group=cast.kitchen)
    ann, bob = cast.member(cast.ann), cast.member(cast.bob)
    for number in range(LINES):
        author = ann if number % 7 == 0 else bob
        actions.post_message(author, text=f"Soup {number}", nonce=f"{number}")


async def do(cast: Cast, name: str) -> None:
    mod = await in_worker(cast.member, cast.mod)
    await in_worker(lambda: perform_act(mod, name, user=cast.bob, group=cast.kitchen))


async def is_in_state(state: str) -> bool:
    return await in_worker(LongAct.objects.filter(state=state).exists)


async def are_fresh(*pages: Page) -> None:
    await settled()
    for page in pages:
        page.read()
        assert page.log == await fresh_log(page)


@pytest.mark.usefixtures("talk")
async def test_it_goes_from_all_pages_while_others_post_and_comes_back(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    cleo, mod, bob = [await enter(user, path) for user in (cast.cleo, cast.mod, cast.bob)]
    lobby = await enter(cast.cleo, "/")
    away = await enter(cast.cleo, path)
    await away.disconnect()
    await do(cast, "hide_all")
    await cleo.post("Meanwhile")
    await eventually(lambda: is_in_state("done"))
    await cleo.until(lambda page: "Soup 59" not in "".join(page.log))
    # Hidden text stays on the pages of moderators alone, and the page that was away gets none of it.
    await away.connect()
    await away.until(lambda page: "Soup 59" not in "".join(page.log))
    await mod.until(lambda page: "A moderator hid it" in "".join(page.log))
    await bob.until(lambda page: "Soup 59" not in "".join(page.log))
    await are_fresh(cleo, mod, bob, away)
    assert "Soup 59" in "".join(mod.log)
    await lobby.until(lambda page: "Meanwhile" in text(page.element(f"last-{cast.kitchen.uuid}")))
    await do(cast, "show_all")
    await eventually(lambda: is_in_state("undone"))
    await cleo.until(lambda page: "Soup 59" in "".join(page.log))
    await are_fresh(cleo, mod, bob, away)
    assert await in_worker(hidden, cast) == set()


@pytest.mark.usefixtures("talk")
async def test_a_process_goes_on_with_what_another_left_behind(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(upkeep, "DELETIONS_INTERVAL", 0.05)
    mod = await in_worker(cast.member, cast.mod)

    def begin_and_end() -> None:
        """Do as a process that is killed after three steps."""
        with monkeypatch.context() as unheard:
            unheard.setattr(bells._doorbell, "hand_over", lambda bell: None)
            perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
            for _ in zip(range(3), take_long_steps(LongAct.objects.get()), strict=False):
                pass

    await in_worker(begin_and_end)
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    await eventually(lambda: is_in_state("done"))
    await are_fresh(page)
    work = await in_worker(LongAct.objects.get)
    assert work.done == work.total == len(await in_worker(hidden, cast))


@pytest.mark.usefixtures("talk")
async def test_what_turns_round_in_its_own_process_goes_on_at_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    monkeypatch.setattr(pauses, "PAUSE", 0.2)
    await do(cast, "hide_all")

    async def has_begun() -> bool:
        return await in_worker(LongAct.objects.filter(beat__gt=0).exists)

    await eventually(has_begun)
    await do(cast, "show_all")
    # No look would come within that time.
    await eventually(lambda: is_in_state("undone"))
    assert await in_worker(hidden, cast) == set()
    await eventually(lambda: hub.upkeep.long_acts._tasks == {})
    await are_fresh(page)


@pytest.mark.usefixtures("talk")
async def test_a_process_that_ends_takes_no_further_step(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pauses, "PAUSE", 1000.0)
    await enter(cast.ann, cast.kitchen.get_absolute_url())
    await do(cast, "hide_all")

    async def has_begun() -> bool:
        return await in_worker(LongAct.objects.filter(beat=1).exists)

    await eventually(has_begun)
    await hub.stop()
    work = await in_worker(LongAct.objects.get)
    assert (work.beat, work.state, work.done) == (1, "running", 10)


async def test_what_is_erased_leaves_pages_of_all_sights_and_the_memory(cast: Cast):
    path, boss = (
        cast.kitchen.get_absolute_url(),
        await in_worker(User.objects.create_superuser, "boss"),
    )

    def written() -> Entry:
        entry = cast.say(cast.bob, "Goulash")
        cast.say(cast.ann, "Salad")
        actions.post_message(cast.member(cast.ann), text="Yes", nonce="1", reply_to=entry.position)
        actions.pin_message(cast.member(cast.mod), entry=entry)
        report_message(cast.member(cast.ann), entry=entry, reason="spam")
        return entry

    entry = await in_worker(written)
    case = await in_worker(Case.objects.get)
    pages = [await enter(user, path) for user in (cast.ann, cast.mod, cast.bob)]
    others = [
        await enter(cast.ann, "/"),
        await enter(cast.mod, "/moderation/"),
        await enter(cast.mod, f"/moderation/cases/{case.pk}/"),
    ]
    for page in [*pages, *others[1:]]:
        assert "Goulash" in outer(page.find("body")[0])
    await in_worker(perform_act, boss, "erase", entry=entry)
    for page in [*pages, *others]:
        await page.until(lambda page: "Goulash" not in outer(page.find("body")[0]))
    await are_fresh(*pages)
    fresh = await Page.open(others[2].client, others[2].path)
    for name in ("case-kept", "case-progress"):
        assert outer(others[2].element(name)) == outer(fresh.element(name))
    # Whatever the pages of before were made of is dropped.
    assert not any("Goulash" in html for store in kept._stores for html in store._kept.values())
    assert await in_worker(Act.objects.filter(kind="erase").count) == 1
