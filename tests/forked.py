"""Processes that begin at once: each is forked from one that has done what all of them would do first.

One that is started by itself computes for two seconds before it begins. Most are forked from one where the
application is set up (tests/set_up.py) and no database was opened. They read the settings of their own
environment, and where these differ in one that was used before the fork, they are started anew. Servers of
another application are forked from one that has only imported what knows no settings, and has no reactor.
"""

import multiprocessing
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from unittest import mock

from tests import fork

# Of these variables the loader and the C library take notice when a program starts, and not after a fork.
READ_AT_START = ("LD_", "MALLOC_")

_context = multiprocessing.get_context("forkserver")
_is_for_servers = False
# A test may change the environment before the first process is forked.
_environment = dict(os.environ)
# What is put in the place of others while a process starts is so for all threads.
_starting = threading.Lock()


class Origin:
    """A process to fork others from. It begins with the first of them."""

    def __init__(self, *imported: str) -> None:
        self._server = forkserver.ForkServer()
        self._server.set_forkserver_preload(list(imported))

    def start(self, target: Any, *arguments: Any) -> ForkServerProcess:
        process = _context.Process(target=target, args=arguments)
        with _starting:
            with mock.patch.dict(os.environ, _environment, clear=True):
                self._server.ensure_running()
            asked = self._server.connect_to_new_process
            with mock.patch.object(forkserver, "connect_to_new_process", asked):
                process.start()
        return process


# The packages that take longest. Not daphne.server, which makes the reactor.
BARE = Origin(
    "autobahn.twisted.websocket", "daphne.http_protocol", "daphne.ws_protocol", "tests.fork"
)
SET_UP = Origin("tests.set_up", "tests.filled")
SERVING = Origin("tests.set_up", "tests.serving_set_up")


def for_servers() -> None:
    """Fork programs here, from now on."""
    global _is_for_servers
    _is_for_servers = True


def begin(
    arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path
) -> ForkServerProcess:
    """Run `manage.py` with these arguments; what it prints goes to these files.

    Of the settings that the environment has, DATABASE_URL alone is read anew.
    """
    return SET_UP.start(fork.manage, arguments, dict(environment), out, err)


class Forked:
    """A forked program, with as much of subprocess.Popen as a server is asked for."""

    def __init__(
        self, origin: Origin, command: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        run = fork.run if origin is BARE else fork.run_set_up
        self._process = origin.start(run, command, dict(environment), log)
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self._process), timeout or 0)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()


def program(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    folder: Path,
    origin: Origin = SERVING,
) -> "Forked | subprocess.Popen[bytes]":
    """Run a command of Python's in this folder, the current one; what it says is added to the log."""
    if _is_for_servers and not any(name.startswith(READ_AT_START) for name in environment):
        log.touch()
        return Forked(origin, command, environment, log)
    with log.open("ab") as opened:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=opened,
            stderr=opened,
        )


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> str:
    """Run such a command to its end and return what it said. Raises CalledProcessError where it fails."""
    ended = end_of(command, environment, folder)
    ended.check_returncode()
    return ended.stdout


def end_of(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> "subprocess.CompletedProcess[str]":
    """Run such a command to its end. What it says by either way is in `stdout`."""
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch, "log")
        code = program(command, environment, log, folder).wait()
        return subprocess.CompletedProcess(command, code, log.read_text())
