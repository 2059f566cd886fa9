"""What this process counts about itself, and who may see it."""

import re
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.layers import InMemoryChannelLayer
from django.conf import settings as project_settings
from pytest_django import Settings

from discuss import actions, metrics
from discuss.db.workers import in_worker
from discuss.doorbell import bells, ringer
from discuss.doorbell.bell import Bell
from discuss.live.feeds.lobby import LobbyFeed
from discuss.live.hub import hub
from project.asgi import application
from tests.cast import Cast, log_in
from tests.page import PATIENCE, dial, enter, eventually, settled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

TOKEN = "a-token-of-twenty-or-more"
HERE, ELSEWHERE = "127.0.0.1", "192.0.2.7"


async def ask(
    *,
    client: str | None = HERE,
    host: str = "127.0.0.1:8000",
    authorization: str = "",
    method: str = "GET",
) -> tuple[int, str]:
    """Ask for /metrics, and return the answer's status and its text."""
    headers = [(b"host", host.encode())]
    if authorization:
        headers.append((b"authorization", authorization.encode()))
    scope = {
        "type": "http",
        "method": method,
        "path": "/metrics",
        "query_string": b"",
        "headers": headers,
        "client": [client, 4000] if client else None,
        "server": ["127.0.0.1", 8000],
    }
    request = ApplicationCommunicator(application, scope)
    start = await request.receive_output(PATIENCE)
    body = await request.receive_output(PATIENCE)
    await request.wait(PATIENCE)
    return start["status"], body["body"].decode()


class Counts:
    """How much each number has grown since this was made; pages and subscriptions are as they are."""

    def __init__(self) -> None:
        self._before = self._all()

    def __getitem__(self, name: str) -> float:
        return self._all().get(name, 0.0) - self._before.get(name, 0.0)

    def _all(self) -> dict[str, float]:
        samples = [sample for family in metrics.registry.collect() for sample in family.samples]
        return {"".join([s.name, *map(str, s.labels.values())]): s.value for s in samples}


# --- who may see them -------------------------------------------------------------------------------


