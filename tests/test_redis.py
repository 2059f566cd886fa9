"""The hub over a real Redis, which dies, hangs, forgets its clients and comes back."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from pytest_django import Settings

from deploy.cluster.redis import Redis
from discuss.db.workers import in_worker
from discuss.doorbell import bells, listener, ringer
from discuss.doorbell.bell import Bell
from discuss.doorbell.ringer import LAYER_GROUP
from discuss.live.hub import hub
from project import services
from tests.cast import Cast
from tests.page import Page, enter, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("redis")]

# Seconds: what a loaded machine may take for Redis to be noticed, gone or back.
PATIENCE = 60.0
# Seconds: whoever waited for a ring that hangs would be given up.
RING_TIMEOUT = 1000.0


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    redis = Redis(tmp_path_factory.mktemp("redis"))
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture(autouse=True)
async def _over_redis(
    live: Any, redis: Redis, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    monkeypatch.setattr(listener, "BEAT_INTERVAL", 0.1)
    monkeypatch.setattr("discuss.live.hub.BEAT_INTERVAL", 0.1)
    monkeypatch.setattr(listener, "LISTEN_AGAIN", 0.1)
    monkeypatch.setattr(ringer, "RING_AGAIN", 0.1)
    monkeypatch.setattr("discuss.live.hub.SWEEP_LOOK", 0.05)
    # So late that no test is saved by it: what arrives came by a bell.
    monkeypatch.setattr("discuss.live.sweeps.SWEEP_INTERVAL", 1000.0)
    monkeypatch.setattr("discuss.live.sweeps.SWEEP_INTERVAL_UNSURE", 1000.0)
    monkeypatch.setattr("discuss.live.sweeps.SWEEP_INTERVAL_MISSED", 1000.0)
    monkeypatch.setattr("discuss.live.here.PRESENCE_INTERVAL", 0.01)
    settings.REDIS_URL = redis.url
    layer = services.channel_layer(redis.url, prefix="discussit")
    for host in layer["CONFIG"]["hosts"]:
        host["socket_timeout"] = RING_TIMEOUT
    settings.CHANNEL_LAYERS = {"default": layer}
    yield
    await hub.stop()
    await get_channel_layer().flush()


@pytest.fixture
async def other(redis: Redis) -> AsyncIterator[RedisPubSubChannelLayer]:
    """The channel layer as another process has it."""
    layer = RedisPubSubChannelLayer(
        **services.channel_layer(redis.url, prefix="discussit")["CONFIG"]
    )
    yield layer
    await layer.flush()


@pytest.fixture
def soon_deaf(_over_redis: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The listener notices soon that it hears nothing; and now and then on a machine that stands still."""
    monkeypatch.setattr(listener, "DEAF_AFTER", 3.0)


