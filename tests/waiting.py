"""Tasks that wait, done as a server's worker does them."""

from discuss.tasks.worker import Worker


def do_tasks() -> None:
    """Do all tasks that wait, and those that they leave. Fails where one did, and is to be tried again."""
    worker = Worker("a test")
    while worker.take_one():
        pass
