"""Run a command with a PostgreSQL server of its own: `python -m tests.postgres [--migrated] -- COMMAND...`.

The server lives in a temporary folder, listens on the loopback alone and is gone when the command ends,
however it ends. The command finds it in DATABASE_URL; its exit code is ours.

With `--migrated` its database has all tables, and those of tests begin as copies of it.
"""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from deploy.cluster import ClusterError
from deploy.cluster.postgres import DATABASE, Postgres
from tests.migrated import TEMPLATE, Copied, original

STOP_SECONDS = 10


def main(arguments: list[str]) -> int:
    match arguments:
        case ["--", _, *_]:
            is_migrated, command = False, arguments[1:]
        case ["--migrated", "--", _, *_]:
            is_migrated, command = True, arguments[2:]
        case _:
            raise SystemExit("usage: python -m tests.postgres [--migrated] -- COMMAND...")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    with tempfile.TemporaryDirectory(prefix="discussit-postgres-") as folder:
        try:
            postgres = copied(Path(folder)) if is_migrated else Postgres(Path(folder))
            environment = {**os.environ, "DATABASE_URL": postgres.url}
            if is_migrated:
                environment[TEMPLATE] = DATABASE
            try:
                postgres.start()
                return run(command, environment)
            finally:
                postgres.close()
        except ClusterError as error:
            raise SystemExit(str(error)) from None


def copied(folder: Path) -> Postgres:
    shared = Path(os.environ.get("SHARED_BY_STAGES", folder))
    return Copied(folder, original(shared))


def end(number: int, frame: FrameType | None) -> NoReturn:
    # A second signal must not break off the clean-up that the first one starts.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


def run(command: list[str], environment: dict[str, str]) -> int:
    """Return the command's exit code, which is 128 + n after signal n, as in a shell."""
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise SystemExit(f"{command[0]}: {error.strerror}") from None
    try:
        code = process.wait()
    except BaseException:
        # From a terminal, Ctrl-C has reached the command as well: let it end in its own way first.
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS / 5)
        raise
    finally:
        stop(process, signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
    return code if code >= 0 else 128 - code


def stop(process: subprocess.Popen[bytes], *signals: signal.Signals) -> None:
    """Send one signal after the other, each with its time, until the process has ended."""
    for number in signals:
        if process.poll() is not None:
            return
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
