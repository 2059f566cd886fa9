"""A worker takes tasks from the database, one at a time, and runs them.

A row stands there until its task is done or given up, and `worker_ids` names the worker of each try. So a
task whose process was killed is run again: it may be done twice, and is never forgotten.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from discuss import metrics

logger = logging.getLogger(__name__)

type Row = DBTaskResult[..., Any]

# Seconds before a task that failed is tried again: after the first try, the second, and so on. The next
# failure is the last.
PAUSES = (60, 300, 1800, 7200)
# Looks for which a task may stand still before its worker counts as gone.
LOOKS = 3


class Worker:
    """Takes tasks under a name of its own: `take_one` in one thread, `look` in any other."""

    def __init__(self, name: str) -> None:
        self._name = name
        # The task that is under way, and how the latest ended where that is not written yet.
        self._running: UUID | None = None
        self._unwritten: tuple[Row, Exception | None] | None = None
        # When others' tasks were last said to go on, and in how many looks that stood still.
        self._beats: dict[UUID, tuple[datetime | None, int]] = {}

    def take_one(self) -> bool:
        """Run the first task that is due; return whether there was one.

        Raises what the database does. How a task ended is then written at the next call.
        """
        self._write_end()
        row = self._claim()
        if row is None:
            return False
        self._unwritten = row, _run(row)
        self._write_end()
        return True

    def look(self) -> None:
        """Say that the task under way goes on, free those that nobody goes on with, and count all."""
        running = DBTaskResult.objects.running()
        own = self._running
        if own is not None:
            running.filter(pk=own).update(started_at=timezone.now())
        others = running.only("started_at", "task_path", "worker_ids")
        self._free(row for row in others if row.pk != own)
        metrics.TASKS_WAITING.set(DBTaskResult.objects.count())

    def _claim(self) -> Row | None:
        due = DBTaskResult.objects.ready()
        # First without the lock, which SQLite has but one of.
        if not due.exists():
            return None
        with transaction.atomic():
            # Each worker gets another one: PostgreSQL leaves out rows that are locked.
            row = due.get_locked()
            if row is not None:
                row.claim(self._name)
        self._running = None if row is None else row.pk
        return row

    def _write_end(self) -> None:
        if self._unwritten is None:
            return
        row, error = self._unwritten
        if error is None:
            # Also where another worker has it by now, as this one seemed to be gone.
            DBTaskResult.objects.filter(pk=row.pk).delete()
            metrics.TASKS_DONE.inc()
        else:
            _put_back(row, type(error).__name__)
        self._running = self._unwritten = None

    def _free(self, rows: Iterable[Row]) -> None:
        """Free the tasks that stood still for too long. A beat is as before or is not: no clock counts."""
        before, self._beats = self._beats, {}
        for row in rows:
            beat, looks = before.get(row.pk, (None, 0))
            looks = looks + 1 if beat == row.started_at else 0
            if looks < LOOKS:
                self._beats[row.pk] = row.started_at, looks
            else:
                _put_back(row, "its process ended", pause=0)


def _run(row: Row) -> Exception | None:
    """Run the task, and return why it failed."""
    try:
        row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    except Exception as error:
        return error
    return None


def _put_back(row: Row, reason: str, pause: int | None = None) -> None:
    """Let a task be tried again, or give it up; nothing where another worker has it by now.

    What the log says of it names nobody: an error may quote an address, and arguments may hold a secret.
    """
    tries = len(row.worker_ids)
    held = DBTaskResult.objects.running().filter(pk=row.pk, worker_ids=row.worker_ids)
    if tries > len(PAUSES):
        if held.delete()[0]:
            metrics.TASKS_GIVEN_UP.inc()
            logger.error("%s failed %d times (%s) and is given up.", row.task_path, tries, reason)
        return
    seconds = PAUSES[tries - 1] if pause is None else pause
    due = timezone.now() + timedelta(seconds=seconds)
    if held.update(status=TaskResultStatus.READY, run_after=due):
        metrics.TASKS_FAILED.inc()
        when = f"in {seconds} s" if seconds else "now"
        logger.warning("%s failed, try %d (%s); again %s.", row.task_path, tries, reason, when)
