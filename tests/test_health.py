import pytest
from channels.layers import InMemoryChannelLayer
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from discuss.live.pool import in_worker
from discuss.views import probes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


async def test_healthz_says_that_the_process_lives_without_asking_anybody(client):
    def ask() -> None:
        with CaptureQueriesContext(connection) as queries:
            response = client.get("/healthz")
        assert (response.status_code, response.content) == (200, b"alive\n")
        assert len(queries) == 0

    await in_worker(ask)


async def test_readyz_says_ready(async_client):
    response = await async_client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready\n")


async def test_readyz_says_when_the_database_is_down(async_client, monkeypatch, caplog):
    def fail() -> None:
        raise OperationalError("no database")

    monkeypatch.setattr(probes, "in_worker", lambda work: in_worker(fail))
    response = await async_client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"down: database\n")
    caplog.clear()


async def test_readyz_says_when_the_layer_is_down(async_client, monkeypatch, caplog):
    async def fail(self, channel, message):
        raise ConnectionError("no layer")

    monkeypatch.setattr(InMemoryChannelLayer, "group_send", fail)
    response = await async_client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"down: channel layer\n")
    caplog.clear()


async def test_a_probe_on_the_machine_itself_is_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    async def status(path: str, host: str) -> int:
        return (await in_worker(client.get, path, SERVER_NAME=host)).status_code

    for host in ("127.0.0.1", "localhost"):
        statuses = [await status(path, host) for path in ("/healthz", "/readyz", "/")]
        assert statuses == [200, 200, 301], host
