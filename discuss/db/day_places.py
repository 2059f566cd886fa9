"""On which of a row of days something was, as the database counts it.

It is there for speed: Django's TruncDate calls a function of Python for each row of an SQLite, which takes
seconds for a million of them. Its plain twin is in tests/moderation/test_charts.py.
"""

from typing import Any

from django.db.models import BigIntegerField, Case, F, Func, IntegerField, Value, When
from django.db.models.expressions import Combinable

from discuss.rules.days import DAY, Days, Run

_DAY = int(DAY.total_seconds())


class Epoch(Func):
    """Whole seconds since 1970."""

    arity = 1
    output_field = BigIntegerField()
    template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s)) AS bigint)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)


def day_place(name: str, days: Days) -> Combinable:
    """Return on which of the days the moment in the column `name` is, 0 for the first. It is on one."""
    *others, last = [(run, _place(name, run)) for run in days.runs()]
    if not others:
        return last[1]
    whens = [When(**{f"{name}__lt": run.end}, then=place) for run, place in others]
    return Case(*whens, default=last[1], output_field=BigIntegerField())


def _place(name: str, run: Run) -> Combinable:
    if not run.is_even:
        return Value(run.first, output_field=IntegerField())
    since = Epoch(F(name)) - Value(int(run.start.timestamp()), output_field=BigIntegerField())
    return since / Value(_DAY, output_field=BigIntegerField()) + Value(
        run.first, output_field=BigIntegerField()
    )
