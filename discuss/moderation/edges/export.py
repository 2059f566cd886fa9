"""The record as CSV: a part at a time, so that a million rows are never in memory together."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any

from discuss.db.workers import in_worker
from discuss.moderation.reading.record import Done, RecordQuery, read_record
from discuss.moderation.reading.record_scopes import read_record_scope

# Rows that are read and written at a time.
ROWS = 500
# The first line. What they hold is said in docs/moderating.md.
COLUMNS = (
    "number",
    "time",
    "act",
    "by_id",
    "by",
    "to_id",
    "to",
    "group_id",
    "group",
    "message",
    "case",
    "reason",
    "note",
    "until",
    "filter",
    "before",
    "after",
    "details",
    "undoes",
    "undone_by",
)
# Spreadsheets take what begins so for a formula, those of some languages in its wide form, too.
_FORMULAS = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001
_OF_THEIR_OWN = {"before", "after", "rule", "name"}


async def chunks(user_id: int, query: RecordQuery) -> AsyncIterator[bytes]:
    """Yield the rows that this person may see. Who loses the right meanwhile gets no more of them."""
    yield _lines([COLUMNS])
    before: int | None = query.before
    while before is not None:
        text, before = await in_worker(_chunk, user_id, query._replace(before=before))
        if text:
            yield text


def _chunk(user_id: int, query: RecordQuery) -> tuple[bytes, int | None]:
    page = read_record(read_record_scope(user_id), query, ROWS)
    return _lines(map(_cells, page.rows)), page.before


def _cells(done: Done) -> list[str]:
    act, details = done.act, done.details
    before, after = details.get("before", details.get("role")), details.get("after")
    rest = {key: value for key, value in details.items() if key not in _OF_THEIR_OWN and value}
    values = (
        act.pk,
        act.at,
        act.kind,
        act.actor_id,
        done.by,
        act.user_id,
        done.to,
        act.group_id,
        done.place.name if done.place else None,
        act.entry_id,
        done.case_id,
        act.reason,
        act.note,
        act.until,
        done.rule,
        before,
        after,
        rest or None,
        act.undoes_id,
        done.undone_by,
    )
    return [_cell(value) for value in values]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()
