"""What the application does with a request whose client goes away in its middle."""

import logging
from typing import Any

import pytest

from discuss.live.hub import hub
from discuss.site import site
from discuss.token_sheet import token_sheet
from project import asgi


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Django fail as asgiref does when a request was broken off."""
    monkeypatch.setattr(hub, "start", lambda: None)
    site.keep("", "")
    token_sheet.keep("")

    async def fail(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise RuntimeError("CurrentThreadExecutor already quit or is broken")

    monkeypatch.setattr(asgi, "django", fail)


async def ask(message: dict[str, Any]) -> None:
    async def receive() -> dict[str, Any]:
        return message

    await asgi.pages({"type": "http", "path": "/groups/", "headers": []}, receive, None)


async def test_it_is_a_line_in_the_log(broken: None, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "discuss.asgi")
    await ask({"type": "http.disconnect"})
    assert [record.getMessage() for record in caplog.records] == [
        "/groups/ was broken off: CurrentThreadExecutor already quit or is broken"
    ]
    assert caplog.records[0].exc_info is None


async def test_what_else_fails_is_a_failure(broken: None, monkeypatch: pytest.MonkeyPatch):
    async def fail(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise RuntimeError("another one")

    monkeypatch.setattr(asgi, "django", fail)
    with pytest.raises(RuntimeError, match="another one"):
        await ask({"type": "http.disconnect"})


async def test_with_somebody_there_it_is_a_failure(broken: None):
    with pytest.raises(RuntimeError):
        await ask({"type": "http.request", "body": b"", "more_body": False})
