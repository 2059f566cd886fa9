"""What the crossing to the database does when there is no connection to be had, and what it says."""

import logging
import time
from typing import NoReturn

import pytest
from django.db import OperationalError
from psycopg_pool import PoolTimeout

from discuss.db import workers
from discuss.db.workers import Pool, in_worker, log_failure
from tests.page import eventually

logger = logging.getLogger("discuss.tests")


def test_a_database_that_is_away_is_a_line_and_anything_else_a_traceback(
    caplog: pytest.LogCaptureFixture,
):
    for error in (
        OperationalError("the server\n\tis shutting down: 100 %"),
        ValueError("surprise"),
    ):
        log_failure(logger, error, "post of user %s failed", 7)
    away, surprise = caplog.records
    assert away.getMessage() == (
        "post of user 7 failed (the database: the server is shutting down: 100 %)"
    )
    assert not away.exc_info
    assert surprise.getMessage() == "post of user 7 failed"
    assert surprise.exc_info


@pytest.mark.django_db
async def test_after_one_has_waited_in_vain_the_next_do_not_wait(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Pool, "_away_until", 0.0)
    monkeypatch.setattr(workers, "AWAY_FOR", 1000.0)
    tried: list[str] = []

    def wait_in_vain() -> NoReturn:
        tried.append("waited")
        raise OperationalError("no connection") from PoolTimeout("no connection")

    def succeed() -> bool:
        tried.append("asked")
        return True

    begin = time.monotonic()
    with pytest.raises(OperationalError):
        await in_worker(wait_in_vain)
    assert begin + 1000 <= Pool._away_until <= time.monotonic() + 1000
    with pytest.raises(OperationalError):
        await in_worker(succeed)
    assert tried == ["waited"]

    async def is_back() -> bool:
        try:
            return await in_worker(succeed)
        except OperationalError:
            return False

    assert not await is_back()
    monkeypatch.setattr(Pool, "_away_until", time.monotonic() + 0.2)
    await eventually(is_back)
