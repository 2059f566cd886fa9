"""What a client says of itself changes nothing; what the proxy says does, where there is one."""

import contextlib
import json
import time
import urllib.parse
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from tests import forked
from tests.server import TOP, Server
from tests.serving.conftest import Start
from tests.serving.wire import Wire

# Most share a server, and the last one reads its log.
pytestmark = pytest.mark.xdist_group("addresses")

ROOT_PATHS = b"Daphne-Root-Path: /elsewhere\r\nDaphne_Root_Path: /elsewhere\r\n"
ADDRESSES = (
    b"X-Forwarded-For: 192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\n"
    b"X-Forwarded-Port: 1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\n"
)


@pytest.mark.parametrize("lies", [ROOT_PATHS, ADDRESSES], ids=["root path", "address"])
async def test_a_client_cannot_choose_its_address_or_the_root_path(start: Start, lies: bytes):
    server = start()
    async with await Wire.open(server) as page, await Wire.socket(server, "/", lies) as socket:
        _, body = await page.ask("/", lies)
        socket.send("tell")
        for told in (json.loads(body), json.loads(await socket.hear())):
            assert told["root_path"] == ""
            assert told["path"] == "/"
            assert told["client"][0] == "127.0.0.1"


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("proxy")
    server = Server(folder, unix_socket=folder / "discussit.sock", BEHIND_PROXY="on")
    server.start_with(migrated)
    yield server
    server.stop()


class Proxied:
    """A browser behind a proxy that says where it is."""

    def __init__(self, server: Server, address: str | None, **lies: str) -> None:
        self.server, self.cookies = server, dict[str, str]()
        self.headers = {name.replace("_", "-"): value for name, value in lies.items()}
        if address:
            self.headers["X-Real-IP"] = address

    def request(self, method: str, path: str, **form: str) -> tuple[int, str]:
        client = HTTPConnection("127.0.0.1", self.server.port)
        client.sock = self.server.connect()
        headers = {
            **self.headers,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": self.server.url,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        with contextlib.closing(client):
            client.request(method, path, urllib.parse.urlencode(form), headers)
            response = client.getresponse()
            for line in response.headers.get_all("Set-Cookie", []):
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return response.status, response.read().decode()

    def submit(self, path: str, **form: str) -> int:
        _, body = self.request("GET", path)
        document: Any = lxml.html.document_fromstring(body)
        (token, *_) = document.xpath("//input[@name='csrfmiddlewaretoken']/@value")
        return self.request("POST", path, csrfmiddlewaretoken=token, **form)[0]

    def log_in(self, password: str, name: str = "ann") -> int:
        return self.submit("/accounts/login/", login=name, password=password)


@pytest.fixture(scope="module")
def password(behind_proxy: Server) -> str:
    password = "correct horse battery staple"
    ann = Proxied(behind_proxy, "192.0.2.10")
    form = {"username": "ann", "password1": password, "password2": password}
    assert ann.submit("/accounts/signup/", **form) == 302
    return password


def test_over_a_unix_socket_one_can_log_in(behind_proxy: Server, password: str):
    assert Proxied(behind_proxy, "192.0.2.11").log_in(password) == 302


def test_tries_are_counted_by_the_address_that_the_proxy_tells(behind_proxy: Server, password: str):
    statuses: list[int] = []
    # No more than that: a minute after the first the address would be let in again.
    while 429 not in statuses and len(statuses) < 40:
        number = len(statuses)
        liar = Proxied(behind_proxy, "192.0.2.12", X_Forwarded_For=f"198.51.100.{number}")
        statuses.append(liar.log_in("wrong", f"nobody{number}"))
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert Proxied(behind_proxy, "192.0.2.13").log_in(password) == 302


@pytest.mark.parametrize("address", [None, "nonsense", "1.2.3.4, 5.6.7.8"])
def test_without_an_address_nothing_breaks(
    behind_proxy: Server, password: str, address: str | None
):
    browser = Proxied(behind_proxy, address)
    assert browser.request("GET", "/accounts/login/")[0] == 200
    assert browser.request("GET", "/healthz")[0] == 200
    assert browser.log_in(password) == 403
    said = behind_proxy.log.read_text()
    assert "/accounts/login/: no address of who asks; X-Real-IP has to tell it." in said


def test_a_blocked_network_is_that_which_the_proxy_tells_and_no_other(behind_proxy: Server):
    """The command rings no bell: the server looks for itself."""
    make = "from discuss.models import User; User.objects.create_superuser('warden')"
    behind_proxy.manage("shell", "--no-imports", "-v0", "-c", make)
    block = ["--by=warden", "--network=198.51.100.0/24", "--bars=entrance", "--length=1d"]
    behind_proxy.manage("moderate", "block_network", "-v0", *block)

    def status(address: str, **lies: str) -> int:
        return Proxied(behind_proxy, address, **lies).request("GET", "/accounts/login/")[0]

    deadline = time.monotonic() + 60
    while status("198.51.100.7") != 403:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    lies = {"X_Forwarded_For": "192.0.2.20", "Forwarded": "for=192.0.2.20"}
    assert status("::ffff:198.51.100.7", **lies) == 403
    lies = {"X_Forwarded_For": "198.51.100.7", "Forwarded": "for=198.51.100.7"}
    assert status("192.0.2.20", **lies) == 200
    # What machines ask is answered from everywhere.
    assert Proxied(behind_proxy, "198.51.100.7").request("GET", "/healthz")[0] == 200
    assert Proxied(behind_proxy, "198.51.100.7").request("GET", "/static/discuss/all.css")[0] != 403


def test_nobody_is_served_over_a_unix_socket_while_the_proxy_is_not_believed(tmp_path: Path):
    path = tmp_path / "discussit.sock"
    server = Server(tmp_path, unix_socket=path)
    ended = forked.end_of(server.command(), server.environment, TOP)
    assert ended.returncode == 1
    assert "BEHIND_PROXY=on" in ended.stdout
    assert ended.stdout.count("\n") == 1
    assert not path.exists()


async def test_the_proxied_server_was_surprised_by_nothing(behind_proxy: Server):
    """Last of this file."""
    async with await Wire.open(behind_proxy) as wire:
        head = await wire.upgrade("/ws/", b"Origin: %b\r\n" % behind_proxy.url.encode())
        assert head.startswith(b"HTTP/1.1 101 ")
    log = behind_proxy.log.read_text()
    assert "ERROR" not in log
    assert "Traceback" not in log
    assert "Internal Server Error" not in log
