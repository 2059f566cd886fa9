"""A real process tells what happened to it, to a Prometheus that asks as docs/deploy.md says."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cluster.daemon import TOP, wait_for
from deploy.cluster.nginx import Nginx
from tests.server import Server
from tests.serving.people import PATIENCE, gathered

TOKEN = "a-token-of-twenty-or-more"


def get(url: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def values(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def test_what_people_did_is_counted(tmp_path: Path, migrated: Path):
    server = Server(tmp_path)
    server.start_with(migrated)
    try:
        (ann,) = await gathered(server, "ann")
        async with ann.dial() as page:
            await ann.resume(page)
            await ann.post(page, "Soup", "nonce-soup")
            await ann.hear(page, "Soup")
            status, text = get(f"{server.url}/metrics")
            assert status == 200
            told = values(text)
            assert told["discussit_pages"] == told['discussit_subscriptions{feed="group"}'] == 1
            assert told["discussit_messages_stored_total"] == 1
            assert told['discussit_delivery_seconds_count{feed="group"}'] >= 1
            assert told["process_open_fds"] > 0
        closed = 'discussit_socket_closes_total{code="1000"}'
        assert wait_for(lambda: closed in values(get(f"{server.url}/metrics")[1]), PATIENCE)
        assert values(get(f"{server.url}/metrics")[1])["discussit_pages"] == 0
    finally:
        server.stop()


class Watched(Nginx):
    """nginx with the server of docs/deploy.md: its port and its path are ours, the rest is as it is."""

    def write_config(self) -> None:
        super().write_config()
        doc = (TOP / "docs" / "deploy.md").read_text()
        (server,) = re.findall(r"^```text\n(server {\n.*?^}\n)```$", doc, re.M | re.S)
        ours = server.replace("127.0.0.1:9101", f"127.0.0.1:{self.port}")
        ours = ours.replace("/run/discussit", str(self.folder))
        assert {f"127.0.0.1:{self.port};", f"http://unix:{self.folder}/1.sock;"} <= set(
            ours.split()
        )
        base = re.sub(r"\n    include .*\n}\n", "\n", self.config.read_text(), flags=re.S)
        self.config.write_text(f"{base}{ours}}}\n")


@pytest.fixture
def watched(tmp_path: Path, migrated: Path) -> Iterator[Watched]:
    behind = {"BEHIND_PROXY": "on", "METRICS_TOKEN": TOKEN}
    server = Server(tmp_path, unix_socket=tmp_path / "1.sock", **behind)
    nginx = Watched(tmp_path, [])
    try:
        server.start_with(migrated)
        nginx.start()
        yield nginx
    finally:
        nginx.stop()
        server.stop()


def test_through_a_proxy_it_takes_the_token(watched: Watched):
    url = f"{watched.url}/metrics"
    assert get(url) == (404, "Not found.\n")
    # What the process takes for the address of who asks.
    assert get(url, **{"X-Real-IP": "127.0.0.1"})[0] == 404
    status, text = get(url, Authorization=f"Bearer {TOKEN}")
    assert (status, values(text)["discussit_pages"]) == (200, 0)
    assert get(f"{watched.url}/healthz")[0] == 404
