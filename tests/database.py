"""A database of a test's own, used as people use it: by management commands, in processes of their own."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import psycopg

from deploy.cluster.daemon import wait_for
from tests import forked
from tests.server import TOP

SQLITE = "sqlite:///"
# Seconds that a script may take to begin on a slow machine.
PATIENCE = 60.0


@dataclass(frozen=True)
class Database:
    url: str

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self.url.removeprefix(SQLITE)) if self.url.startswith(SQLITE) else None

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed."""
        done = self.try_to(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def try_to(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command that may fail, in a process that had Django set up already."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            process = forked.begin(arguments, self._environment, out, err)
            process.join()
            code = process.exitcode or 0
            return subprocess.CompletedProcess(arguments, code, out.read_text(), err.read_text())

    def try_anew(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command that may fail, as a shell runs it: all settings are read anew."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=TOP,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def begin(self, script: str, folder: Path) -> ForkServerProcess:
        """Start a script, which prints a line once it has begun; what it says stays in the folder."""
        out, err = folder / "out", folder / "err"
        process = forked.begin(_shell(script), self._environment, out, err)
        assert wait_for(lambda: out.exists() and "\n" in out.read_text(), PATIENCE), err.read_text()
        return process

    def refusal(self, *arguments: str) -> str:
        """Run a management command that fails as it should: with one line and no traceback."""
        done = self.try_to(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("CommandError: ")
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr.removeprefix("CommandError: ").strip()

    def run(self, script: str) -> str:
        """Run a script that may use tests.filled and the database; return what it printed."""
        return self.manage(*_shell(script))

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return every row of every model, in order, but for what a restore renews: epochs and html."""
        rows: dict[str, list[dict[str, Any]]] = json.loads(self.run("tell_rows()"))
        for row in rows["discuss.group"]:
            del row["epoch"]
        for model in ("entry", "message", "event"):
            for row in rows.get(f"discuss.{model}", ()):
                del row["html"], row["renderer"]
        return rows

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement behind everybody's back; return the rows that it gives."""
        if file := self.file:
            with closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True)) as opened, opened:
                return opened.execute(statement).fetchall()
        with psycopg.connect(self.url) as connection:
            cursor = connection.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def tables(self) -> list[str]:
        if self.file and not self.file.exists():
            return []
        names = "pg_tables WHERE schemaname = 'public'"
        if self.file:
            names = "sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        column = "name" if self.file else "tablename"
        return [name for (name,) in self.execute(f"SELECT {column} FROM {names}")]  # noqa: S608

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": self.url}


def _shell(script: str) -> list[str]:
    return ["shell", "--no-imports", "-c", f"from tests.filled import *\n{script}"]


def sqlite(file: Path) -> Database:
    return Database(f"{SQLITE}{file}")
