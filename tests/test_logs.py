"""A request that is refused is one line in the log; what failed in ours keeps its traceback."""

import asyncio
import gc
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.signing import TimestampSigner
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.test import Client
from django.urls import include, path

from discuss import actions
from discuss.accounts.first_admin import new_link
from discuss.db.workers import log_failure
from discuss.edges import addresses
from discuss.logs import LONGEST, JsonLines
from discuss.models import User
from tests.cast import Cast, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

LOGIN = "/accounts/login/"


def fail(request: HttpRequest) -> HttpResponse:
    """A view, which looks who asks and fails as the test says."""
    assert request.user.is_active in {True, False}
    raise failures.pop()


failures: list[Exception] = []
urlpatterns = [path("fail/", fail), path("", include("project.urls"))]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """What is written to the console, by the handler that the settings make."""
    monkeypatch.setattr(addresses, "_told", {"http://testserver"})
    named = [each for each in logging.getLogger().handlers if each.name == "console"]
    (console,) = [each for each in named if isinstance(each, logging.StreamHandler)]
    stream = StringIO()
    before = console.setStream(stream)
    yield stream
    console.setStream(before)


@pytest.fixture
def client() -> Client:
    """A browser without a token, that is answered as any is."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def trusted() -> Client:
    """A browser of which no token is asked."""
    return Client(raise_request_exception=False)


def line(log: StringIO) -> str:
    """Return what was written, which is one line of what a terminal can show."""
    written = log.getvalue()
    assert re.fullmatch(r"[ -~]+\n", written), written
    assert len(written) < 2 * LONGEST
    return written[24:-1]


def test_a_foreign_host_is_told_once(client: Client, log: StringIO):
    for address in (LOGIN, "/", "/fail/", "/nowhere/"):
        answer = client.get(address, headers={"host": "evil.example\x1b[31m"})
        assert answer.status_code == 400
    assert "Somebody came to 'http://evil.example\\x1b[31m'" in line(log)


def test_too_many_fields(trusted: Client, log: StringIO):
    fields = urlencode({f"secret{number}": "secret" for number in range(1001)})
    answer = trusted.generic(
        "POST", LOGIN, fields, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert line(log) == (
        "WARNING django.security.TooManyFieldsSent: "
        "400 for POST /accounts/login/ (TooManyFieldsSent)"
    )


def test_a_form_that_cannot_be_parsed(trusted: Client, log: StringIO):
    answer = trusted.post(LOGIN, b"secret", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400
    assert line(log).endswith("400 for POST /accounts/login/ (MultiPartParserError)")


def test_a_form_without_its_token(client: Client, log: StringIO):
    assert client.post(LOGIN, {"login": "secret"}).status_code == 403
    assert line(log).endswith("403 for POST /accounts/login/ (CSRF cookie not set.)")


def test_where_it_came_from_is_not_told(client: Client, log: StringIO):
    """A page's address may be secret, and an origin is the client's to choose."""
    origin = "https://secret.example\x1b[31m"
    assert client.post(LOGIN, headers={"origin": origin}).status_code == 403
    assert line(log).endswith("403 for POST /accounts/login/ (Origin checking failed)")


def test_the_admin_for_who_may_not(cast: Cast, log: StringIO):
    assert log_in(cast.bob).get("/admin/login/").status_code == 403
    assert line(log).endswith("403 for GET /admin/login/ (PermissionDenied)")


def test_a_search_that_the_admin_does_not_offer(log: StringIO):
    staff = log_in(User.objects.create_superuser("sam"))
    assert staff.get("/admin/discuss/user/?password__startswith=secret").status_code == 400
    assert line(log).endswith("400 for GET /admin/discuss/user/ (DisallowedModelAdminLookup)")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadRequest("secret\nof\x1b[31m theirs"), 400),
        (SuspiciousOperation("secret\nof\x1b[31m theirs"), 400),
        # Who goes away in the middle of a form; with us Django sees it whole or not at all.
        (UnreadablePostError("secret"), 500),
    ],
)
def test_what_a_view_refuses(client: Client, log: StringIO, error: Exception, status: int):
    failures.append(error)
    assert client.get("/fail/").status_code == status
    assert line(log).endswith(f"{status} for GET /fail/ ({type(error).__name__})")


def test_what_fails_keeps_its_traceback(client: Client, log: StringIO):
    failures.append(RuntimeError("as told"))
    assert client.get("/fail/").status_code == 500
    assert "ERROR django.request: Internal Server Error: /fail/\nTrace" in log.getvalue()
    assert "RuntimeError: as told" in log.getvalue()


def test_a_path_is_cut_and_escaped(client: Client, log: StringIO):
    address = "/x\nERROR\x1b[31m\u202e\x85\u2028/" + "y/" * 1000
    assert client.get(quote(address)).status_code == 404
    assert r"404 for GET /x\nERROR\x1b[31m\u202e\x85\u2028/y/y" in line(log)
    assert line(log).endswith("... (Not Found)")


def test_a_method_is_cut_and_escaped(client: Client, log: StringIO):
    client.generic("X\n", "/accounts/logout/")
    assert r" for X\n /accounts/logout/ (" in line(log)


@pytest.mark.parametrize("address", ["password/reset/key/1-{}/", "confirm-email/{}/"])
def test_a_path_does_not_tell_a_key(client: Client, log: StringIO, address: str):
    key = TimestampSigner().sign("1") if "email" in address else "csd1xq-" + "0123456789abcdef" * 2
    shown = address.format("KEY").replace("1-KEY", "KEY").replace("KEY", "...")
    client.post(f"/accounts/{address.format(key)}", {"password1": "secret"})
    assert f"403 for POST /accounts/{shown} (" in line(log)


def test_a_path_does_not_tell_what_opens_a_door(client: Client, log: StringIO, cast: Cast):
    owner = cast.member(cast.ann)
    invitation = actions.make_invitation(owner, group=cast.kitchen, uses=1, days=1)
    for link, shown in ((invitation.link, "/invitations/.../"), (new_link(), "/first/.../")):
        client.post(urlsplit(link).path)
        assert f"403 for POST {shown} (" in log.getvalue()
        assert urlsplit(link).path.split("/")[2] not in log.getvalue()


def test_a_group_can_be_told(client: Client, log: StringIO, cast: Cast):
    client.post(cast.kitchen.get_absolute_url())
    assert f" for POST {cast.kitchen.get_absolute_url()} (" in line(log)


# --- as JSON ----------------------------------------------------------------------------------------


@pytest.fixture
def json_log(log: StringIO) -> Iterator[StringIO]:
    """What is written to the console where LOG_FORMAT is json."""
    (console,) = [each for each in logging.getLogger().handlers if each.name == "console"]
    before = console.formatter
    console.setFormatter(JsonLines())
    yield log
    console.setFormatter(before)


def told(log: StringIO) -> dict[str, Any]:
    """Return the one line that was written, which is one whatever is in it."""
    assert re.fullmatch(r"[ -~]+\n", log.getvalue()), log.getvalue()
    line: dict[str, Any] = json.loads(log.getvalue())
    assert abs(datetime.fromisoformat(line.pop("time")) - datetime.now(UTC)) < timedelta(hours=1)
    return line


def test_in_json_a_failure_says_where_and_whose_it_was(cast: Cast, json_log: StringIO):
    failures.append(RuntimeError("as told\n\u2028"))
    bob = log_in(cast.bob)
    bob.raise_request_exception = False
    assert bob.get("/fail/").status_code == 500
    line = told(json_log)
    assert "RuntimeError: as told" in line.pop("exception")
    assert line == {
        "level": "ERROR",
        "logger": "django.request",
        "message": "Internal Server Error: /fail/",
        "path": "/fail/",
        "user": cast.bob.pk,
    }


def test_the_setting_makes_it_so():
    words = "import logging; logging.getLogger('discuss').warning('as told')"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", words]
    environment = {**os.environ, "LOG_FORMAT": "json"}
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True
    )
    line = json.loads(done.stderr)
    assert (line["level"], line["logger"], line["message"]) == ("WARNING", "discuss", "as told")


def test_in_json_a_refused_request_has_no_keys_either(client: Client, json_log: StringIO):
    client.post(f"/accounts/password/reset/key/1-{'0123456789abcdef' * 3}/")
    line = told(json_log)
    assert line["path"] == "/accounts/password/reset/key/.../"
    assert "0123456789abcdef" not in json_log.getvalue()
    assert line.keys() == {"level", "logger", "message", "path"}


def test_in_json_what_fails_in_a_socket_says_where_and_whose_it_was(json_log: StringIO):
    logger = logging.getLogger("discuss.edges")
    try:
        raise RuntimeError("as told")
    except RuntimeError as error:
        log_failure(logger, error, "%s of user %s", "post", 7, user=7, path="/ws/")
    line = told(json_log)
    assert (line["message"], line["user"], line["path"]) == ("post of user 7", 7, "/ws/")
    assert "RuntimeError: as told" in line["exception"]


@pytest.mark.parametrize(("error", "lines"), [(asyncio.CancelledError(), 0), (KeyError("x"), 1)])
async def test_a_cancelled_future_that_nobody_waits_for_is_no_failure(
    log: StringIO, error: BaseException, lines: int
):
    asyncio.get_running_loop().create_future().set_exception(error)
    gc.collect()
    assert log.getvalue().count("Future exception was never retrieved") == lines
    assert log.getvalue().count("Traceback") <= lines
