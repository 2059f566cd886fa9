"""Who is typing: seen by the others in the group at once, for some seconds, and stored nowhere."""

import asyncio
import json
from typing import Any

import pytest
from channels.layers import get_channel_layer
from pytest_django import Settings

from discuss.db.workers import in_worker
from discuss.doorbell.ringer import LAYER_GROUP
from discuss.live.hub import hub
from discuss.models import Group, Membership, Posting
from tests.cast import Cast
from tests.document import text
from tests.page import Page, dial, enter, eventually, settled, visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

ELSEWHERE = "another process"


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discuss.live.typing.TYPING_INTERVAL", 0.01)


def shown(page: Page) -> dict[str, str]:
    """What stands there, by whom it is for: all but some people, or one of them alone."""
    return {
        each.get("data-shown-to") or f"not {each.get('data-typists') or 'anybody'}": text(each)
        for each in page.element("typing")
    }


def said(page: Page, *words: str) -> bool:
    return list(shown(page).values()) == list(words)


def type_on(*pages: Page) -> None:
    for page in pages:
        page.submit("typing-form")


def frames_of(page: Page) -> int:
    page.read()
    return sum('id="typing"' in frame and 'id="status"' not in frame for frame in page.frames)


@pytest.mark.usefixtures("quick")
async def test_it_is_seen_by_all_and_the_same_bytes(cast: Cast, path: str):
    ann, bob, mod = [await enter(user, path) for user in (cast.ann, cast.bob, cast.mod)]
    type_on(bob)
    for page in (ann, bob, mod):
        await page.until(lambda page: said(page, "bob is typing"))
    assert shown(ann) == {f"not {cast.bob.pk}": "bob is typing"}
    type_on(ann)
    for page in (ann, bob, mod):
        await page.until(lambda page: len(shown(page)) == 3)
    assert shown(mod) == {
        f"not {cast.bob.pk} {cast.ann.pk}": "bob and ann are typing",
        str(cast.ann.pk): "bob is typing",
        str(cast.bob.pk): "ann is typing",
    }
    type_on(mod)
    await ann.until(lambda page: said(page, "Several people are typing"))
    await bob.until(lambda page: said(page, "Several people are typing"))
    assert ann.frames[-1] == bob.frames[-1]


