"""Run a command with a PostgreSQL server of its own: `python -m tests.postgres -- COMMAND...`.

The server lives in a temporary folder, listens on the loopback alone and is gone when the command ends,
however it ends. The command finds it in DATABASE_URL; its exit code is ours.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

START_SECONDS = 60
STOP_SECONDS = 10


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or arguments[0] != "--":
        raise SystemExit("usage: python -m tests.postgres -- COMMAND...")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    with server() as url:
        return run(arguments[1:], {**os.environ, "DATABASE_URL": url})


def end(number: int, frame: FrameType | None) -> NoReturn:
    # A second signal must not break off the clean-up that the first one starts.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of an empty database `discussit` in a new cluster, and remove both afterwards.

    Raises SystemExit with the server's own words when it does not start.
    """
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="discussit-postgres-"))
    data, log, port = folder / "data", folder / "log", free_port()
    # Whoever shares this machine can reach the port, and a superuser of the database can run programs.
    password = secrets.token_urlsafe()
    try:
        (folder / "password").write_text(password)
        with log.open("wb") as output:
            # A session of its own: Ctrl-C is for the command, and the server stops after it.
            how: dict[str, Any] = {
                "cwd": folder,
                "stdout": output,
                "stderr": output,
                "start_new_session": True,
            }
            how |= unprivileged(folder)
            if not make_cluster(binaries, folder, how):
                raise SystemExit(log.read_text(errors="replace"))
            # No fsync: a power cut may take this database.
            command: list[str | Path] = [binaries / "postgres", "-F", "-D", data, "-k", folder]
            command += ["-h", "127.0.0.1", "-p", str(port)]
            process = subprocess.Popen(command, **how, stdin=subprocess.DEVNULL)
        try:
            wait_until_ready(process, data, log)
            yield f"postgres://postgres:{password}@127.0.0.1:{port}/discussit"
        finally:
            # Fast: clients are sent away. Then without a checkpoint. Then by force.
            stop(process, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
    finally:
        remove(folder)


def find_binaries() -> Path:
    """Return the folder of PostgreSQL's server programs.

    A `postgres` on the PATH may stand alone, or be a link, so a folder counts when it has all that we need.
    """
    folders = [Path(folder) for folder in os.get_exec_path()]
    with suppress(OSError, subprocess.CalledProcessError):
        asked = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=True
        )
        folders.append(Path(asked.stdout.strip()))
    versions = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders += sorted(versions, key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in folders:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise SystemExit("PostgreSQL's server programs (initdb and postgres) were not found.")


def unprivileged(folder: Path) -> dict[str, Any]:
    """Return whom to run the server as, and give that user the folder: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        raise SystemExit("As root, PostgreSQL needs a user named postgres to run as.") from None
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def make_cluster(binaries: Path, folder: Path, how: dict[str, Any]) -> bool:
    """Make the cluster and its database; what went wrong, if anything did, is in the log."""
    data = folder / "data"
    initdb: list[str | Path] = [
        binaries / "initdb",
        "--pgdata",
        data,
        "--username",
        "postgres",
        "--no-sync",
    ]
    initdb += ["--pwfile", folder / "password", "--auth", "scram-sha-256"]
    # lower() knows every letter, and the order does not depend on the machine.
    initdb += ["--encoding", "UTF8", "--locale", "C.UTF-8"]
    single: list[str | Path] = [binaries / "postgres", "--single", "-F", "-D", data, "postgres"]
    return (
        subprocess.run(initdb, **how, stdin=subprocess.DEVNULL).returncode == 0
        and subprocess.run(single, **how, input=b"CREATE DATABASE discussit\n").returncode == 0
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(process: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    """Wait for the word `ready` on the eighth line of the server's pid file, as its own pg_ctl does."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            lines = (data / "postmaster.pid").read_text().splitlines()
            if len(lines) > 7 and lines[7].strip() == "ready":
                return
        time.sleep(0.05)
    raise SystemExit(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")


def remove(folder: Path) -> None:
    """Remove the folder, even while the last process of a broken-off start is still writing there."""
    deadline = time.monotonic() + STOP_SECONDS
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


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
