"""Reading the environment: each helper returns a checked value or ends the program with one line."""

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NoReturn
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from project import hosts, private_file

OFF = {"0", "no", "off", "false"}
ON = {"", "1", "yes", "on", "true"}


def refuse(name: str, why: str) -> NoReturn:
    raise SystemExit(f"DiscussIt: the setting {name} {why}.")


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in OFF:
        return False
    if value in ON:
        return True
    refuse(name, f"must be on or off, not {value!r}")


def choice(name: str, first: str, *others: str) -> str:
    """Return one of these words; the first where none is chosen."""
    value = os.environ.get(name, "").strip().lower() or first
    if value not in {first, *others}:
        refuse(name, f"must be {' or '.join((first, *others))}, not {value!r}")
    return value


def count(name: str, default: int) -> int:
    value = os.environ.get(name, "") or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 1000:
        refuse(name, f"must be a number from 1 to 999, not {value!r}")
    return int(value)


def rates(name: str, defaults: Mapping[str, str]) -> dict[str, tuple[int, float]]:
    """Return each kind's burst, and the seconds that one more takes.

    "20+5/s" is 20 at once and then 5 a second, "10/m" is 10 at once and then 10 a minute. The value names
    what is other than by default ("post=40+10/s,group=50/h"), or is off: then nothing has a limit.
    """
    value = os.environ.get(name, "").strip().lower()
    if value in OFF:
        return {}
    given = dict(defaults)
    for entry in value.split(",") if value not in ON else ():
        kind, _, rate = entry.strip().partition("=")
        if kind not in defaults:
            refuse(name, f"knows {', '.join(defaults)}, and not {kind!r}")
        given[kind] = rate
    return {kind: _rate(name, rate) for kind, rate in given.items()}


def _rate(name: str, rate: str) -> tuple[int, float]:
    shape = re.fullmatch(r"(?:([1-9]\d{0,5})\+)?([1-9]\d{0,5})/([smh])", rate)
    if shape is None:
        refuse(name, f"must have rates such as 20+5/s or 10/m, not {rate!r}")
    burst, number, unit = shape.groups()
    return int(burst or number), {"s": 1, "m": 60, "h": 3600}[unit] / int(number)


def port(name: str, default: int) -> int:
    value = os.environ.get(name, "") or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        refuse(name, f"must be a number from 1 to 65535, not {value!r}")
    return int(value)


def time_zone(name: str, default: str) -> str:
    value = os.environ.get(name, "") or default
    if value not in available_timezones():
        refuse(name, f"must be a time zone such as Europe/Berlin, not {value!r}")
    return ZoneInfo(value).key


def origin(name: str, default: str) -> str:
    """Return `scheme://host[:port]` with the scheme's own port left out (RFC 6454 section 6.2)."""
    value = os.environ.get(name, "") or default
    parts = split(name, value)
    try:
        number = parts.port
    except ValueError:
        refuse(name, f"has a port that is not one: {value!r}")
    has_odd_brackets = ("[" in parts.netloc) != (":" in (parts.hostname or ""))
    if parts.scheme not in {"http", "https"} or not parts.hostname or has_odd_brackets:
        refuse(name, f"must be like https://chat.example.org, not {value!r}")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        refuse(name, f"must be a scheme, a host and a port alone, not {value!r}")
    if number in hosts.BLOCKED_PORTS:
        refuse(name, f"has a port at which browsers open no page: {number}")
    try:
        host = hosts.canonical(parts.hostname)
    except ValueError as error:
        refuse(name, f"has a host that nobody could reach: {value!r} ({error})")
    default_port = 443 if parts.scheme == "https" else 80
    port = "" if number in {None, default_port} else f":{number}"
    return f"{parts.scheme}://{host}{port}"


