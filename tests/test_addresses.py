"""Opened under another address than PUBLIC_URL, pages work and sockets never: both sides are told."""

import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from discuss.edges import addresses
from tests.cast import Cast, log_in
from tests.page import PATIENCE, dial

pytestmark = pytest.mark.django_db(transaction=True)

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_told", set())


def shown(client: Client, path: str = LOGIN, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == addresses.__name__]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000"])
def test_at_its_own_address_nothing_is_said(client: Client, caplog, host: str):
    assert "nothing is live" not in shown(client, host=host)
    assert told(caplog) == []


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "localhost", "[::1]:8000"])
def test_elsewhere_every_page_names_the_right_address(cast: Cast, host: str):
    bob = log_in(cast.bob)
    pages = [(Client(), LOGIN), (bob, "/"), (bob, cast.kitchen.get_absolute_url())]
    for client, path in pages:
        page = shown(client, path, host=host)
        assert f"http://{host}" in page
        assert f'<a href="{settings.PUBLIC_URL}">{settings.PUBLIC_URL}</a>' in page


def test_the_other_scheme_is_another_address(client: Client, settings: Settings):
    settings.PUBLIC_ORIGINS = ["https://chat.example.org"]
    settings.ALLOWED_HOSTS = ["chat.example.org"]
    headers = {"host": "chat.example.org"}
    assert "http://chat.example.org" in client.get(LOGIN, headers=headers).content.decode()
    secure = client.get(LOGIN, headers=headers, secure=True)
    assert "nothing is live" not in secure.content.decode()


def test_a_schemes_own_port_is_none(client: Client, settings: Settings):
    settings.PUBLIC_ORIGINS = ["http://chat.example.org"]
    settings.ALLOWED_HOSTS = ["chat.example.org"]
    assert "nothing is live" not in shown(client, host="chat.example.org:80")
    assert "nothing is live" in shown(client, host="chat.example.org:443")


def test_the_log_is_told_once_for_each_address(client: Client, caplog: pytest.LogCaptureFixture):
    for host in ("127.0.0.1:9000", "127.0.0.1:9000", "127.0.0.1:9001"):
        shown(client, host=host)
        shown(client, host=host)
    assert ["9000" in line for line in told(caplog)] == [True, False]
    assert all(settings.PUBLIC_URL in line for line in told(caplog))


def test_who_makes_up_addresses_does_not_fill_the_log(client: Client, caplog):
    for port in range(1, 100):
        shown(client, host=f"127.0.0.1:{port}")
    assert len(told(caplog)) == addresses.ADDRESSES_TOLD


def test_a_host_that_is_not_served_is_told_in_the_same_way(client: Client, caplog):
    """Django's own way would be a traceback for each request."""
    for _ in range(2):
        response = client.get(LOGIN, headers={"host": "chat.example.org"})
        assert response.status_code == 400
        assert f'<a href="{settings.PUBLIC_URL}">' in response.content.decode()
    (line,) = told(caplog)
    assert "http://chat.example.org" in line
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.usefixtures("live")
async def test_a_socket_of_a_page_of_ours_tells_it_too(caplog: pytest.LogCaptureFixture):
    """As where a proxy speaks https and nobody said so: the pages seem to be at the right address."""
    host = settings.PUBLIC_URL.partition("://")[2]
    for _ in range(2):
        assert not (await dial("/ws/", origin=f"https://{host}").connect(PATIENCE))[0]
    assert [f"https://{host}" in line for line in told(caplog)] == [True]


@pytest.mark.usefixtures("live")
async def test_sockets_of_other_sites_are_refused_in_silence(caplog: pytest.LogCaptureFixture):
    assert not (await dial("/ws/", origin="https://evil.example").connect(PATIENCE))[0]
    assert told(caplog) == []


def test_an_ipv6_address_is_one_to_be_reached_at():
    code = (
        "from django.conf import settings as s; from django.test import Client; "
        "print(s.LOOPBACK, s.PUBLIC_ORIGINS, [*map(str, s.SECURE_CSP['connect-src'])], s.DEFAULT_FROM_EMAIL, "
        "Client(SERVER_NAME='[::1]', SERVER_PORT='8000').get('/accounts/login/').status_code, "
        "b'nothing is live' in Client(HTTP_HOST='[::1]:8000').get('/accounts/login/').content)"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PUBLIC_URL": "http://[::1]:8000"},
        capture_output=True,
        text=True,
        check=True,
    )
    mail = "DiscussIt <noreply@[IPv6:::1]>"
    assert done.stdout == f"::1 ['http://[::1]:8000'] [\"'self'\"] {mail} 200 False\n"
