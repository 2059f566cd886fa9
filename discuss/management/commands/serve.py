"""`manage.py serve`: the server, as bin/run starts it."""

import resource
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.module_loading import import_string

from discuss.limits import source
from discuss.live.hub import hub
from discuss.server import Server, endpoints, single_process

# Files that a process may have open where the system lets it.
OPEN_FILES = 65_536


class Command(BaseCommand):
    help = "Serve pages and sockets on this machine's loopback address, or on a unix socket."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--host",
            default=settings.LOOPBACK,
            help=f"the address to listen on (default: {settings.LOOPBACK})",
        )
        parser.add_argument(
            "--port", type=int, default=settings.PORT, help="the port (default: the setting PORT)"
        )
        parser.add_argument(
            "--unix-socket", type=Path, help="listen on this path instead, for a proxy in front"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only find out whether it could listen there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["unix_socket"] and not settings.BEHIND_PROXY:
            # Over a unix socket nobody has an address, by which wrong log-ins are counted.
            raise CommandError(
                "Over a unix socket only a proxy knows who asks: set BEHIND_PROXY=on, "
                "and let it overwrite X-Real-IP and X-Forwarded-Proto."
            )
        if not options["unix_socket"]:
            # Before the database is waited for, which a process at the same address has locked as well.
            _require_to_be_free(options["host"], options["port"])
        if options["dry_run"]:
            return
        if not settings.REDIS_URL:
            _require_to_be_alone()
        _take_all_files()
        application = import_string(settings.ASGI_APPLICATION)
        server = Server(
            application,
            host=options["host"],
            port=options["port"],
            unix_socket=options["unix_socket"],
            client_header=settings.CLIENT_HEADER,
            is_limited=bool(settings.RATE_LIMITS),
            source=source,
            on_drain=_tell_probes,
            on_exit=hub.stop,
        )
        server.run()
        if server.has_failed:
            address = options["unix_socket"] or _shown(options["host"], options["port"])
            raise CommandError(f"Nothing can listen on {address}.")


def _take_all_files() -> None:
    """Let this process have as many open files as it may: each open page is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _require_to_be_free(host: str, port: int) -> None:
    try:
        endpoints.look(host, port)
    except OSError as error:
        address, reason = _shown(host, port), error.strerror
        raise CommandError(
            f"Nothing can listen on {address}: {reason}. Set PORT to another port."
        ) from error


def _shown(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _require_to_be_alone() -> None:
    """Refuse to be a second process of a database: without a Redis they would not wake each other."""
    file = _lock_file()
    try:
        is_alone = single_process.lock(file)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
    if not is_alone:
        raise CommandError("Another process serves this database; several need REDIS_URL.")


def _lock_file() -> Path:
    """Return the file by which processes on this machine see that the database is served."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        database = Path(told["NAME"]).resolve()
        return database.with_name(f"{database.name}.serving")
    name = f"{told['HOST']}:{told['PORT'] or 5432}/{told['NAME']}"
    return settings.DATA_DIR / f"{quote(name, safe='')}.serving"


def _tell_probes() -> None:
    """Let /readyz say that this process is about to end."""
    hub.is_leaving = True