def split(name: str, url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        # Not the address itself: it may hold a password.
        refuse(name, f"is no address ({error})")


# Limits, so that nobody waits for ever: for the server (in seconds), for a group's lock (as long as on
# SQLite), and for a machine that took the lock and fell silent.
_POSTGRESQL = {
    "connect_timeout": 5,
    "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # in ms: keep-alives are silent while anything is unacknowledged
}


def database(name: str, default: Path) -> dict[str, Any]:
    url = os.environ.get(name) or f"sqlite:///{default}"
    shape = "must be like postgres://user:password@host:5432/name or sqlite:///path"
    if split(name, url).scheme not in {"sqlite", "postgres", "postgresql"}:
        refuse(name, shape)
    try:
        config = dict(Env.db_url_config(url))
    except (ImproperlyConfigured, ValueError):
        refuse(name, shape)
    # A request's thread ends with it, and its connection has to (to PostgreSQL: goes back to the driver's
    # pool, see discuss/db/workers.py). One that broke is noticed and replaced before its next use.
    config["CONN_MAX_AGE"] = 0
    config["CONN_HEALTH_CHECKS"] = True
    if config["ENGINE"].endswith("sqlite3"):
        # IMMEDIATE: a transaction that will write waits for the lock instead of failing halfway.
        # FULL: what was answered survives a power cut, and no page is ever ahead of the log.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "factory": private_file.Connection,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        config["TEST"] = {"NAME": f"{config['NAME']}.test"}
    else:
        given = config.get("OPTIONS", {})
        config["OPTIONS"] = {**_POSTGRESQL, **given}
        # PostgreSQL takes the last of two values for one name.
        config["OPTIONS"]["options"] = (
            f"{_POSTGRESQL['options']} {given.get('options', '')}".strip()
        )
    return config


def mailer(name: str) -> dict[str, Any]:
    """Return Django's MAILERS entry: without a URL, mail is printed on the console."""
    try:
        config = Env.email_url_config(os.environ.get(name) or "consolemail://")
    except (ImproperlyConfigured, ValueError, KeyError):
        refuse(name, "must be like smtp+tls://user:password@mail.example.org:587")
    options = {
        "host": config.get("EMAIL_HOST"),
        "port": config.get("EMAIL_PORT"),
        "username": config.get("EMAIL_HOST_USER"),
        "password": config.get("EMAIL_HOST_PASSWORD"),
        "use_tls": config.get("EMAIL_USE_TLS"),
        "use_ssl": config.get("EMAIL_USE_SSL"),
        "file_path": config.get("EMAIL_FILE_PATH"),
    }
    backend = config["EMAIL_BACKEND"].rpartition("backends.")[2]
    if backend == "smtp.EmailBackend":
        # Seconds: a mail server that hangs must not hold a thread for ever.
        options["timeout"] = 10
    elif backend != "filebased.EmailBackend":
        options = {}
    kept = {key: value for key, value in options.items() if value}
    return {"BACKEND": config["EMAIL_BACKEND"], "OPTIONS": kept}


def redis(name: str) -> str:
    value = os.environ.get(name, "")
    if value and split(name, value).scheme not in {"redis", "rediss", "unix"}:
        refuse(name, "must be like redis://127.0.0.1:6379/0")
    return value


def channel_layer(redis_url: str, prefix: str) -> dict[str, Any]:
    """Return the entry of CHANNEL_LAYERS: by way of a Redis, or without one inside this process.

    Sites on one Redis need a `prefix` each. Its numbered databases do not keep their channels apart
    (https://redis.io/docs/latest/develop/pubsub/#database--scoping).
    """
    if not redis_url:
        return {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    # The layer is a doorbell: it may lose, double or reorder rings, but nobody waits long at a door.
    host = {"address": redis_url, "socket_timeout": 1.0, "socket_connect_timeout": 1.0}
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [host], "prefix": prefix},
    }


def sentry_dsn(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        return ""
    parts = split(name, value)
    project = parts.path.rpartition("/")[2]
    if parts.scheme not in {"http", "https"} or not parts.username or not project.isdigit():
        refuse(name, "must be like https://key@sentry.example.org/1")
    if find_spec("sentry_sdk") is None:
        refuse(
            name,
            "needs a package that is not installed: "
            "python -m pip install --require-hashes --requirement requirements-sentry.txt",
        )
    return value


def token(name: str) -> str:
    """Return what somebody shows to be let in, as it goes into a header (RFC 6750, section 2.1)."""
    value = os.environ.get(name, "")
    if value and not re.fullmatch(r"[A-Za-z0-9._~+/-]{20,}=*", value):
        refuse(name, "must be 20 or more of A to Z, a to z, 0 to 9 and ._~+/-")
    return value


def code(name: str, *, is_needed: bool) -> str:
    """Return what people are told to write, by whoever lets them in."""
    value = " ".join(os.environ.get(name, "").split())
    if not value and is_needed:
        refuse(name, "is needed where SIGN_UP is code")
    if value and not (8 <= len(value) <= 60 and value.isprintable()):
        refuse(name, "must be 8 to 60 visible characters in one line")
    return value


def title(name: str, default: str, most: int = 40) -> str:
    """Return a line of text to show, such as the site's name."""
    value = os.environ.get(name, "").strip() or default
    if not value.isprintable() or len(value) > most:
        refuse(name, f"must be up to {most} visible characters in one line")
    return value


def label(name: str, default: str) -> str:
    """Return a name for programs: it is part of cookies' names and of a Redis channel's."""
    value = os.environ.get(name, "") or default
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,29}", value):
        refuse(name, f"must be up to 30 of a to z, 0 to 9, _ and -, not {value!r}")
    return value


def secret_key(name: str, file: Path) -> str:
    """Return the key from the environment, or one made at the first start and kept in `file`."""
    value = os.environ.get(name, "")
    if value and len(value) < 50:
        refuse(name, "must have 50 characters or more")
    if value:
        return value
    if not file.exists():
        with NamedTemporaryFile("w", dir=file.parent, delete_on_close=False) as new:
            new.write(secrets.token_urlsafe(60))
            new.close()
            # Whole or not at all, and the first of two processes wins.
            with contextlib.suppress(FileExistsError):
                os.link(new.name, file)
    return file.read_text()
