"""Management commands in processes of their own that begin at once.

Each is forked from a process that has imported the application and opened no database. One that is started
anew computes for a second before it begins.
"""

import multiprocessing
import os
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from unittest import mock

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.set_up", "tests.filled"])
# A test may change the environment before the first process is forked.
_environment = dict(os.environ)


def begin(
    arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path
) -> ForkServerProcess:
    """Run `manage.py` with these arguments; what it prints goes to these files.

    Of the settings that the environment has, DATABASE_URL alone is read anew.
    """
    with mock.patch.dict(os.environ, _environment, clear=True):
        forkserver.ensure_running()
    process = _context.Process(target=_manage, args=(arguments, dict(environment), out, err))
    process.start()
    return process


def _manage(arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> None:
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.environ.clear()
    os.environ.update(environment)
    # Here, because the tests' own process imports this module before Django is set up.
    from django.conf import settings
    from django.core.management import execute_from_command_line
    from django.db import connections

    from project import environment as reading

    settings.DATABASES = {"default": reading.database("DATABASE_URL", Path())}
    connections.settings = connections.configure_settings(None)
    del connections["default"]  # it has been looked at, if not opened, with other settings
    execute_from_command_line(["manage.py", *arguments])
