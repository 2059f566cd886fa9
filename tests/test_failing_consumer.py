"""What goes wrong in a consumer closes its own socket, is logged once, and leaves no trace in the hub."""

import asyncio

import pytest

from discuss.edges.consumers import GroupConsumer
from discuss.edges.consumers.page import LiveConsumer
from discuss.live.feeds.group import GroupFeed
from discuss.live.hub import hub
from tests.cast import Cast
from tests.page import Page, Refused, enter, eventually

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("live"),
    pytest.mark.both_ways,
]


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


def fail(*args: object, **kwargs: object) -> None:
    raise RuntimeError("the house is on fire")


async def leaves_no_trace(ann: Page) -> None:
    """Nobody but ann is known to the hub."""
    await eventually(
        lambda: len(hub.subscriptions.viewers) == 1, lambda: repr(hub.subscriptions.viewers)
    )
    (feed,) = hub.subscriptions.groups.values()
    assert len(feed.viewers) == 1
    assert len(hub._people) == 1
    await ann.post("Still here")
    assert ann.close_code is None


def logged_once(caplog: pytest.LogCaptureFixture, path: str, user_id: int | None) -> None:
    """What a consumer wrote is this, with where it happened, and nothing else was wrong."""
    ours = [record for record in caplog.records if record.name.startswith("discuss")]
    (record,) = [record for record in ours if record.exc_info]
    assert f"of user {user_id} failed in /ws{path}" in record.getMessage()
    assert "on fire" in caplog.text
    caplog.clear()


async def test_without_a_database_the_handshake_is_refused(
    cast: Cast, path: str, monkeypatch, caplog
):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await bob.disconnect()
    with monkeypatch.context() as broken:
        broken.setattr("discuss.edges.consumers.group.read_visitor", fail)
        with pytest.raises(Refused):
            await bob.connect()
    logged_once(caplog, path, None)
    await leaves_no_trace(ann)
    await bob.join_in()
    await bob.until(lambda page: page.texts == ["Still here"])


async def test_what_fails_after_that_closes_with_1011(cast: Cast, path: str, monkeypatch, caplog):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await bob.disconnect()
    monkeypatch.setattr(GroupConsumer, "enter", fail)
    await bob.connect(resumes=False)
    await bob.until(lambda page: page.close_code == 1011)
    logged_once(caplog, path, cast.bob.pk)
    await leaves_no_trace(ann)


async def test_a_page_that_cannot_be_made_live_is_closed_and_returns(
    cast: Cast, path: str, monkeypatch, caplog
):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await bob.disconnect()
    with monkeypatch.context() as broken:
        broken.setattr(GroupFeed, "join", fail)
        await bob.connect()
        await bob.until(lambda page: page.close_code == 1011)
    logged_once(caplog, path, cast.bob.pk)
    await leaves_no_trace(ann)
    await bob.join_in()
    await bob.until(lambda page: page.texts == ["Still here"])


async def test_a_frame_that_fails_outside_of_its_verb_closes_with_1011(
    cast: Cast, path: str, monkeypatch, caplog
):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    with monkeypatch.context() as broken:
        broken.setattr("discuss.edges.consumers.page._read_frame", fail)
        bob.send("a secret that nobody logs")
        await bob.until(lambda page: page.close_code == 1011)
    assert "secret" not in caplog.text
    logged_once(caplog, path, cast.bob.pk)
    await leaves_no_trace(ann)


async def test_a_failing_goodbye_leaves_nothing_behind(cast: Cast, path: str, monkeypatch, caplog):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    monkeypatch.setattr(LiveConsumer, "websocket_disconnect", fail)
    await bob.disconnect()
    logged_once(caplog, path, cast.bob.pk)
    await leaves_no_trace(ann)


async def test_an_application_that_is_cancelled_leaves_nothing_behind(
    cast: Cast, path: str, monkeypatch
):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)

    is_stuck = asyncio.Event()

    async def stuck(*args: object) -> None:
        is_stuck.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as broken:
        broken.setattr("discuss.edges.consumers.group.post", stuck)
        bob.write("Soup?")
        await eventually(is_stuck.is_set)
        assert len(hub.subscriptions.viewers) == 2
        socket = bob._socket
        assert socket is not None
        socket.future.cancel()
        await eventually(
            lambda: len(hub.subscriptions.viewers) == 1, lambda: repr(hub.subscriptions.viewers)
        )
    bob._socket = None
    await leaves_no_trace(ann)
