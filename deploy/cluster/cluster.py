"""PostgreSQL, Redis, several processes of DiscussIt and nginx, under one folder."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Self

from deploy.cluster.daemon import TOP, ClusterError, Daemon
from deploy.cluster.nginx import Nginx
from deploy.cluster.postgres import Postgres
from deploy.cluster.process import Process
from deploy.cluster.redis import Redis


class Cluster:
    """A server of `processes` processes, reached at `url`, on the loopback alone.

    `folder` holds the sockets and the logs and stays the caller's to remove; the database goes with `stop()`.
    As root, PostgreSQL needs a folder that its user can enter too: where this one is not, it has its own in
    the system's folder for temporary files.
    """

    def __init__(
        self, folder: Path, *, processes: int = 2, port: int | None = None, **environment: str
    ) -> None:
        """Choose addresses and passwords; nothing is started. `environment` adds settings.

        Raises ClusterError when a program is missing.
        """
        self.folder = folder
        self.postgres = Postgres(folder)
        self.redis = Redis(folder)
        names = [folder / f"discussit-{number}.sock" for number in range(1, processes + 1)]
        self.nginx = Nginx(folder, names, port)
        self.url = self.nginx.url
        self.environment = {
            **os.environ,
            "BEHIND_PROXY": "on",
            "DATABASE_URL": self.postgres.url,
            # A trial shows what a site would show, and mails nobody, whatever the caller has set.
            "DEBUG": "off",
            "EMAIL_URL": "",
            "PROCESSES": str(processes),
            "PUBLIC_URL": self.url,
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": secrets.token_urlsafe(60),
            **environment,
        }
        self.processes = [
            Process(number, folder, self.environment) for number in range(1, processes + 1)
        ]

    @property
    def daemons(self) -> list[Daemon]:
        """All programs of it, in the order in which they start."""
        return [self.postgres, self.redis, *self.processes, self.nginx]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything, with all tables in the database; stop it again if a part of it fails."""
        try:
            self.postgres.start()
            self.redis.start()
            self.manage("migrate", "--no-input", "-v0")
            for process in self.processes:
                process.begin()
            for process in self.processes:
                process.wait_until_ready()
            self.nginx.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything that runs and remove the database, whatever of it fails on the way.

        Raises ClusterError when something had to be killed.
        """
        for process in self.processes:
            process.ask_to_stop()
        steps = [process.wait_until_stopped for process in self.processes]
        problems = _do_all([*steps, self.nginx.stop, self.redis.stop, self.postgres.close])
        if problems:
            raise ClusterError("\n".join(problems))

    def manage(self, *arguments: str) -> None:
        """Run a management command on this cluster's database."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=TOP, env=self.environment, check=True, stdin=subprocess.DEVNULL)

    def rolling_restart(self) -> None:
        """Restart one process after the other, each when the one before is ready."""
        for process in self.processes:
            process.stop()
            process.start()


def _do_all(steps: list[Callable[[], None]]) -> list[str]:
    """Do each, also when one before has failed, and return what went wrong."""
    problems = []
    for step in steps:
        try:
            step()
        except ClusterError as error:
            problems.append(str(error))
    return problems
