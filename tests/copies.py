"""Writes many rows like one that is there, in one statement: Django takes 0.15 ms of computing for each."""

from django.db import connection
from django.db.models import Model


def write_copies(row: Model, count: int, **differing: str) -> None:
    """Write so many further rows like this one.

    `differing` are the columns that differ, each as an expression of SQL's, in which `n` is the number of the
    copy, from 1 on.
    """
    columns = [str(field.column) for field in row._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    table, names = quote(row._meta.db_table), ", ".join(map(quote, columns))
    values = ", ".join(differing.get(column, f"{table}.{quote(column)}") for column in columns)
    numbers = "numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)"
    copies = f"SELECT {values} FROM {table}, numbers WHERE {table}.id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE {numbers} INSERT INTO {table} ({names}) {copies}", [count, row.pk]
        )
