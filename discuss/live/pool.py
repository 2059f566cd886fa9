"""The crossing between the event loop and the database: a bounded pool of threads of our own.

Channels' own helpers share one thread among all consumers, so that one slow query stalls everybody's
handshakes. Here each thread keeps its connection open.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import connections

WORKERS = min(8, 2 * (os.cpu_count() or 2))
_executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="database")


async def in_worker[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `work` in a worker thread, where it may use the database, and return what it returns."""

    def cross() -> R:
        # As Django does around a request: a connection that broke is dropped before its next use.
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()
        return work(*args, **kwargs)

    # thread_sensitive=False with an executor of ours; plain run_in_executor would break async_to_sync.
    return await sync_to_async(cross, thread_sensitive=False, executor=_executor)()


def close() -> None:
    """Close the pool's threads and their connections; the next crossing starts new ones."""
    global _executor
    everyone = threading.Barrier(WORKERS)  # so that each thread takes one of the jobs

    def leave() -> None:
        connections.close_all()
        everyone.wait()

    for _ in range(WORKERS):
        _executor.submit(leave)
    _executor.shutdown(wait=True)
    _executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="database")
