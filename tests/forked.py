"""Processes that begin at once: each is forked from one that has imported what they need.

One that is started anew computes for a second before it begins. For management commands the process that they
are forked from has the application set up, and opened no database. Where servers are tested (`for_servers`)
it has only imported what knows no settings: each of them sets itself up, and has a reactor of its own.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from unittest import mock

SET_UP = ["tests.set_up", "tests.filled"]
# The packages that take longest. Not daphne.server, which makes the reactor.
IMPORTED = [
    "autobahn.twisted.websocket",
    "channels.generic.websocket",
    "daphne.http_protocol",
    "daphne.ws_protocol",
    "django.contrib.admin",
    "django.core.management",
    "psycopg_pool",
]
# Of these variables the loader and the C library take notice when a program starts, and not after a fork.
READ_AT_START = ("LD_", "MALLOC_")

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(SET_UP)
_is_for_servers = False
# A test may change the environment before the first process is forked.
_environment = dict(os.environ)


def for_servers() -> None:
    """Fork servers here, from now on. Call it before anything is forked."""
    global _is_for_servers
    _context.set_forkserver_preload(IMPORTED)
    _is_for_servers = True


def begin(
    arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path
) -> ForkServerProcess:
    """Run `manage.py` with these arguments; what it prints goes to these files.

    Of the settings that the environment has, DATABASE_URL alone is read anew.
    """
    return _start(_manage, arguments, dict(environment), out, err)


class Forked:
    """A forked program, with as much of subprocess.Popen as a server is asked for."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._process = _start(_run, command, dict(environment), log)
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
    command: Sequence[str], environment: Mapping[str, str], log: Path, folder: Path
) -> "Forked | subprocess.Popen[bytes]":
    """Run a command of Python's in this folder, the current one; what it says is added to the log."""
    if _is_for_servers and not any(name.startswith(READ_AT_START) for name in environment):
        return Forked(command, environment, log)
    with log.open("ab") as opened:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=opened,
            stderr=opened,
        )


def _start(target: Any, *arguments: Any) -> ForkServerProcess:
    with mock.patch.dict(os.environ, _environment, clear=True):
        forkserver.ensure_running()
    process = _context.Process(target=target, args=arguments)
    process.start()
    return process


def _run(command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """Do what Python does with such a command."""
    opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    _begin_with(environment, out=opened, err=opened)
    match command:
        case [_, "-m", module, *arguments]:
            sys.argv = [module, *arguments]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [_, file, *arguments]:
            sys.argv = [file, *arguments]
            runpy.run_path(file, run_name="__main__")


def _manage(arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    _begin_with(environment, out=os.open(out, flags), err=os.open(err, flags))
    # Here, because the tests' own process imports this module before Django is set up.
    from django.conf import settings
    from django.core.management import execute_from_command_line
    from django.db import connections

    from project import services

    settings.DATABASES = {"default": services.database("DATABASE_URL", Path())}
    connections.settings = connections.configure_settings(None)
    del connections["default"]  # it has been looked at, if not opened, with other settings
    execute_from_command_line(["manage.py", *arguments])


def _begin_with(environment: Mapping[str, str], *, out: int, err: int) -> None:
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.environ.clear()
    os.environ.update(environment)
