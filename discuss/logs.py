"""How the log is written: what it says of a request that is refused, and its lines as JSON."""

import json
import logging
import re
from asyncio import CancelledError
from copy import copy
from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpRequest, UnreadablePostError

# Characters of a line's parts that are a client's choice, and what stands for those that are left out.
LONGEST = 200
REST = "..."
# A piece of a path that is longer than a group's UUID may be a key, of a mail that resets a password.
_KEY = re.compile(r"[^/]{37,}")


class RefusedRequests(logging.Filter):
    """Makes one line of what Django logs for a request that is the client's fault, some with a traceback.

    What failed in ours keeps it.
    """

    def filter(self, record: logging.LogRecord) -> bool | logging.LogRecord:
        status = getattr(record, "status_code", 0)
        error = record.exc_info[1] if record.exc_info else None
        # Django answers 500 to who goes away in the middle of a form.
        if not 400 <= status < 500 and not isinstance(error, UnreadablePostError):
            return True
        request: HttpRequest | None = getattr(record, "request", None)
        asked = f"{request.method} {request.path}" if request else "a request"
        line = copy(record)
        line.levelno, line.levelname = logging.WARNING, "WARNING"
        line.msg, line.args = "%s for %s (%s)", (status, shown(asked), _reason(record, error))
        line.exc_info = line.exc_text = None
        return line


class CancelledFutures(logging.Filter):
    """Passes over what asyncio says of a cancelled future that nobody waits for.

    Where the sender of a request goes away, asgiref may hear of the cancelled thread before it waits for it
    (SyncToAsync.__call__), and the log would have a traceback of what is nobody's fault.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], CancelledError))


class JsonLines(logging.Formatter):
    """Makes a line of each record: a JSON object, in ASCII alone, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": time,
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_whereabouts(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _whereabouts(record: logging.LogRecord) -> dict[str, object]:
    """Return the path and the user's id of a record that has them: by itself, or in its request."""
    request: HttpRequest | None = getattr(record, "request", None)
    # Whoever nobody has asked for yet is not read from the database for a line of the log.
    user = getattr(record, "user", getattr(getattr(request, "_cached_user", None), "pk", None))
    path = getattr(record, "path", getattr(request, "path", None))
    found = {"path": path and shown(path), "user": user}
    return {name: value for name, value in found.items() if value is not None}


def shown(asked: str) -> str:
    """Return a path as the log may have it: in visible characters, bounded, and without keys."""
    escaped = _KEY.sub(REST, asked).encode("unicode_escape").decode()
    return escaped if len(escaped) <= LONGEST else escaped[:LONGEST] + REST


def _reason(record: logging.LogRecord, error: BaseException | None) -> str:
    if error is not None:
        return type(error).__name__
    if record.name == "django.security.csrf" and isinstance(record.args, tuple):
        # Behind the dash stands where a form came from.
        return str(record.args[0]).partition(" - ")[0]
    return HTTPStatus(record.status_code).phrase  # type: ignore[attr-defined]