@pytest.mark.usefixtures("quick")
async def test_it_ends_some_seconds_after_the_latest_sign(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.live.typing.TYPING_FOR", 0.5)
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    begin = asyncio.get_running_loop().time()
    while asyncio.get_running_loop().time() < begin + 1:
        type_on(bob)
        await asyncio.sleep(0.05)
    await ann.until(lambda page: said(page, "bob is typing"))
    # Renewed again and again, it is written once.
    assert frames_of(ann) == 1
    await ann.until(lambda page: said(page))
    assert frames_of(ann) == 2


async def test_a_group_is_written_one_frame_a_second_at_most(cast: Cast, path: str):
    ann, bob, mod = [await enter(user, path) for user in (cast.ann, cast.bob, cast.mod)]
    begin = asyncio.get_running_loop().time()
    type_on(bob)
    await ann.until(lambda page: said(page, "bob is typing"))
    type_on(mod, ann)
    await ann.until(lambda page: said(page, "Several people are typing"))
    assert asyncio.get_running_loop().time() - begin > 0.9
    assert frames_of(ann) == 2


@pytest.mark.usefixtures("quick")
async def test_the_message_ends_it(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    type_on(bob)
    await ann.until(lambda page: said(page, "bob is typing"))
    await bob.post("Soup")
    await ann.until(lambda page: "Soup" in page.texts and said(page))


@pytest.mark.usefixtures("quick")
async def test_a_message_from_another_process_ends_it_too(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    type_on(bob)
    await ann.until(lambda page: said(page, "bob is typing"))
    await in_worker(cast.say, cast.bob, "Soup")
    await ann.until(lambda page: "Soup" in page.texts and said(page))


@pytest.mark.usefixtures("quick")
async def test_who_comes_later_sees_it_and_who_comes_back_sees_that_it_is_over(
    cast: Cast, path: str
):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    type_on(bob)
    await ann.until(lambda page: said(page, "bob is typing"))
    mod = await enter(cast.mod, path)
    await mod.until(lambda page: said(page, "bob is typing"))
    await ann.disconnect()
    await in_worker(cast.say, cast.bob, "Soup")
    await mod.until(lambda page: said(page))
    await ann.join_in()
    await ann.until(lambda page: said(page))


@pytest.mark.usefixtures("quick")
async def test_it_stays_in_its_group(cast: Cast, path: str):
    def make() -> Group:
        from discuss import actions

        return actions.create_group(cast.ann, name="Attic")

    attic = await in_worker(make)
    above, ann, bob = (
        await enter(cast.ann, attic.get_absolute_url()),
        await enter(cast.ann, path),
        await enter(cast.bob, path),
    )
    type_on(bob)
    await ann.until(lambda page: said(page, "bob is typing"))
    assert frames_of(above) == 0


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("why", ["the group", "muted"])
async def test_who_may_not_post_is_not_shown(cast: Cast, path: str, why: str):
    def forbid() -> None:
        if why == "the group":
            Group.objects.filter(pk=cast.kitchen.pk).update(posting=Posting.MODERATORS)
        else:
            Membership.objects.filter(user=cast.bob).update(muted_until="2999-01-01T00:00Z")

    await in_worker(forbid)
    ann, bob, mod = [await enter(user, path) for user in (cast.ann, cast.bob, cast.mod)]
    type_on(bob)
    await eventually(lambda: bob.is_heard)
    type_on(mod)
    await ann.until(lambda page: said(page, "mod is typing"))
    assert frames_of(ann) == 1


@pytest.mark.usefixtures("quick")
async def test_signs_have_a_pace(cast: Cast, path: str, settings: Settings):
    settings.RATE_LIMITS = {"typing": (1, 1000.0)}
    ann, bob, mod = [await enter(user, path) for user in (cast.ann, cast.bob, cast.mod)]
    type_on(bob)
    await ann.until(lambda page: said(page, "bob is typing"))
    await bob.post("Soup")
    await ann.until(lambda page: said(page))
    type_on(bob)
    await eventually(lambda: bob.is_heard)
    type_on(mod)
    await ann.until(lambda page: said(page, "mod is typing"))
    assert not any("notice" in frame for frame in bob.frames)


@pytest.mark.usefixtures("quick")
async def test_a_page_of_the_version_before_is_written_nothing_of_it(cast: Cast, path: str):
    """It has no place for it, and would report an error."""
    old, bob = await visit(cast.ann, path), await enter(cast.bob, path)
    form = old.element("resume-form")
    form.remove(form.cssselect("[name=writing]")[0])
    await old.join_in()
    type_on(bob)
    await bob.until(lambda page: said(page, "bob is typing"))
    await bob.post("Soup")
    await old.until(lambda page: "Soup" in page.texts)
    assert not any('id="typing"' in frame or 'id="writing"' in frame for frame in old.frames)


# --- other processes --------------------------------------------------------------------------------


async def ring_elsewhere(number: int, **more: Any) -> None:
    message = {"type": "doorbell.rung", "from": ELSEWHERE, "number": number, "bells": []}
    await get_channel_layer().group_send(LAYER_GROUP, {**message, **more})


@pytest.mark.usefixtures("quick")
async def test_who_types_at_another_process_is_seen_here(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    await eventually(lambda: hub._listener._heard)
    # A process of the version before says nothing of it.
    await ring_elsewhere(1)
    await ring_elsewhere(2, typing=[[cast.kitchen.pk, cast.bob.pk, "bob"], [999, 1, "nobody"]])
    await ann.until(lambda page: said(page, "bob is typing"))


@pytest.mark.usefixtures("quick")
async def test_the_other_processes_are_told_who_types_here_once_a_second(
    cast: Cast, path: str, settings: Settings
):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(LAYER_GROUP, channel)
    told: list[list[Any]] = []
    times: list[float] = []

    async def listen() -> None:
        while True:
            typing = (await layer.receive(channel))["typing"]
            if typing:
                told.append(typing)
                times.append(asyncio.get_running_loop().time())

    listening = asyncio.create_task(listen())
    bob, mod = await enter(cast.bob, path), await enter(cast.mod, path)
    type_on(bob)
    await eventually(lambda: told == [[[cast.kitchen.pk, cast.bob.pk, "bob"]]])
    type_on(bob, mod)
    await eventually(lambda: len(told) > 1 and told[-1][-1][2] == "mod")
    listening.cancel()
    assert times[-1] - times[0] > 0.5


async def test_one_process_alone_tells_nobody(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
):
    told: list[Any] = []
    monkeypatch.setattr("discuss.doorbell.tell_typing", lambda *who: told.append(who))
    bob = await enter(cast.bob, path)
    type_on(bob)
    await bob.until(lambda page: said(page, "bob is typing"))
    assert told == []


async def test_a_page_that_has_not_resumed_says_nothing(cast: Cast, path: str):
    bob = await visit(cast.bob, path)
    socket = dial(bob.element("live").get("ws-connect") or "", bob.client)
    await socket.connect()
    await socket.send_to(text_data=json.dumps({"verb": "typing"}))
    assert "notice" in str(await socket.receive_output(10))
    await socket.disconnect()
    await settled()
