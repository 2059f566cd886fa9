"""What a Sentry is told of an error: what failed and where, and nothing of anybody."""

import json
import logging
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sentry_sdk
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from discuss import sentry
from discuss.db.workers import log_failure
from discuss.models import User
from tests.cast import log_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

Report = Callable[..., "Kept"]


def fail(request: HttpRequest, key: str) -> HttpResponse:
    """A view, which fails with what somebody wrote in its variables and in what its error says."""
    text = request.POST["text"]
    try:
        raise ValueError(text)
    except ValueError as error:
        raise RuntimeError(f"{text} could not be read") from error


def refuse(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("This is the client's own fault.")


urlpatterns = [
    path("fail/<str:key>/", fail),
    path("refuse/", refuse),
    path("", include("project.urls")),
]


class Kept(Transport):
    """Keeps in memory what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        event = envelope.get_event()
        assert event is not None
        self.events.append(dict(event))


@pytest.fixture
def report() -> Iterator[Report]:
    """Report errors as the setting says, but for the options given."""
    handlers: list[logging.Handler] = []

    def report(**options: Any) -> Kept:
        kept = Kept()
        dsn = "https://key@sentry.example.org/1"
        handlers.append(sentry.report(dsn, transport=kept, **options))
        return kept

    yield report
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
    sentry_sdk.get_global_scope().set_client(None)


def fail_for(person: User) -> list[str]:
    """Let a request fail, and return what in it is nobody's business."""
    text, key = secrets.token_hex(), secrets.token_hex()
    browser = log_in(person)
    browser.raise_request_exception = False
    assert browser.post(f"/fail/{key}/", {"text": text}).status_code == 500
    return [text, key, person.username, *(each.value for each in browser.cookies.values())]


def test_it_is_told_what_failed_and_where_and_nothing_of_anybody(report: Report):
    somebody = User.objects.create_user(f"u{secrets.token_hex(4)}")
    # What the SDK would send of its own, to see that there is something to leave out.
    everything = report(before_send=None, include_local_variables=True)
    told = fail_for(somebody)
    assert told[0] in str(everything.events)
    assert told[1] in str(everything.events)
    kept = report()
    private = fail_for(somebody)
    (event,) = kept.events
    sent = json.dumps(event, default=str)
    assert [each for each in private if each in sent] == []
    assert (event["logger"], event["level"]) == ("django.request", "error")
    assert event["logentry"] == {"message": "%s: %s"}
    causes = [
        (each["type"], each["stacktrace"]["frames"][-1]) for each in event["exception"]["values"]
    ]
    assert [(kind, frame["function"]) for kind, frame in causes] == [
        ("ValueError", "fail"),
        ("RuntimeError", "fail"),
    ]
    assert causes[0][1]["context_line"].strip() == "raise ValueError(text)"


def test_whatever_else_the_sdk_may_know_stays_here(report: Report):
    kept, secret = report(), secrets.token_hex()
    scope = sentry_sdk.get_isolation_scope()
    scope.set_user({"id": secret})
    scope.set_tag("tag", secret)
    scope.set_extra("extra", secret)
    scope.set_context("context", {"value": secret})
    try:
        logging.getLogger("asyncio").error(f"A task failed\n<Task exception={secret!r}>")
        log_failure(
            logging.getLogger("discuss"), ValueError(secret), "%s failed", secret, user=secret
        )
        sentry_sdk.capture_message(secret)
    finally:
        scope.clear()
    assert [event["logentry"]["message"] for event in kept.events] == ["A task failed", "%s failed"]
    assert secret not in json.dumps(kept.events, default=str)


def test_who_is_to_blame_for_what_is_refused_is_no_error(report: Report):
    kept = report()
    browser = Client(raise_request_exception=False)
    assert browser.get("/refuse/").status_code == 400
    assert browser.get("/nowhere/").status_code == 404
    assert kept.events == []


def test_the_same_error_is_told_once_in_a_while(report: Report, monkeypatch: pytest.MonkeyPatch):
    kept, logger = report(), logging.getLogger("discuss")
    for number in range(3):
        logger.error("Number %s failed", number)
    logger.error("Another failed")
    assert len(kept.events) == 2
    monkeypatch.setattr(sentry, "REPEATED_AFTER", 0.0)
    logger.error("Number %s failed", 4)
    assert len(kept.events) == 3
