"""The hub with a doorbell that is broken in every way a channel layer can break it."""

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.layers import InMemoryChannelLayer, get_channel_layer

from discuss import actions
from discuss.db.workers import in_worker
from discuss.doorbell import bells, ringer
from discuss.doorbell.bell import Bell
from discuss.doorbell.ringer import LAYER_GROUP
from discuss.live import states
from discuss.live.hub import Hub, hub
from discuss.live.updates import read_updates
from discuss.models import Group
from discuss.rendering import fragments
from discuss.server.protocol import CLOSE_RESTART
from project.asgi import application
from tests.cast import Cast
from tests.page import PATIENCE, Page, enter, eventually, fresh_log, settled, visit
from tests.test_reading import fill

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("live"),
    pytest.mark.both_ways,
]


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


class Ear:
    """Stands between the doorbell and the hub: it keeps the bells, and the test hands them on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bells: list[Bell] = []
        self._hear = hub.hear
        # Before the hub starts: it gives the doorbell this very function.
        monkeypatch.setattr(hub, "hear", self.bells.append)

    def ring(self, *bells: Bell) -> None:
        for bell in bells:
            self._hear(bell)


@pytest.fixture
def ear(live: Hub) -> Iterator[Ear]:
    # Gone before the hub stops: the hub makes its next listener then, which would keep the ear.
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Ear(monkeypatch)


# --- bells that are lost, doubled, reordered --------------------------------------------------------


async def test_with_every_bell_dropped_lines_arrive_by_the_sweep_in_order_once(
    cast: Cast, path: str, ear: Ear
):
    pages = [await enter(user, path) for user in (cast.ann, cast.bob)]
    for page in pages:
        await page.until(lambda page: page.here == ["ann", "bob"])
    for number in range(5):
        await in_worker(cast.say, cast.bob, f"{number}")
        await settled()
    for page in pages:
        page.read()
        assert page.texts == []
    assert ear.bells
    await hub.subscriptions.sweep()
    for page in pages:
        await page.until(lambda page: page.texts == list("01234"))
        assert page.log == await fresh_log(page)
    await settled()
    for page in pages:
        page.read()
    heard = [len(page.frames) for page in pages]
    await hub.subscriptions.sweep()
    await settled()
    for page, count in zip(pages, heard, strict=True):
        page.read()
        assert len(page.frames) == count


async def test_the_sweep_runs_by_itself(cast: Cast, path: str, ear: Ear, monkeypatch):
    monkeypatch.setattr("discuss.live.hub.SWEEP_LOOK", 0.05)
    monkeypatch.setattr("discuss.live.sweeps.SWEEP_INTERVAL", 0.05)
    ann = await enter(cast.ann, path)
    # Because it is due, and not because a bell was missed.
    await eventually(lambda: hub._listener.hears_all and not hub.sweeps.has_missed)
    await in_worker(cast.say, cast.bob, "Soup")
    await ann.until(lambda page: page.texts == ["Soup"])


async def test_bells_that_are_doubled_and_reordered_change_nothing(cast: Cast, path: str, ear: Ear):
    ann = await enter(cast.ann, path)
    for number in range(5):
        await in_worker(cast.say, cast.bob, f"{number}")
    for bell in ear.bells[::-1] * 3:
        ear.ring(bell)
        await asyncio.sleep(0)
    await ann.until(lambda page: page.texts == list("01234"))
    ear.ring(*ear.bells, *ear.bells)
    await settled()
    ann.read()
    assert ann.texts == list("01234")
    assert ann.log == await fresh_log(ann)


async def test_a_bell_that_comes_before_its_line_leads_to_no_loss(cast: Cast, path: str, ear: Ear):
    ann = await enter(cast.ann, path)
    ear.ring(Bell("group", cast.kitchen.pk, 99))
    await settled()
    await in_worker(cast.say, cast.bob, "Soup")
    ear.ring(*ear.bells)
    await ann.until(lambda page: page.texts == ["Soup"])
    assert ann.cursor == 4


async def test_bells_of_what_is_not_there_are_harmless(cast: Cast, path: str):
    ann, lobby = await enter(cast.ann, path), await enter(cast.ann, "/")
    for kind in ("group", "lobby", "person", "nonsense"):
        hub.hear(Bell(kind, 10**6, 1))
    await ann.post("Soup")
    await ann.until(lambda page: page.texts == ["Soup"])
    assert lobby.close_code is None


async def test_lines_that_wait_are_one_frame(cast: Cast, path: str, ear: Ear):
    ann = await enter(cast.ann, path)
    for number in range(20):
        await in_worker(cast.say, cast.bob, f"{number}")
    heard = len([frame for frame in ann.frames if "beforeend:#log" in frame])
    ear.ring(*ear.bells)
    await ann.until(lambda page: len(page.texts) == 20)
    assert len([frame for frame in ann.frames if "beforeend:#log" in frame]) == heard + 1


async def test_pages_of_one_audience_get_the_same_bytes(cast: Cast, path: str, monkeypatch):
    rendered: list[int] = []
    original = fragments.line

    def count(entry: Any, *args: Any, **kwargs: Any) -> str:
        rendered.append(entry.pk)
        return original(entry, *args, **kwargs)

    pages = [await enter(user, path) for user in (cast.ann, cast.bob, cast.mod, cast.bob)]
    await settled()
    monkeypatch.setattr("discuss.live.frames.fragments.line", count)
    await in_worker(cast.say, cast.bob, "Soup")
    for page in pages:
        await page.until(lambda page: page.texts == ["Soup"])
    frames = {next(f for f in page.frames if "Soup" in f) for page in pages}
    assert len(frames) == 1
    assert len(rendered) == 1


async def test_after_bells_were_lost_a_person_who_has_logged_out_is_found(
    cast: Cast, path: str, ear: Ear, monkeypatch
):
    monkeypatch.setattr("discuss.live.sweeps.SWEEP_INTERVAL_MISSED", 0.0)
    ann = await enter(cast.ann, path)
    # Its first beat makes the hub look for what it missed before.
    await eventually(lambda: hub._listener.hears_all)
    await hub.sweeps.sweep_when_due()
    await in_worker(ann.client.logout)
    await hub.sweeps.sweep_when_due()
    await settled()
    ann.read()
    assert ann.close_code is None
    hub.sweeps.soon()
    await hub.sweeps.sweep_when_due()
    await ann.until(lambda page: page.close_code == CLOSE_RESTART)


# --- the layer --------------------------------------------------------------------------------------


async def test_bells_of_other_processes_come_over_the_layer(cast: Cast, path: str, monkeypatch):
    ann = await enter(cast.ann, path)
    await eventually(lambda: hub._listener.hears_all)
    monkeypatch.setattr(bells._doorbell, "hand_over", lambda bell: None)
    await in_worker(cast.say, cast.bob, "From elsewhere")
    rung = [["group", cast.kitchen.pk, 4]]
    message = {"type": "doorbell.rung", "from": "elsewhere", "number": 1, "bells": rung}
    await get_channel_layer().group_send(LAYER_GROUP, message)
    await ann.until(lambda page: page.texts == ["From elsewhere"])


async def test_a_process_that_has_answered_no_more_than_a_page_rings_too(cast: Cast, live: Hub):
    layer = get_channel_layer()
    other = await layer.new_channel()
    await layer.group_add(LAYER_GROUP, other)
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/healthz",
        "headers": [(b"host", b"localhost")],
    }
    request = ApplicationCommunicator(application, scope | {"query_string": b""})
    await request.send_input({"type": "http.request", "body": b"", "more_body": False})
    assert (await request.receive_output(PATIENCE))["status"] == 200
    await request.wait(PATIENCE)
    await in_worker(cast.say, cast.bob, "Soup")
    rung: list[list[Any]] = []
    async with asyncio.timeout(PATIENCE):
        while not rung:
            rung = (await layer.receive(other))["bells"]
    assert ["group", cast.kitchen.pk, 4] in rung


async def test_bells_of_this_process_go_to_the_layer(cast: Cast, path: str):
    layer = get_channel_layer()
    other = await layer.new_channel()
    await layer.group_add(LAYER_GROUP, other)
    await enter(cast.ann, path)
    await in_worker(cast.say, cast.bob, "Soup")
    rung: list[list[Any]] = []
    async with asyncio.timeout(PATIENCE):
        while not rung:  # those that ring for nothing are no news
            rung = (await layer.receive(other))["bells"]
    assert ["group", cast.kitchen.pk, 4] in rung


async def test_a_layer_that_hangs_and_fails_costs_nothing_but_a_warning(
    cast: Cast, path: str, monkeypatch, caplog
):
    monkeypatch.setattr(ringer, "RING_AGAIN", 0.01)
    may_fail = asyncio.Event()
    ann = await enter(cast.ann, path)
    await eventually(lambda: hub._listener.hears_all)

    async def hang_and_fail(*args: Any) -> None:
        await may_fail.wait()
        raise ConnectionError("no layer")

    with monkeypatch.context() as broken:
        broken.setattr(InMemoryChannelLayer, "group_send", hang_and_fail)
        for text in ("One", "Two"):
            await ann.post(text)
        await ann.until(lambda page: page.texts == ["One", "Two"])
        assert "channel layer is down" not in caplog.text, "It was not waited for."
        may_fail.set()
        await eventually(lambda: "channel layer is down" in caplog.text)
        await ann.post("Three")
        await ann.until(lambda page: page.texts == ["One", "Two", "Three"])
    await ann.post("Four")
    await eventually(lambda: "channel layer is back" in caplog.text)
    assert caplog.text.count("channel layer is down") == 1


async def test_a_ring_that_hangs_is_given_up_and_the_layer_is_down(
    cast: Cast, path: str, monkeypatch, caplog
):
    monkeypatch.setattr(ringer, "RING_TIMEOUT", 0.05)
    ann = await enter(cast.ann, path)

    async def hang(*args: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(InMemoryChannelLayer, "group_send", hang)
    await ann.post("One")
    await eventually(lambda: "channel layer is down" in caplog.text)


async def test_a_layer_that_cannot_be_heard_is_tried_again(
    cast: Cast, path: str, monkeypatch, caplog
):
    monkeypatch.setattr("discuss.doorbell.listener.LISTEN_AGAIN", 0.01)
    tries: list[str] = []
    receive = InMemoryChannelLayer.receive

    async def fail_at_first(layer: InMemoryChannelLayer, channel: str) -> Any:
        tries.append(channel)
        if len(tries) < 3:
            raise ConnectionError("no layer")
        return await receive(layer, channel)

    # Of the class: on an instance pytest would leave a method of its own, which hides the class's.
    monkeypatch.setattr(InMemoryChannelLayer, "receive", fail_at_first)
    ann = await enter(cast.ann, path)
    await eventually(lambda: len(tries) >= 3)
    assert "cannot be heard" in caplog.text
    await test_bells_of_other_processes_come_over_the_layer(cast, path, monkeypatch)
    assert ann.close_code is None


# --- turns ------------------------------------------------------------------------------------------


async def test_a_turn_that_fails_is_tried_again(cast: Cast, path: str, monkeypatch, caplog):
    monkeypatch.setattr("discuss.live.feeds.base.RETRY_INTERVAL", 0.01)
    ann, late, tries = await enter(cast.ann, path), await visit(cast.bob, path), []
    original = read_updates

    def fail_at_first(*args: Any, **kwargs: Any) -> Any:
        tries.append(kwargs)
        if len(tries) < 3:
            raise RuntimeError("the database is away")
        return original(*args, **kwargs)

    monkeypatch.setattr("discuss.live.updates.read_updates", fail_at_first)
    await late.connect()
    await in_worker(cast.say, cast.bob, "Soup")
    for page in (ann, late):
        await page.until(lambda page: page.texts == ["Soup"])
        assert page.log == await fresh_log(page)
    assert "the database is away" in caplog.text
    caplog.clear()


async def test_a_turn_that_fails_while_it_writes_leaves_no_page_deaf(
    cast: Cast, path: str, monkeypatch, caplog
):
    ann, bob = await enter(cast.ann, path), await visit(cast.bob, path)
    with monkeypatch.context() as broken:
        # The line is read, and the cursor has moved, when bob is let in.
        broken.setattr("discuss.rendering.fragments.status_renewed", lambda audience: 1 / 0)
        await bob.connect()
        await bob.until(lambda page: page.close_code)
    assert await ann.until(lambda page: page.close_code) == bob.close_code == CLOSE_RESTART
    assert "division" in caplog.text
    caplog.clear()
    await in_worker(cast.say, cast.ann, "Soup")
    for page in (ann, bob):
        await page.connect()
        await page.until(lambda page: page.texts == ["Soup"])
        assert page.log == await fresh_log(page)


async def test_a_lobby_that_fails_while_it_writes_leaves_no_page_deaf(
    cast: Cast, monkeypatch, caplog
):
    ann = await enter(cast.ann, "/")
    with monkeypatch.context() as broken:
        broken.setattr("discuss.rendering.fragments.group_changed", lambda audience, **given: 1 / 0)
        await in_worker(actions.join_group, cast.cleo, group=cast.kitchen)
        assert await ann.until(lambda page: page.close_code) == CLOSE_RESTART
    caplog.clear()
    await ann.connect()
    await ann.until(lambda page: "4 members" in page.element("group-list").text_content())


async def test_pages_of_very_many_places_join_in_more_than_one_turn(
    cast: Cast, path: str, monkeypatch
):
    monkeypatch.setattr("discuss.live.states.AT_ONCE", 2)
    pages = []
    for number in range(5):
        pages.append(await visit(cast.ann, path))
        await in_worker(cast.say, cast.bob, f"line {number}")
    for page in pages:
        await page.connect()
    for page in pages:
        await page.until(lambda page: len(page.texts) == 5)
        assert page.log == await fresh_log(page)


async def test_who_is_here_is_told_again_where_that_failed(
    cast: Cast, path: str, monkeypatch, caplog
):
    monkeypatch.setattr("discuss.live.here.PRESENCE_INTERVAL", 0.05)
    with monkeypatch.context() as broken:
        broken.setattr(
            "discuss.rendering.fragments.presence_changed", lambda audience, **given: 1 / 0
        )
        ann = await enter(cast.ann, path)
        await eventually(lambda: "division" in caplog.text)
    await ann.until(lambda page: "ann" in page.element("here").text_content())
    caplog.clear()


async def test_a_request_for_older_lines_survives_a_flush_that_fails(
    cast: Cast, path: str, monkeypatch, caplog
):
    await in_worker(fill, cast.kitchen, 100)
    monkeypatch.setattr("discuss.live.feeds.base.RETRY_INTERVAL", 0.01)
    ann = await enter(cast.ann, path)
    with monkeypatch.context() as broken:
        broken.setattr("discuss.live.updates.read_updates", lambda *args, **kwargs: 1 / 0)
        ann.ask_older()
        await eventually(lambda: "division" in caplog.text)
    await ann.until(lambda page: len(page.log) == 100)
    caplog.clear()


async def test_a_group_whose_lines_take_long_keeps_no_other_waiting(
    cast: Cast, path: str, monkeypatch
):
    monkeypatch.setattr("discuss.live.flushes.SLOW", -1.0)
    ann = await enter(cast.ann, path)
    monkeypatch.setattr("discuss.live.flushes.SLOW", 1000.0)
    other = await in_worker(actions.create_group, cast.cleo, name="Attic")
    cleo = await enter(cast.cleo, other.get_absolute_url())
    may_go_on = threading.Event()

    def take_slowly(feeding: states.UpdateRequest) -> states.Updates | None:
        if feeding.group_id == cast.kitchen.pk:
            may_go_on.wait(PATIENCE)
        return read_updates(feeding)

    with monkeypatch.context() as slow:
        slow.setattr("discuss.live.updates.read_updates", take_slowly)
        await in_worker(cast.say, cast.bob, "Much")
        await cleo.post("Little")
        await cleo.until(lambda page: page.texts == ["Little"])
        ann.read()
        assert ann.texts == []
        may_go_on.set()
        await ann.until(lambda page: page.texts == ["Much"])


async def test_a_lobby_turn_that_fails_is_tried_again(cast: Cast, monkeypatch, caplog):
    monkeypatch.setattr("discuss.live.feeds.base.RETRY_INTERVAL", 0.01)
    ann = await enter(cast.ann, "/")
    with monkeypatch.context() as broken:
        broken.setattr("discuss.live.feeds.lobby.read_lobby_updates", lambda *args: 1 / 0)
        await in_worker(actions.join_group, cast.cleo, group=cast.kitchen)
        await eventually(lambda: "division" in caplog.text)
    await ann.until(lambda page: "4 members" in page.element("group-list").text_content())
    caplog.clear()


async def test_a_page_that_leaves_during_a_turn_that_fails_leaves_no_feed(
    cast: Cast, path: str, monkeypatch, caplog
):
    monkeypatch.setattr("discuss.live.feeds.base.RETRY_INTERVAL", 0.01)
    begun, may_fail = threading.Event(), threading.Event()

    def fail_late(*args: Any, **kwargs: Any) -> None:
        begun.set()
        may_fail.wait(PATIENCE)
        raise RuntimeError("the database is away")

    monkeypatch.setattr("discuss.live.updates.read_updates", fail_late)
    ann = await visit(cast.ann, path)
    await ann.connect()
    await eventually(begun.is_set)
    await ann.disconnect()
    may_fail.set()
    await eventually(lambda: not hub.subscriptions.groups)
    caplog.clear()


async def test_a_feed_ends_with_its_last_page_and_begins_again(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await ann.disconnect()
    await settled()
    assert cast.kitchen.pk in hub.subscriptions.groups
    await bob.disconnect()
    await eventually(lambda: not hub.subscriptions.groups)
    assert not hub._people
    assert not hub.subscriptions.viewers
    await in_worker(cast.say, cast.bob, "Nobody is here")
    for page in (ann, bob):
        await page.join_in()
        await page.until(lambda page: page.texts == ["Nobody is here"])


async def test_one_group_hears_nothing_of_another(cast: Cast, path: str):
    garden = await in_worker(actions.create_group, cast.bob, name="Garden")
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, garden.get_absolute_url())
    await bob.post("Slugs")
    await bob.until(lambda page: page.texts == ["Slugs"])
    await ann.post("Soup")
    await ann.until(lambda page: page.texts == ["Soup"])
    assert "Slugs" not in "".join(ann.frames)
    assert "Soup" not in "".join(bob.frames)


# --- signs of life, presence ------------------------------------------------------------------------


async def test_the_sign_of_life_reaches_every_page(cast: Cast, path: str, monkeypatch):
    monkeypatch.setattr("discuss.live.hub.STATUS_INTERVAL", 0.05)
    for page in (await enter(cast.ann, path), await enter(cast.ann, "/")):
        await page.until(lambda page: "".join(page.frames).count('id="status"') >= 3)


async def test_presence_is_told_at_most_once_a_second(cast: Cast, path: str, monkeypatch):
    interval = 2.0
    monkeypatch.setattr("discuss.live.here.PRESENCE_INTERVAL", interval)
    await in_worker(actions.join_group, cast.cleo, group=cast.kitchen)
    ann = await enter(cast.ann, path)
    await ann.until(lambda page: page.here == ["ann"])
    told, begin = "".join(ann.frames).count('id="here"'), time.monotonic()
    pages = [await enter(user, path) for user in (cast.bob, cast.cleo, cast.mod)]
    for page in (ann, *pages):
        await page.until(lambda page: page.here == ["ann", "bob", "cleo", "mod"])
    most = 1 + (time.monotonic() - begin) / interval
    assert told < "".join(ann.frames).count('id="here"') <= told + most


# --- the end ----------------------------------------------------------------------------------------


async def test_after_a_stop_it_starts_again(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    await hub.stop()
    assert not hub.subscriptions.groups
    await ann.disconnect()
    await in_worker(cast.say, cast.bob, "While it stood still")
    await ann.join_in()
    await ann.until(lambda page: page.texts == ["While it stood still"])
    await ann.post("Soup")
    await ann.until(lambda page: page.texts[-1] == "Soup")


async def test_a_database_that_was_restored_from_a_copy_is_found_by_the_sweep(
    cast: Cast, path: str
):
    """Its heads are behind the feed's cursor: only another number tells, not a higher one."""
    ann = await enter(cast.ann, path)
    await ann.post("Lost with the disk")
    await ann.until(lambda page: page.texts)

    def restore() -> None:
        cast.kitchen.entries.filter(position__gt=3).delete()
        Group.objects.filter(pk=cast.kitchen.pk).update(head=3, epoch="another-epoch")

    await in_worker(restore)
    await hub.subscriptions.sweep()
    await ann.until(lambda page: page.texts == [] and page.cursor == 3)
    page: Page = ann
    assert page.element("epoch").get("value") == "another-epoch"
