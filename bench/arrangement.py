"""The project's settings with another arrangement of connections, for bench.postgres_connections."""

import os
from collections.abc import Callable
from typing import Any

from discuss.db import workers
from discuss.db.workers import Pool
from project.settings import *  # noqa: F403
from project.settings import DATABASES, LOGGING

_database: dict[str, Any] = DATABASES["default"]
_run = Pool.run
# It would say each time that PostgreSQL is away, which is the point here.
LOGGING["loggers"]["psycopg.pool"] = {"level": "CRITICAL"}


async def _close_after[**P, R](
    self: Pool, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    def cross() -> R:
        from django.db import connection

        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return await _run(self, cross)


for _word in os.environ["ARRANGEMENT"].split():
    if _word == "no-pool":
        workers.share_connections = lambda requests: None
    elif _word == "close":
        Pool.run = _close_after  # type: ignore[method-assign]
    elif _word == "unchecked":
        _database["CONN_HEALTH_CHECKS"] = False
