"""One process of DiscussIt, on a unix socket of its own."""

import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.cluster.daemon import TOP, Daemon
from deploy.ready import is_ready

# As in the systemd unit: each open page is a file.
OPEN_FILES = 65536


class Process(Daemon):
    """`manage.py serve` with `environment`, which may be changed before a start."""

    def __init__(self, number: int, folder: Path, environment: dict[str, str]) -> None:
        super().__init__(f"discussit-{number}", folder)
        self.socket = folder / f"{self.name}.sock"
        self.environment = dict(environment)

    def command_line(self) -> list[str | Path]:
        return [sys.executable, "manage.py", "serve", "--unix-socket", self.socket]

    def options(self) -> dict[str, Any]:
        return {"cwd": TOP, "env": self.environment}

    def begin(self) -> None:
        super().begin()
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ProcessLookupError):
            resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (min(OPEN_FILES, most), most))

    def is_ready(self) -> bool:
        """Return whether its own /readyz says so, without nginx in between."""
        return is_ready(self.socket)
