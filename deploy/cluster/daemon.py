"""One program of the cluster: started, waited for, and ended by its own process id."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# Seconds. A start takes one or two, and an end 20 at most: a busy machine takes its time.
START_SECONDS = 100.0
STOP_SECONDS = 60.0

# What ends a program from outside.
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

TOP = Path(__file__).resolve().parent.parent.parent


class ClusterError(Exception):
    """A program is missing, did not start or did not end. The text says which, with its own words."""


class Daemon:
    """A program with one process to start and end, and a log file for all that it prints.

    Subclasses say what to run and how one sees that it is ready. Started again, it has the same address.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def command_line(self) -> list[str | Path]:
        raise NotImplementedError

    def options(self) -> dict[str, Any]:
        """Return what Popen is told besides."""
        return {}

    def is_ready(self) -> bool:
        raise NotImplementedError

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ClusterError(f"{self.name} was never started.")
        return self._process.pid

    def ending(self) -> str:
        """Return how it ended: "with code 1", or "by SIGKILL"."""
        code = self._process.wait() if self._process else 0
        return f"with code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"

    def start(self) -> None:
        """Start it and wait until it is ready. Raises ClusterError when it ends or takes too long."""
        self.begin()
        self.wait_until_ready()

    def begin(self) -> None:
        """Start it without waiting."""
        if self.is_running:
            raise ClusterError(f"{self.name} runs already.")
        with held_back_signals():
            self._process = self.launch()

    def launch(self) -> subprocess.Popen[bytes]:
        """Begin the program, and add what it prints to its log."""
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in a terminal is for whoever started the cluster, who then
            # ends the programs in their order.
            return subprocess.Popen(
                self.command_line(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.options(),
            )

    def wait_until_ready(self) -> None:
        if not wait_for(lambda: not self.is_running or self.is_ready(), START_SECONDS):
            raise ClusterError(
                f"{self.name} was not ready in {START_SECONDS:.0f} s:\n{self.words()}"
            )
        if not self.is_running:
            raise ClusterError(f"{self.name} did not start:\n{self.words()}")

    def stop(self) -> None:
        """Ask it to end and wait until it has. Raises ClusterError when it had to be killed."""
        self.ask_to_stop()
        self.wait_until_stopped()

    def ask_to_stop(self) -> None:
        self.send(signal.SIGTERM)

    def wait_until_stopped(self) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ClusterError(
                f"{self.name} did not stop in {STOP_SECONDS:.0f} s:\n{self.words()}"
            ) from None

    def kill(self) -> None:
        """End it and its child processes at once, as running out of memory does."""
        children = self.children() if self.is_running else []
        self.send(signal.SIGKILL)
        for pid in children:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        wait_for(lambda: not any(_is_alive(pid) for pid in children), STOP_SECONDS)

    def send(self, number: signal.Signals) -> None:
        if self._process is not None and self.is_running:
            self._process.send_signal(number)

    def children(self) -> list[int]:
        """Return the ids of its child processes."""
        with suppress(FileNotFoundError):
            return [
                int(pid)
                for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            ]
        return []

    def words(self) -> str:
        """Return the end of what it printed."""
        with suppress(FileNotFoundError):
            return self.log.read_text(errors="replace")[-4000:]
        return ""


@contextmanager
def held_back_signals() -> Iterator[None]:
    """Let a signal wait whose handler would raise between a child's birth and our knowing its id."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in ENDS}
    waiting: list[int] = []
    for number, handler in handlers.items():
        if callable(handler):
            signal.signal(number, lambda number, frame: waiting.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if callable(handler):
                signal.signal(number, handler)
        for came in waiting:
            signal.raise_signal(signal.Signals(came))


def find_program(name: str, package: str) -> str:
    """Return the program's path; Debian keeps servers in folders that are not on everybody's PATH.

    Raises ClusterError with the package that has it.
    """
    found = shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        raise ClusterError(f"{name} was not found (on Debian: apt install {package}).")
    return found


def wait_for(is_so: Callable[[], bool], seconds: float) -> bool:
    """Wait until `is_so()`, and return whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _is_alive(pid: int) -> bool:
    """Return whether the process runs; one that nobody has waited for yet (Z) does not."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