@pytest.mark.parametrize("client", [HERE, "127.9.9.9", "::1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
async def test_without_a_token_the_machine_itself_may(client: str, host: str):
    status, text = await ask(client=client, host=host)
    assert status == 200
    assert "\ndiscussit_pages 0.0\n" in text


@pytest.mark.parametrize(
    ("client", "host"),
    [
        (ELSEWHERE, "127.0.0.1:8000"),
        ("2001:db8::7", "[::1]:8000"),
        # A proxy of which the settings say nothing.
        (HERE, "chat.example.org"),
        (HERE, ""),
        # Over a unix socket, of another server.
        (None, "127.0.0.1"),
    ],
)
async def test_without_a_token_nobody_else_may(client: str | None, host: str):
    for method in ("GET", "POST"):
        assert await ask(client=client, host=host, method=method) == (404, "Not found.\n")


async def test_behind_a_proxy_nobody_may_without_a_token(settings: Settings):
    assert (await ask())[0] == 200
    settings.BEHIND_PROXY = True
    assert (await ask())[0] == 404


@pytest.mark.parametrize("is_behind", [True, False])
async def test_with_a_token_whoever_brings_it_may(settings: Settings, is_behind: bool):
    settings.METRICS_TOKEN, settings.BEHIND_PROXY = TOKEN, is_behind
    for scheme in ("Bearer", "bearer"):
        asked = await ask(client=ELSEWHERE, host="10.0.0.1", authorization=f"{scheme} {TOKEN}")
        assert asked[0] == 200
    assert (await ask(authorization=f"Bearer {TOKEN}", method="POST"))[0] == 405
    for wrong in ("", f"Bearer {TOKEN}x", "Bearer ", TOKEN, f"Basic {TOKEN}", "Bearer \xff"):
        assert (await ask(authorization=wrong))[0] == 404


# --- what is counted --------------------------------------------------------------------------------


async def test_pages_messages_and_their_road(cast: Cast):
    path, counts = cast.kitchen.get_absolute_url(), Counts()
    lobby, ann = await enter(cast.ann, "/"), await enter(cast.ann, path)
    await ann.post("Soup")
    await ann.until(lambda page: page.texts == ["Soup"])
    await eventually(lambda: hub.subscriptions.is_idle)
    _, text = await ask()
    assert "\ndiscussit_pages 2.0\n" in text
    for feed in ("lobby", "group"):
        assert f'\ndiscussit_subscriptions{{feed="{feed}"}} 1.0\n' in text
    assert counts["discussit_messages_stored_total"] == 1
    flushes = counts["discussit_flush_seconds_countgroup"]
    assert flushes >= 2
    for name in ("flush_wait", "delivery"):
        assert counts[f"discussit_{name}_seconds_countgroup"] == flushes
    for batch, size in (("flushes", flushes), ("posts", 1)):
        assert counts[f"discussit_batch_size_count{batch}"] == size
        assert counts[f"discussit_batch_size_sum{batch}"] == size
    for name in ("crossing_wait", "crossing"):
        assert counts[f"discussit_{name}_seconds_countposting"] == 1
    await ann.disconnect()
    await lobby.disconnect()
    _, text = await ask()
    assert "\ndiscussit_pages 0.0\n" in text
    assert '\ndiscussit_subscriptions{feed="group"} 0.0\n' in text


async def test_what_is_sent_twice_is_one_message(cast: Cast):
    bob, counts = await in_worker(cast.member, cast.bob), Counts()
    for _ in range(2):
        await in_worker(actions.post_message, bob, text="Soup", nonce="nonce-soup")
    assert counts["discussit_messages_stored_total"] == 1


async def test_sockets_end_with_a_code_of_which_there_are_few(cast: Cast):
    counts = Counts()
    for code in (1001, 1006, 1013, 4403, 1003, 4999):
        socket = dial("/ws/", await in_worker(log_in, cast.ann))
        assert (await socket.connect(PATIENCE))[0]
        await socket.send_input({"type": "websocket.disconnect", "code": code})
        await socket.wait(PATIENCE)
    for label in ("1001", "1006", "1013", "4403"):
        assert counts[f"discussit_socket_closes_total{label}"] == 1
    assert counts["discussit_socket_closes_totalother"] == 2


async def test_rings_that_fail_are_missed_as_many_as_they_are(cast: Cast, monkeypatch):
    monkeypatch.setattr(ringer, "RING_AGAIN", 0.001)
    await enter(cast.ann, "/")
    await eventually(lambda: hub._listener.hears_all)
    ring, counts = InMemoryChannelLayer.group_send, Counts()

    async def fail_thrice(*args: Any) -> None:
        if counts["discussit_rings_failed_total"] < 3:
            raise ConnectionError("no layer")
        await ring(*args)

    monkeypatch.setattr(InMemoryChannelLayer, "group_send", fail_thrice)
    await in_worker(cast.say, cast.bob, "Soup")
    await eventually(lambda: counts["discussit_rings_missed_total"])
    assert counts["discussit_rings_failed_total"] == counts["discussit_rings_missed_total"] == 3


async def test_sweeps_and_those_that_found_what_no_bell_told(cast: Cast, monkeypatch):
    ann = await enter(cast.ann, cast.kitchen.get_absolute_url())
    await settled()
    counts = Counts()
    await hub.subscriptions.sweep()
    await settled()
    assert counts["discussit_sweeps_total"] == 1
    assert counts["discussit_sweeps_behind_total"] == 0
    monkeypatch.setattr(bells._doorbell, "hand_over", lambda bell: None)
    await in_worker(cast.say, cast.bob, "Soup")
    await hub.subscriptions.sweep()
    await ann.until(lambda page: page.texts == ["Soup"])
    assert counts["discussit_sweeps_behind_total"] == 1


async def test_a_flush_that_fails_is_a_late_delivery(cast: Cast, monkeypatch, caplog):
    monkeypatch.setattr("discuss.live.feeds.base.RETRY_INTERVAL", 0.2)
    await enter(cast.ann, "/")
    await settled()
    counts, fails = Counts(), [True]
    flush = LobbyFeed.flush

    async def fail_once(feed: LobbyFeed) -> None:
        if fails:
            raise RuntimeError(fails.pop())
        await flush(feed)

    monkeypatch.setattr(LobbyFeed, "flush", fail_once)
    hub.hear(Bell("lobby", cast.kitchen.pk))
    await eventually(lambda: counts["discussit_delivery_seconds_countlobby"] == 1)
    assert counts["discussit_delivery_seconds_sumlobby"] > 0.2
    assert counts["discussit_flush_wait_seconds_countlobby"] == 2
    caplog.clear()


def test_the_docs_name_all_of_them():
    families = list(metrics.registry.collect())
    shown = {f"{f.name}_total" if f.type == "counter" else f.name for f in families}
    doc = (Path(project_settings.BASE_DIR) / "docs" / "deploy.md").read_text()
    named = set(re.findall(r"`((?:discussit|process)_[a-z_]+)`", doc))
    assert named <= shown
    assert {name for name in shown if name.startswith("discussit_")} <= named
