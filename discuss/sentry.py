"""Reports of errors to a Sentry, where SENTRY_DSN names one: what failed and where, and nothing of anybody.

The package is optional, so this is imported only where it is wanted.
"""

import logging
from time import monotonic
from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.logging import EventHandler
from sentry_sdk.types import Event, Hint

from discuss.logs import LONGEST, RefusedRequests

# Seconds in which the same error is reported once: while a database is away, everything fails.
REPEATED_AFTER = 60.0
# What is reported of an error, of each exception in it, and of each line of code on its way. All else stays
# here: what an exception says may quote a message, and so may whatever a later version adds.
OF_EVENT = {
    *("environment", "event_id", "level", "logger", "platform", "release", "sdk", "server_name"),
    "timestamp",
}
OF_EXCEPTION = {"mechanism", "module", "type"}
OF_FRAME = {
    *("abs_path", "filename", "function", "in_app", "lineno", "module"),
    *("context_line", "post_context", "pre_context"),
}


def report(dsn: str, **options: Any) -> logging.Handler:
    """From now on, report what is logged as an error; return the handler that does."""
    sentry_sdk.init(
        dsn,
        **{
            "auto_session_tracking": False,
            # All that fails here is logged; the SDK's own would change Django, asyncio and logging besides.
            "default_integrations": False,
            "include_local_variables": False,
            "integrations": [AtexitIntegration(lambda pending, timeout: None)],
            "max_breadcrumbs": 0,
            "send_client_reports": False,
            "server_name": settings.INSTANCE,
            "spotlight": False,
            "before_send": _Reporter().before_send,
            **options,
        },
    )
    handler = EventHandler(level=logging.ERROR)
    logging.getLogger().addHandler(handler)
    return handler


class _Reporter:
    """Leaves out of a report what is somebody's, and reports that a client is to blame for or that repeat."""

    def __init__(self) -> None:
        self._refused = RefusedRequests()
        # When each error was reported last, by its logger, its message and its exceptions.
        self._reported: dict[tuple[str, ...], float] = {}

    def before_send(self, event: Event, hint: Hint) -> Event | None:
        record: logging.LogRecord | None = hint.get("log_record")
        if record is None or self._refused.filter(record) is not True:
            return None
        message = _template(record)
        exceptions = [_kept(each) for each in event.get("exception", {}).get("values", ())]
        error = (record.name, message, *(str(each.get("type")) for each in exceptions))
        now = monotonic()
        if now < self._reported.get(error, 0.0) + REPEATED_AFTER:
            return None
        self._reported[error] = now
        kept: Any = _only(event, OF_EVENT)
        kept["logentry"] = {"message": message}
        kept["exception"] = {"values": exceptions}
        reported: Event = kept
        return reported


def _template(record: logging.LogRecord) -> str:
    """Return what the log says, before anybody's values are put into it."""
    lines = str(record.msg).splitlines() or [""]
    # In the lines after the first, asyncio describes what failed with all its values.
    return lines[0][:LONGEST]


def _kept(exception: Any) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames", ())
    kept = {"frames": [_only(frame, OF_FRAME) for frame in frames]}
    return {**_only(exception, OF_EXCEPTION), "stacktrace": kept}


def _only(given: Any, names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name in names}
