"""The record is only ever added to: the model refuses the rest, and so does the database."""

import pytest
from django.db import DatabaseError, connection, transaction

from discuss.actions.record import write_act
from discuss.db import append_only
from discuss.models import Act, RecordStays
from tests.cast import Cast
from tests.emptying import empty

pytestmark = [pytest.mark.django_db, pytest.mark.log]


@pytest.fixture
def row(cast: Cast) -> Act:
    return write_act("hide", actor=cast.mod, user_id=cast.bob.pk, reason="spam")


def test_the_model_refuses_to_change_or_delete_it(row: Act):
    row.reason = "other"
    for change in (
        row.save,
        row.delete,
        Act.objects.all().delete,
        lambda: Act.objects.update(reason="other"),
        lambda: Act.objects.bulk_update([row], ["reason"]),
    ):
        with pytest.raises(RecordStays):
            change()
    assert Act.objects.get().reason == "spam"


@pytest.mark.parametrize(
    "statement", ["UPDATE discuss_act SET reason = 'other'", "DELETE FROM discuss_act"]
)
def test_the_database_refuses_it_too(row: Act, statement: str):
    with (
        pytest.raises(DatabaseError, match="neither changed nor deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Act.objects.get().reason == "spam"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_no_other_row_takes_its_place(row: Act, verb: str):
    put = f"{verb} INTO discuss_act (id, at, kind, reason) VALUES (%s, '2026-01-01', 'hide', 'x')"
    with connection.cursor() as cursor:
        # One beside it is written as ever.
        cursor.execute(put, [row.pk + 1])
    with (
        pytest.raises(DatabaseError, match="neither changed nor deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(put, [row.pk])
    assert Act.objects.get(pk=row.pk).reason == "spam"


@pytest.mark.only_on("postgresql")
def test_it_is_not_emptied_either(row: Act):
    with (
        pytest.raises(DatabaseError, match="neither changed nor deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE discuss_act")
    assert Act.objects.exists()


def test_the_triggers_are_there_after_all_migrations():
    """SQLite loses them where a later migration makes the table anew, and says nothing."""
    expected = set(append_only.names(connection))
    assert len(expected) >= 2
    kept = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        kept = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
    with connection.cursor() as cursor:
        cursor.execute(kept)
        assert expected <= {name for (name,) in cursor.fetchall()}


def test_they_are_back_where_something_fails_while_they_are_away(row: Act):
    with pytest.raises(ZeroDivisionError), append_only.taken_away(connection):
        raise ZeroDivisionError
    with pytest.raises(DatabaseError), append_only.taken_away(connection):
        connection.cursor().execute("SELECT no_such_column FROM discuss_act")
    with (
        pytest.raises(DatabaseError, match="neither changed nor deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM discuss_act")


def test_it_stays_whoever_is_deleted(cast: Cast, row: Act):
    cast.delete(cast.bob)
    cast.delete(cast.mod)
    assert Act.objects.get().user_id == row.user_id


@pytest.mark.django_db(transaction=True)
def test_between_tests_it_is_emptied_and_refuses_afterwards(cast: Cast):
    write_act("hide", actor=cast.mod)
    empty(connection)
    assert not Act.objects.exists()
    write_act("hide", actor=None)
    with (
        pytest.raises(DatabaseError, match="neither changed nor deleted"),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM discuss_act")
