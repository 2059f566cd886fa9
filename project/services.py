"""What DiscussIt talks to, as the environment says: a database, a mail server, a Redis, a Sentry.

Each function returns what Django takes, or ends the program with one line.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from project import private_file
from project.environment import refuse, split

# Limits, so that nobody waits for ever: for the server (in seconds), for a group's lock (as long as on
# SQLite), and for a machine that took the lock and fell silent. And nothing is compiled, which takes 100 ms
# for a statement that PostgreSQL expects to be long: none of ours is.
_POSTGRESQL = {
    "connect_timeout": 5,
    "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s -c jit=off",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,  # in ms: keep-alives are silent while anything is unacknowledged
}
# FULL: what was answered survives a power cut, and no page is ever ahead of the log.
# secure_delete: what is deleted is overwritten, as some builds of SQLite do anyway.
_SQLITE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"


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
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "factory": private_file.Connection,
            "init_command": _SQLITE,
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
