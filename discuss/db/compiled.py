"""Statements that are compiled once, for what runs with every message and with every page that connects.

Django compiles a query each time it runs. For the lines of a log that takes 1.5 ms, and the database then
takes 0.05. Half of what the first page of a group took was that.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model, QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)

# What stands in for a value while its query is compiled, by the value's type and a number.
_STAND_INS: dict[Any, Callable[[int], Any]] = {
    int: lambda number: 2**62 + number,
    str: lambda number: f"the value {number} of a compiled query",
    UUID: lambda number: UUID(int=2**122 + number),
}


# With more values than that Django compiles the query each time: for so many that is little.
MOST_VALUES = 512


class Compiled[R]:
    """A query of which nothing but some values ever differ; it decorates the function that builds it.

    That is called with stand-ins of the types that it says its values have: int, str, UUID, or list[int]. It
    must not look at them. Its rows are what those of the query are: objects of a model, or the tuples or
    values of a `values_list()`. There is one statement for each kind of database, and for lists up to 1, 2,
    4, 8 ... long.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self._build = build
        parameters = list(inspect.signature(build).parameters.values())
        self._types = [parameter.annotation for parameter in parameters]
        self._plans: dict[tuple[str, tuple[int, ...]], _Plan[R]] = {}

    def rows(self, *values: Any, limit: int | None = None) -> list[R]:
        """Run the query with these values and return its rows, `limit` of them at most.

        Where one of its lists is empty there are none.
        """
        flat: list[Any] = []
        sizes = []
        given = [(t == list[int], v) for t, v in zip(self._types, values, strict=True)]
        for is_list, value in given:
            if not is_list:
                flat.append(value)
                continue
            if not value:
                return []
            sizes.append(1 << (len(value) - 1).bit_length())
            # To name values again changes nothing; from the first on, so that two by two they stay together.
            flat += islice(cycle(value), sizes[-1])
        if len(flat) > MOST_VALUES:
            found = self._build(*(list(v) if is_list else v for is_list, v in given))
            return list(found if limit is None else found[:limit])
        key = connection.vendor, tuple(sizes)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._compile(sizes)
        sql, parameters = plan.sql, [make(flat) for make in plan.parameters]
        if limit is not None:
            sql, parameters = f"{sql} LIMIT %s", [*parameters, limit]
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(plan.made_of(cursor.fetchall()))

    def first(self, *values: Any) -> R | None:
        """Run the query with these values and return its first row."""
        rows = self.rows(*values, limit=1)
        return rows[0] if rows else None

    def _compile(self, sizes: list[int]) -> "_Plan[R]":
        lists = iter(sizes)
        flat: list[Any] = []
        arguments: list[Any] = []
        for kind in self._types:
            if kind == list[int]:
                some = [_STAND_INS[int](len(flat) + number) for number in range(next(lists))]
                flat += some
                arguments.append(some)
            else:
                flat.append(_STAND_INS[kind](len(flat)))
                arguments.append(flat[-1])
        queryset = self._build(*arguments)
        plan: _Plan[R] = _PLANS[queryset._iterable_class](queryset, flat)
        return plan


class _Plan[R]:
    """A compiled query: its statement, what makes its parameters of values, and tuples of rows."""

    def __init__(self, queryset: QuerySet[Any, R], stand_ins: list[Any]) -> None:
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, compiled = compiler.as_sql()
        self.parameters = _parameters(compiled, stand_ins)
        columns = [column for column, *_ in compiler.select]
        self._converters = list(compiler.get_converters(columns).items())
        self._compiled(queryset, compiler, columns)

    def _compiled(self, queryset: Any, compiler: Any, columns: list[Any]) -> None:
        """Keep of the compiler what rows are made by."""

    def made_of(self, rows: list[tuple[Any, ...]]) -> Iterator[R]:
        if not self._converters:
            return iter(rows)  # type: ignore[arg-type]
        return map(tuple, self._converted(rows))  # type: ignore[arg-type]

    def _converted(self, rows: list[tuple[Any, ...]]) -> Iterator[list[Any]]:
        for row in map(list, rows):
            for place, (converters, column) in self._converters:
                for convert in converters:
                    row[place] = convert(row[place], column, connection)
            yield row


class _FlatPlan[R](_Plan[R]):
    """One whose rows are values."""

    def made_of(self, rows: list[tuple[Any, ...]]) -> Iterator[R]:
        return map(itemgetter(0), super().made_of(rows))  # type: ignore[arg-type]


class _ModelPlan[R](_Plan[R]):
    """One whose rows are objects of a model."""

    def _compiled(self, queryset: Any, compiler: Any, columns: list[Any]) -> None:
        # As django.db.models.query.ModelIterable does for each query anew.
        info = compiler.klass_info
        self._populators = get_related_populators(
            info, compiler.select, DEFAULT_DB_ALIAS, queryset._fetch_mode
        )
        self._annotations = list(compiler.annotation_col_map.items())
        start, *_, end = info["select_fields"]
        self._own = slice(start, end + 1)
        self._names = [column.target.attname for column in columns[self._own]]
        self._from_db: Callable[..., R] = info["model"].from_db

    def made_of(self, rows: list[tuple[Any, ...]]) -> Iterator[R]:
        for row in self._converted(rows):
            made: Any = self._from_db(DEFAULT_DB_ALIAS, self._names, row[self._own])
            for populator in self._populators:
                populator.populate(row, made)
            for name, place in self._annotations:
                setattr(made, name, row[place])
            yield made


_PLANS: dict[Any, Any] = {
    ModelIterable: _ModelPlan,
    ValuesListIterable: _Plan,
    FlatValuesListIterable: _FlatPlan,
}


def _parameters(
    compiled: Iterable[Any], stand_ins: Sequence[Any]
) -> list[Callable[[Sequence[Any]], Any]]:
    """Return what makes each parameter of a query's values: one of them, or what it always is."""
    known: dict[Any, Callable[[Sequence[Any]], Any]] = {}
    for place, stand_in in enumerate(stand_ins):
        known[stand_in] = itemgetter(place)
        if isinstance(stand_in, UUID):  # SQLite has no type for it
            known[stand_in.hex] = partial(_hex, place)
    return [
        known.get(each, partial(_always, each))
        if isinstance(each, int | str | UUID)
        else partial(_always, each)
        for each in compiled
    ]


def _hex(place: int, values: Sequence[Any]) -> str:
    uuid: UUID = values[place]
    return uuid.hex


def _always(value: Any, values: Sequence[Any]) -> Any:
    return value


def insert(rows: Sequence[Model]) -> None:
    """Write new rows of one model in one go (`executemany`); a single one gets its primary key.

    For models whose fields are plain values: what save() does besides is not done. Columns that are NULL in
    all rows are left out, since most are in most lines of a log. Raises IntegrityError.
    """
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if _holds_something(field, rows)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - names
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in rows
    ]
    with connection.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(f"{sql} RETURNING {quote(str(model._meta.pk.column))}", values[0])
            (rows[0].pk,) = cursor.fetchone()
        else:
            cursor.executemany(sql, values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _holds_something(field: Field, rows: Sequence[Model]) -> bool:  # type: ignore[type-arg]
    if field.primary_key:
        return False
    name = field.attname
    # What the database makes of a column that is left out is NULL, but where it has a default.
    return field.has_db_default() or any(getattr(row, name) is not None for row in rows)
