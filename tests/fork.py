"""What a process does that was just forked (tests/forked.py), to be one that was started by itself."""

import asyncio
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4


def run(command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """Do what Python does with such a command."""
    _begin_with(environment, out=_opened(log), err=_opened(log))
    _execute(command)


def run_set_up(command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    """The same where the application is set up already."""
    _begin_with(environment, out=_opened(log), err=_opened(log))
    if not _has_read_settings():
        os.execve(command[0], list(command), os.environ)  # noqa: S606 - as it was told
    _call_oneself_otherwise()
    _make_reactor_anew()
    _execute(command)


def manage(arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    _begin_with(environment, out=os.open(out, flags), err=os.open(err, flags))
    # Here, because the tests' own process imports this module before Django is set up.
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from project import services

    settings.DATABASES = {"default": services.database("DATABASE_URL", Path())}
    _forget_databases()
    execute_from_command_line(["manage.py", *arguments])


def _opened(log: Path) -> int:
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _begin_with(environment: Mapping[str, str], *, out: int, err: int) -> None:
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.environ.clear()
    os.environ.update(environment)


def _execute(command: Sequence[str]) -> None:
    match command:
        case [_, "-c", code]:
            sys.argv = ["-c"]
            exec(code, {"__name__": "__main__"})  # noqa: S102 - as `python -c` does
        case [_, "-m", module, *arguments]:
            sys.argv = [module, *arguments]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [_, file, *arguments]:
            sys.argv = [file, *arguments]
            runpy.run_path(file, run_name="__main__")


def _has_read_settings() -> bool:
    """Read the settings of this environment, and return whether nothing was done yet by other ones."""
    from django.conf import Settings, settings

    for name in [name for name in sys.modules if name.endswith("settings")]:
        if name.startswith(("project.", "tests.")):
            del sys.modules[name]
    try:
        read = Settings(os.environ["DJANGO_SETTINGS_MODULE"])
    except (Exception, SystemExit):
        return False  # to be said by one that is started anew
    before: Any = settings._wrapped  # type: ignore[misc]
    # It remembers each setting that was asked for.
    used = {name for name in settings.__dict__ if name.isupper()} - {"DATABASES", "SECURE_CSP"}
    if any(getattr(read, name) != getattr(before, name) for name in used):
        return False
    settings._wrapped = read
    _forget_databases()
    _forget_the_port()
    return True


def _forget_databases() -> None:
    """None was opened, but they have been looked at, with other settings."""
    from django.db import connections

    connections.settings = connections.configure_settings(None)
    del connections["default"]


def _forget_the_port() -> None:
    """A view's own policy was made of the site's, which says where sockets are."""
    from django.conf import settings

    from discuss.edges.views.group import FRAMED_CSP

    FRAMED_CSP["connect-src"] = settings.SECURE_CSP["connect-src"]


def _call_oneself_otherwise() -> None:
    """Make the name anew that a process has among the others, as it is made by an import."""
    from discuss.doorbell import ringer
    from discuss.live.hub import hub

    before, name = ringer.PROCESS, uuid4().hex
    for module in list(sys.modules.values()):
        if getattr(module, "PROCESS", None) == before:
            module.PROCESS = name  # type: ignore[attr-defined]
    hub.upkeep = hub._new_upkeep()


def _make_reactor_anew() -> None:
    """Else all who are forked from one process would wait by the same file of the kernel's."""
    from daphne import server
    from twisted.internet import reactor

    server.twisted_loop = asyncio.new_event_loop()
    reactor.__init__(server.twisted_loop)
