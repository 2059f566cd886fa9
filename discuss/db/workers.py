"""The crossing between the event loop and the database: a bounded pool of threads of our own.

Channels' own helpers share one thread among all consumers, so that one slow query stalls everybody's
handshakes. Here each thread keeps its connection to SQLite open; to PostgreSQL it takes one from the
driver's pool for each crossing (docs/dependencies.md says what was measured).
"""

import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg_pool import PoolTimeout

from discuss import metrics

WORKERS = min(8, 2 * (os.cpu_count() or 2))
# Seconds that a crossing waits for a connection, and in which the next ones do not even try: else each
# would wait its turn for a thread, and then as long again.
CONNECT_WITHIN = 2.0
AWAY_FOR = 1.0


def share_connections(requests: int) -> None:
    """From now on, take connections to PostgreSQL from the driver's pool.

    It is large enough for so many requests and all worker threads at a time: none waits for another. For
    servers; a command has a connection of its own, and is told at once why it gets none.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": requests + 2 * WORKERS + 2,
            "timeout": CONNECT_WITHIN,
        }


class Pool:
    """A bounded number of threads that may use the database."""

    # Until when, in seconds of the monotonic clock, no connection is to be had; of all pools.
    _away_until = 0.0

    def __init__(self, name: str, threads: int = WORKERS) -> None:
        self._name, self._threads = name, threads
        self._waits, self._takes = metrics.CROSSING_WAIT.labels(name), metrics.CROSSING.labels(name)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        # The connections that its threads have opened.
        self._connections: set[BaseDatabaseWrapper] = set()

    async def run[**P, R](self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `work` in one of the threads, where it may use the database, and return what it returns."""

        asked = time.monotonic()

        def cross() -> R:
            begun = time.monotonic()
            self._waits.observe(begun - asked)
            if time.monotonic() < Pool._away_until:
                raise OperationalError("no connection of late")
            # As Django does around a request: a connection that broke is dropped before its next use.
            # But age is no reason here (CONN_MAX_AGE is for requests, whose threads end with them).
            for connection in connections.all(initialized_only=True):
                connection.close_at = None
                connection.close_if_unusable_or_obsolete()
            try:
                return work(*args, **kwargs)
            except OperationalError as error:
                if isinstance(error.__cause__, PoolTimeout):
                    Pool._away_until = time.monotonic() + AWAY_FOR
                raise
            finally:
                for connection in connections.all(initialized_only=True):
                    self._connections.add(connection)
                    if connection.settings_dict["OPTIONS"].get("pool"):
                        connection.close()  # gives it back
                self._takes.observe(time.monotonic() - begun)

        # thread_sensitive=False with an executor of ours; plain run_in_executor breaks async_to_sync.
        return await sync_to_async(cross, thread_sensitive=False, executor=self._executor)()

    def close(self) -> None:
        """Close the threads and their connections; the next crossing starts new ones."""
        # Not by a job for each thread: an executor gives two to one that it takes for idle.
        self._executor.shutdown(wait=True)

        def leave() -> None:
            for connection in self._connections:
                connection.inc_thread_sharing()
                connection.close()

        # In a thread, because Django refuses to where an event loop runs.
        with ThreadPoolExecutor(1) as last:
            last.submit(leave).result()
        self.__init__(self._name, self._threads)  # type: ignore[misc]


# Apart, because writers wait for each other's locks: reading goes on while they do.
_reading, _acting = Pool("reading"), Pool("acting")
# Where posts are joined, which wait for no group's lock: it is free while all others wait for one.
_posting = Pool("posting", 1)
# Where tasks run, which may wait for a mail server: nobody waits for them.
_tasks = Pool("tasks", 1)


async def in_worker[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `work`, which reads the database, in a thread and return what it returns."""
    return await _reading.run(work, *args, **kwargs)


async def in_actor[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `work`, which changes the database, in a thread and return what it returns."""
    return await _acting.run(work, *args, **kwargs)


async def in_poster[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `work`, which posts for many and waits for nobody's lock, in a thread of its own."""
    return await _posting.run(work, *args, **kwargs)


async def in_tasker[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `work`, which may wait long for others than the database, in a thread of its own."""
    return await _tasks.run(work, *args, **kwargs)


def log_failure(
    logger: logging.Logger, error: Exception, text: str, *values: object, **extra: object
) -> None:
    """Log that something failed: with where it did, unless the database is away.

    Then everything fails, in as many places as there are people, and a line each says it all. `extra` is what
    a log in JSON says apart: `user` and `path`.
    """
    if isinstance(error, OperationalError | InterfaceError):
        reason = " ".join(str(error).split())
        logger.error(f"{text} (the database: %s)", *values, reason, extra=extra)
    else:
        logger.error(text, *values, exc_info=error, extra=extra)


def close() -> None:
    """Close all pools, as a test does before its database goes."""
    for pool in (_reading, _acting, _posting, _tasks):
        pool.close()