@pytest.fixture
def looks_for_what_was_missed(_over_redis: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discuss.live.sweeps.SWEEP_INTERVAL_MISSED", 0.1)


def ring(number: int, *bells: Bell) -> dict[str, Any]:
    """Return what another process sends with its ring of this number."""
    rung = [list(bell) for bell in bells]
    return {"type": "doorbell.rung", "from": "elsewhere", "number": number, "bells": rung}


@pytest.fixture
async def ann(cast: Cast, live: Any) -> Page:
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    await eventually(lambda: hub._listener.hears_all, patience=PATIENCE)
    return page


async def say_elsewhere(cast: Cast, monkeypatch: pytest.MonkeyPatch, text: str) -> Bell:
    """Write a line as another process does: this one's hub is told nothing. Return the bell."""
    rung: list[Bell] = []
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(bells._doorbell, "hand_over", rung.append)
        await in_worker(cast.say, cast.bob, text)
    return rung[0]


async def rung_until(
    other: RedisPubSubChannelLayer, message: dict[str, Any], condition: Callable[[], bool]
) -> None:
    """Ring until the condition holds: the layer may lose a ring, on a machine that stands still."""

    async def holds() -> bool:
        await other.group_send(LAYER_GROUP, message)
        return condition()

    await eventually(holds, what_is_heard, patience=PATIENCE)


def what_is_heard() -> str:
    """Return what tells whether it is the layer that is deaf, or a feed that does not flush."""
    feeds = {pk: vars(feed) for pk, feed in hub.subscriptions.groups.items()}
    shards = [vars(shard) for shard in get_channel_layer()._shards]
    return f"The listener: {vars(hub._listener)}. The feeds: {feeds}. The layer: {shards}"


def texts_of(page: Page) -> list[str]:
    page.read()
    return page.texts


async def test_a_bell_of_another_process_comes_over_redis(
    cast: Cast,
    ann: Page,
    redis: Redis,
    other: RedisPubSubChannelLayer,
    monkeypatch: pytest.MonkeyPatch,
):
    bell = await say_elsewhere(cast, monkeypatch, "From elsewhere")
    ann.read()
    assert ann.texts == []
    await rung_until(other, ring(1, bell), lambda: texts_of(ann) == ["From elsewhere"])


@pytest.mark.usefixtures("soon_deaf", "looks_for_what_was_missed")
async def test_without_redis_people_talk_on_and_what_was_missed_comes_when_it_is_back(
    cast: Cast, ann: Page, redis: Redis, monkeypatch: pytest.MonkeyPatch, caplog: Any
):
    redis.kill()
    try:
        for text in ("One", "Two"):
            await ann.post(text)
        await eventually(lambda: "channel layer is down" in caplog.text, patience=PATIENCE)
        await eventually(lambda: not hub._listener.hears_all, patience=PATIENCE)
        await say_elsewhere(cast, monkeypatch, "Three")
        # It is tried all the while, and said once.
        failures = bells._doorbell._failures
        await eventually(lambda: bells._doorbell._failures > failures + 5, patience=PATIENCE)
        assert caplog.text.count("channel layer is down") == 1
        assert caplog.text.count("cannot be heard") <= 1
    finally:
        redis.start()
    await eventually(lambda: hub._listener.hears_all, patience=PATIENCE)
    await ann.until(lambda page: page.texts == ["One", "Two", "Three"])
    await eventually(lambda: "channel layer is back" in caplog.text, patience=PATIENCE)
    assert caplog.text.count("channel layer is down") == 1


@pytest.mark.usefixtures("soon_deaf", "looks_for_what_was_missed")
async def test_a_redis_that_hangs_holds_nobody(
    cast: Cast, ann: Page, redis: Redis, monkeypatch: pytest.MonkeyPatch, caplog: Any
):
    monkeypatch.setattr(ringer, "RING_TIMEOUT", RING_TIMEOUT)
    redis.pause()
    try:
        for text in ("One", "Two"):
            await ann.post(text)
        await eventually(lambda: not hub._listener.hears_all, patience=PATIENCE)
        await say_elsewhere(cast, monkeypatch, "Three")
    finally:
        redis.resume()
    await ann.until(lambda page: page.texts == ["One", "Two", "Three"])
    await eventually(lambda: hub._listener.hears_all, patience=PATIENCE)


@pytest.mark.usefixtures("soon_deaf")
@pytest.mark.parametrize(
    "command", ["CLIENT KILL TYPE pubsub", "CLIENT KILL TYPE normal", "FLUSHALL"]
)
async def test_after_a_cut_bells_are_heard_again(
    cast: Cast,
    ann: Page,
    redis: Redis,
    other: RedisPubSubChannelLayer,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
):
    await asyncio.to_thread(redis.command, *command.split())
    bell = await say_elsewhere(cast, monkeypatch, "While it was cut")

    await rung_until(other, ring(1, bell), lambda: texts_of(ann) == ["While it was cut"])


@pytest.mark.usefixtures("soon_deaf")
async def test_another_process_that_cannot_ring_makes_this_one_unsure(
    ann: Page, other: RedisPubSubChannelLayer
):
    numbers = itertools.count(1)

    async def is_sure_of_it() -> bool:
        await other.group_send(LAYER_GROUP, ring(next(numbers)))
        return "elsewhere" in hub._listener._heard and hub._listener.hears_all

    await eventually(is_sure_of_it, patience=PATIENCE)
    await eventually(lambda: not hub._listener.hears_all, patience=PATIENCE)
    await eventually(is_sure_of_it, patience=PATIENCE)


@pytest.mark.usefixtures("looks_for_what_was_missed")
async def test_a_ring_that_was_lost_shows_in_the_next(
    cast: Cast, ann: Page, other: RedisPubSubChannelLayer, monkeypatch: pytest.MonkeyPatch
):
    await rung_until(other, ring(1), lambda: "elsewhere" in hub._listener._numbers)
    await say_elsewhere(cast, monkeypatch, "Unheard")
    await rung_until(other, ring(3), lambda: texts_of(ann) == ["Unheard"])


async def test_sites_with_a_name_each_do_not_hear_each_other(redis: Redis):
    heard = []
    sites = {
        name: RedisPubSubChannelLayer(**services.channel_layer(redis.url, name)["CONFIG"])
        for name in ("discussit", "kitchen")
    }
    channels = {name: await layer.new_channel() for name, layer in sites.items()}
    for name, layer in sites.items():
        await layer.group_add(ringer.LAYER_GROUP, channels[name])
    for name, layer in sites.items():
        await layer.group_send(ringer.LAYER_GROUP, {"type": name})
    # What both rang would be heard in the order in which it was rung.
    for name, layer in sites.items():
        heard.append((await layer.receive(channels[name]))["type"])
        await layer.flush()
    assert heard == ["discussit", "kitchen"]
