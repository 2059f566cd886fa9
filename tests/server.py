"""A real server for tests: a process of its own, as people run it, on a free port of the loopback.

`PLAIN_DAPHNE=1 python -m pytest tests/serving` runs plain Daphne in its place, as it is run behind a proxy,
to see that a test of what the server bounds fails without it.
"""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from deploy.cluster.port import Port
from tests import forked

START_SECONDS = 100.0
# What one answer may take on a slow machine.
ANSWER_SECONDS = 60.0
# What the end of a process may take on a slow machine: in itself 20 seconds at most (test_drain.py).
STOP_SECONDS = 60.0
TOP = Path(__file__).resolve().parent.parent
# What a server is told that shall not have the extension which takes prepared frames (tests/ways.py).
WITHOUT_EXTENSION = {"PLAIN_SEND": "1", "DJANGO_SETTINGS_MODULE": "tests.plain_settings"}


class Server:
    """Serves the SQLite file and writes the log of this folder. Started again, it has the same address.

    With `unix_socket` it listens on that path and has no port.
    """

    application = "project.asgi:application"
    origin = forked.SERVING

    def __init__(
        self, folder: Path, *, unix_socket: Path | None = None, **environment: str
    ) -> None:
        self.database = folder / "db.sqlite3"
        self.log = folder / "server.log"
        self.unix_socket = unix_socket
        self._port = Port()
        self.port = self._port.number
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: forked.Forked | subprocess.Popen[bytes] | None = None
        self.environment = {
            **_without_settings(),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DJANGO_SETTINGS_MODULE": "tests.quick_settings",
            "PORT": str(self.port),
            **environment,
        }

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, "It was never started."
        return self._process.pid

    def manage(self, *arguments: str) -> str:
        """Run a management command on this server's database, and return what it said."""
        command = [sys.executable, "manage.py", *arguments]
        return forked.run(command, self.environment, TOP)

    def start_with(self, database: Path) -> None:
        """Start it with a copy of this file, which may be the fixture `migrated`."""
        shutil.copyfile(database, self.database)
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = self.plain_daphne() if "PLAIN_DAPHNE" in os.environ else self.command()
        self._process = forked.program(command, self.environment, self.log, TOP, self.origin)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self.is_running or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"The server did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def command(self) -> list[str]:
        place = ["--unix-socket", str(self.unix_socket)] if self.unix_socket else []
        # Django's checks compute for as long as all the rest of a start; deploy/cluster's servers make them.
        return [sys.executable, "manage.py", "serve", "--skip-checks", *place]

    def plain_daphne(self) -> list[str]:
        place = ["-u", str(self.unix_socket)] if self.unix_socket else ["-p", str(self.port)]
        return [sys.executable, "-m", "daphne", "--proxy-headers", *place, self.application]

    def connect(self) -> socket.socket:
        """Open a connection to it."""
        if self.unix_socket is None:
            return socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_SECONDS)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(str(self.unix_socket))
        except OSError:
            connection.close()
            raise
        return connection

    def stop(self) -> None:
        """Ask it to end, as a service manager does, and wait until it has."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self.is_running:
            self._process.send_signal(number)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"The server did not stop in {STOP_SECONDS} seconds.") from None

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException), self.connect() as connection:
            client = http.client.HTTPConnection("127.0.0.1")
            client.sock = connection
            client.request("GET", "/healthz")
            return client.getresponse().status == 200
        return False


def _without_settings() -> dict[str, str]:
    """Return the environment without what whoever runs the tests has set for a server of their own."""
    ours = {
        "BEHIND_PROXY",
        "DEBUG",
        "EMAIL_URL",
        "LOG_FORMAT",
        "METRICS_TOKEN",
        "PAGES_PER_PERSON",
        "PLAIN_SEND",
        "PROCESSES",
        "PUBLIC_URL",
        "RATE_LIMITS",
        "REDIS_URL",
        "SENTRY_DSN",
        "SIGN_UP",
        "SIGN_UP_CODE",
        "TIME_ZONE",
    }
    return {name: value for name, value in os.environ.items() if name not in ours}
