"""Where tasks wait, as the setting TASKS says."""

from typing import Any

from django.tasks import Task
from django_tasks_db import DatabaseBackend

from discuss.doorbell import ring_task


class Backend(DatabaseBackend):
    """A table of the database, as django-tasks-db has it. A task wakes the workers once it is committed."""

    def enqueue(self, task: Task[..., Any], args: Any, kwargs: Any) -> Any:
        result = super().enqueue(task, args, kwargs)
        ring_task()
        return result
