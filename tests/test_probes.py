"""What machines ask is answered before Django, whoever asks and however often."""

import asyncio
import threading
from typing import Any, NamedTuple

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.layers import InMemoryChannelLayer
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from discuss.db.workers import in_worker
from discuss.edges import addresses, probes
from discuss.live.hub import hub
from project import asgi
from tests.page import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

BOTH = pytest.mark.parametrize("path", ["/healthz", "/readyz"])
FIRST_LINES = {"/healthz": "alive\n", "/readyz": "ready\n"}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


class Looks:
    """Counts how often a probe looked at the database; each look may be held up, or fail."""

    def __init__(self) -> None:
        self.count = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.error: Exception | None = None

    async def in_worker(self, work: Any) -> None:
        self.count += 1
        await in_worker(self._look, work)

    def _look(self, work: Any) -> None:
        assert self.may_go_on.wait(PATIENCE)
        if self.error:
            raise self.error
        work()


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Begin with nothing known, and with probes that no thread and no middleware of Django's answers."""

    async def no_django(*given: Any) -> None:
        raise AssertionError("It came to Django.")

    looks = Looks()
    monkeypatch.setattr(asgi, "django", no_django)
    monkeypatch.setattr(addresses, "_told", set())
    monkeypatch.setattr(probes, "readiness", probes.Readiness())
    monkeypatch.setattr(probes, "in_worker", looks.in_worker)
    return looks


async def ask(path: str, method: str = "GET", host: str | None = "127.0.0.1:8000") -> Answer:
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"?\xff",
        "headers": [] if host is None else [(b"host", host.encode())],
        "server": ["127.0.0.1", 8000],
    }
    request = ApplicationCommunicator(asgi.application, scope)
    start = await request.receive_output(PATIENCE)
    body = await request.receive_output(PATIENCE)
    await request.wait(PATIENCE)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], headers, body["body"].decode())


async def test_healthz_says_that_the_process_lives_without_asking_anybody(looks: Looks):
    assert (await ask("/healthz"))[::2] == (200, "alive\n")
    assert looks.count == 0


async def test_readyz_says_ready():
    assert (await ask("/readyz"))[::2] == (200, "ready\n")


async def test_readyz_says_when_the_database_is_down(looks: Looks):
    looks.error = OperationalError("no database")
    assert (await ask("/readyz"))[::2] == (503, "down: database\n")


async def test_readyz_says_when_the_layer_is_down(monkeypatch):
    ring = InMemoryChannelLayer.group_send

    async def fail(layer, group, message):
        if group == "probe":
            raise ConnectionError("no layer")
        await ring(layer, group, message)

    monkeypatch.setattr(InMemoryChannelLayer, "group_send", fail)
    assert (await ask("/readyz"))[::2] == (503, "down: channel layer\n")


async def test_readyz_says_at_once_when_the_process_leaves(monkeypatch):
    assert (await ask("/readyz")).status == 200
    monkeypatch.setattr(hub, "is_leaving", True)
    assert (await ask("/readyz"))[::2] == (503, "leaving\n")


async def test_a_thousand_at_once_cost_one_look(looks: Looks):
    looks.may_go_on.clear()
    asking = [asyncio.create_task(ask("/readyz")) for _ in range(1000)]
    await asyncio.sleep(0)
    # Whoever asked first may go away before it knows.
    asking.pop(0).cancel()
    looks.may_go_on.set()
    answers = await asyncio.gather(*asking)
    assert {answer[::2] for answer in answers} == {(200, "ready\n")}
    assert looks.count == 1


async def test_an_answer_serves_for_a_second_and_no_longer(looks: Looks, monkeypatch):
    for shared_for, count in ((PATIENCE, 1), (0.0, 3)):
        monkeypatch.setattr(probes, "SHARED_FOR", shared_for)
        monkeypatch.setattr(probes, "readiness", probes.Readiness())
        looks.count = 0
        for _ in range(3):
            assert (await ask("/readyz")).status == 200
        assert looks.count == count


@BOTH
async def test_its_head_is_the_whole_ones(path: str):
    whole, head = await ask(path), await ask(path, "HEAD")
    assert whole.body == FIRST_LINES[path]
    assert head == whole._replace(body="")
    assert whole.headers == {
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(whole.body)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }


@BOTH
@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE", "get"])
async def test_it_can_only_be_got(path: str, method: str, looks: Looks):
    answer = await ask(path, method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert looks.count == 0


@BOTH
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]:8000", None])
async def test_a_machine_asks_itself_by_any_of_its_names(path: str, host: str | None):
    assert (await ask(path, host=host)).status == 200


@BOTH
@pytest.mark.parametrize("host", ["chat.example.org", "127.0.0.1:x", ""])
async def test_a_host_that_is_not_served_is_refused_here_too(path: str, host: str, looks, caplog):
    for _ in range(2):
        assert (await ask(path, host=host)).status == 400
    assert looks.count == 0
    assert sum(record.name == addresses.__name__ for record in caplog.records) == 1


async def test_a_probe_on_the_machine_itself_is_not_sent_to_https(settings: Settings):
    settings.SECURE_SSL_REDIRECT = True
    page = await in_worker(Client().get, "/")
    assert page.status_code == 301
    assert [(await ask(path)).status for path in FIRST_LINES] == [200, 200]
