"""A statement is the same for SQLite whoever converts it, Django's cursor or ours."""

from typing import Any

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from discuss.db.sqlite import LONGEST, Cursor

pytestmark = [
    pytest.mark.django_db,
    # Other databases have other cursors.
    pytest.mark.only_on("sqlite"),
]
STATEMENTS: list[tuple[str, Any]] = [
    ("SELECT %s, 'soup %%s', '50 %%', %s", ["ann", 1]),
    ("SELECT %(name)s || '%%'", {"name": "ann"}),
    (f"SELECT %s, '{'x' * LONGEST}'", ["ann"]),
    ("SELECT 1", []),
]


@pytest.mark.parametrize(("statement", "values"), STATEMENTS)
def test_it_is_executed_as_djangos_own_cursor_does(statement: str, values: Any):
    connection.ensure_connection()
    plain = SQLiteCursorWrapper(connection.connection)
    plain.execute(statement, values)
    expected = plain.fetchall()
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.fetchall() == expected


def test_many_rows_are_written_by_one_statement():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE soup (name TEXT, share TEXT)")
        cursor.executemany("INSERT INTO soup VALUES (%s, '50 %%')", [["ann"], ["bob"]])
        cursor.execute("SELECT * FROM soup")
        assert cursor.fetchall() == [("ann", "50 %"), ("bob", "50 %")]


def test_cursors_are_ours_where_django_asks_and_nowhere_else():
    with connection.cursor() as cursor:
        assert type(cursor.cursor) is Cursor
    assert type(connection.connection.cursor()) is not Cursor
