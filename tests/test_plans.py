"""What is asked of a log of 100,000 lines is looked up, and not looked for from its one end to the other."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from discuss.moderation.actions.members import is_removed
from discuss.reading.lines import read_replies
from tests.cast import Cast
from tests.test_message_search import found

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]

ASKED: dict[str, Callable[[Cast], object]] = {
    "replies": lambda cast: read_replies(cast.say(cast.bob, "Soup")),
    "who was removed": lambda cast: is_removed(cast.kitchen.pk, cast.bob),
    "a search": lambda cast: found(cast.bob, "soup from:bob"),
}


@pytest.mark.parametrize("name", ASKED)
def test_lines_are_looked_up(cast: Cast, name: str):
    for number in range(60):
        cast.say(cast.bob, f"Soup {number}")
    with CaptureQueriesContext(connection) as captured:
        ASKED[name](cast)
    plans = [plan for query in captured for plan in plan_of(query["sql"])]
    of_lines = [plan for plan in plans if " discuss_entry" in plan]
    assert of_lines
    # By a key, or by what few lines have.
    assert [plan for plan in of_lines if "SCAN" in plan or "(group_id=?" in plan] == []


def plan_of(sql: str) -> list[str]:
    """Return which tables the database goes through, and by which index."""
    if not sql.startswith("SELECT"):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [str(row[3]) for row in cursor.fetchall()]
