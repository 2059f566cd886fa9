"""What is exported of the record: the rows of its page, in parts, as a table that no spreadsheet runs."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.test import AsyncClient

from discuss import actions
from discuss.actions.record import write_act
from discuss.db.workers import in_worker
from discuss.live.hub import Hub
from discuss.models import Act, Membership, Role, User
from discuss.moderation.actions import Why, make_filter, perform_act
from discuss.moderation.edges import export
from tests.cast import Cast, log_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("live"),
    pytest.mark.log,
]

CSV = "/moderation/record/csv/"


@pytest.fixture(autouse=True)
async def _nothing_stays_open(live: Hub) -> AsyncIterator[None]:
    """Close the connection of the thread in which an async request is answered: it is nobody's pool."""
    yield
    await sync_to_async(connections.close_all)()


async def made(work: Callable[[], Any]) -> Any:
    return await in_worker(work)


async def browser(user: User) -> AsyncClient:
    client = AsyncClient()
    client.cookies = (await in_worker(log_in, user)).cookies
    return client


async def parts(user: User, query: str = "") -> list[bytes]:
    response: Any = await (await browser(user)).get(f"{CSV}{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="record-2')
    return [part async for part in response.streaming_content]


async def table(user: User, query: str = "") -> list[dict[str, str]]:
    whole = b"".join(await parts(user, query)).decode()
    return list(csv.DictReader(io.StringIO(whole, newline="")))


async def test_a_row_has_all_that_the_record_has(cast: Cast):
    def work() -> Act | None:
        soup = cast.say(cast.bob, "Soup is cold")
        return perform_act(
            cast.member(cast.mod), "hide", entry=soup, why=Why("spam", 'He said "no",\nÄgypten')
        )

    act = await made(work)
    (row,) = await table(cast.mod)
    assert tuple(row) == export.COLUMNS
    assert row == {
        **dict.fromkeys(export.COLUMNS, ""),
        "number": str(act.pk),
        "time": act.at.isoformat(),
        "act": "hide",
        "by_id": str(cast.mod.pk),
        "by": "mod",
        "to_id": str(cast.bob.pk),
        "to": "bob",
        "group_id": str(cast.kitchen.pk),
        "group": "Kitchen",
        "message": str(act.entry_id),
        "reason": "spam",
        "note": 'He said "no",\nÄgypten',
    }
    assert datetime.fromisoformat(row["time"]).tzinfo is not None


async def test_it_holds_what_the_page_was_narrowed_down_to(cast: Cast):
    def work() -> None:
        for user in (cast.bob, cast.ann):
            write_act("warn", actor=cast.ann, user_id=user.pk, group_id=cast.kitchen.pk)

    await made(work)
    assert {row["to"] for row in await table(cast.mod)} == {"bob", "ann"}
    assert {row["to"] for row in await table(cast.mod, "?person=bob")} == {"bob"}


async def test_what_is_wrong_leads_to_the_page_that_says_so(cast: Cast):
    response = await (await browser(cast.mod)).get(f"{CSV}?person=nobody")
    assert response["Location"] == "/moderation/record/?person=nobody"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "＝"])
async def test_no_cell_is_a_formula(cast: Cast, first: str):
    note = f'{first}cmd|"/c calc"!A1'
    await made(lambda: write_act("warn", actor=cast.mod, group_id=cast.kitchen.pk, note=note))
    (row,) = await table(cast.mod)
    assert row["note"] == f"'{note}"


async def test_it_comes_in_parts_and_each_row_once(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "ROWS", 10)

    def work() -> list[int]:
        return [
            write_act("warn", actor=cast.mod, group_id=cast.kitchen.pk, details={"after": n}).pk
            for n in range(35)
        ]

    numbers = await made(work)
    came = await parts(cast.mod)
    assert len(came) == 1 + 4
    rows = list(csv.DictReader(io.StringIO(b"".join(came).decode())))
    assert [int(row["number"]) for row in rows] == numbers[::-1]
    assert [row["after"] for row in rows] == [str(n) for n in reversed(range(35))]


async def test_who_loses_the_right_meanwhile_gets_no_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(export, "ROWS", 10)
    await made(
        lambda: [write_act("warn", actor=cast.ann, group_id=cast.kitchen.pk) for _ in range(35)]
    )
    theirs = Membership.objects.filter(user=cast.mod)
    response: Any = await (await browser(cast.mod)).get(CSV)
    came = []
    async for part in response.streaming_content:
        came.append(part)
        if len(came) == 2:
            await made(lambda: theirs.update(role=Role.MEMBER))
    assert b"".join(came).count(b"warn") == 10


async def test_only_rows_and_changes_that_the_reader_may_see(cast: Cast):
    def work() -> None:
        garden = actions.create_group(User.objects.create_user("zoe"), name="Garden")
        write_act("warn", actor=None, group_id=garden.pk, note="elsewhere")
        write_act("ban", actor=None, user_id=cast.bob.pk, note="on the site")
        make_filter(
            cast.member(cast.ann), group=cast.kitchen, kind="words", name="Rude", terms="turnip"
        )

    await made(work)
    (row,) = await table(cast.mod)
    assert (row["act"], row["filter"], row["after"]) == ("filter_made", "Rude", "")
    (row,) = await table(cast.ann)
    assert json.loads(row["after"])["terms"] == "turnip"


async def test_it_never_holds_what_a_message_said(cast: Cast):
    def work() -> None:
        soup = cast.say(cast.bob, "Soup is cold")
        perform_act(cast.member(cast.mod), "hide", entry=soup)
        actions.change_group_settings(
            cast.member(cast.ann), group=cast.kitchen, settings={"slow_mode": 30}
        )

    await made(work)
    whole = b"".join(await parts(cast.ann)).decode()
    assert "hide" in whole
    assert "slow_mode" in whole
    assert "cold" not in whole


def test_each_column_is_documented():
    documented = Path(settings.BASE_DIR, "docs", "moderating.md").read_text()
    table = documented.partition("## The record")[2].partition("\n## ")[0]
    assert [name for name in export.COLUMNS if f"`{name}`" not in table] == []
