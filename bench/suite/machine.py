"""On what, and with what, the table was measured."""

import os
import platform
import re
import shlex
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from deploy.cluster import ClusterError
from deploy.cluster.daemon import find_program
from deploy.cluster.postgres import find_binaries
from tests.server import TOP

PACKAGES = (
    *("Django", "channels", "daphne", "twisted", "autobahn", "channels-redis"),
    *("psycopg", "websockets"),
)
PROGRAMS = {
    "nginx": "-v",
    "redis-server": "--version",
    "node": "--version",
    "g++": "--version",
}


def described() -> str:
    """Return what stands above the table: commit, command, machine and versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return "\n".join(
        (
            f"- commit {commit()}",
            f"- command: `{shlex.join(['bench/run', *sys.argv[1:]])}`",
            f"- machine: {os.cpu_count()} cores of {cpu()}, {memory()} of memory, "
            f"Linux {platform.release()}",
            f"- {platform.python_implementation()} {platform.python_version()}, {packages}",
            f"- {', '.join(programs())}",
        )
    )


def commit() -> str:
    """Return the commit that is checked out, and whether files differ from it."""
    with_changes = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(with_changes, cwd=TOP, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def cpu() -> str:
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return names[0] if names else platform.machine()


def memory() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.0f} GiB"


def programs() -> list[str]:
    """Return the programs that are there, with their versions."""
    commands = []
    for name, option in PROGRAMS.items():
        with suppress(ClusterError):
            commands.append([find_program(name, name), option])
    with suppress(ClusterError):
        commands.append([str(find_binaries() / "postgres"), "--version"])
    return [f"{Path(command[0]).name} {version_of(command)}" for command in commands]


def version_of(command: list[str]) -> str:
    """Return the first number with dots that the program says of itself."""
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"\d+(\.\d+)+", done.stdout or done.stderr)
    return found[0] if found else "of unknown version"
