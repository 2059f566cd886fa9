"""What the crossing to the database says of failures."""

import logging

import pytest
from django.db import OperationalError

from discuss.live.pool import log_failure

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
