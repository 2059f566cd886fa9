"""Old messages come into SQLite's index little by little, and whatever happens meanwhile is not lost."""

import asyncio
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from discuss import actions
from discuss.actions import indexing
from discuss.db import search_index, search_tables, workers
from discuss.db.workers import in_worker
from discuss.live.indexing import keep_index
from discuss.models import Entry, IndexProgress
from tests.cast import Cast, gather
from tests.test_message_search import found, indexed

pytestmark = [pytest.mark.django_db, pytest.mark.log]
# PostgreSQL keeps its index itself.
SQLITE, POSTGRESQL = pytest.mark.only_on("sqlite"), pytest.mark.only_on("postgresql")


@pytest.fixture
def old(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Messages from before there was an index, and steps of two lines."""
    monkeypatch.setattr(indexing, "INDEXED_AT_ONCE", 2)
    said = [cast.say(cast.bob, f"Old soup {number}") for number in range(5)]
    actions.index_anew()
    assert indexed("SOUP") == []
    return said


@SQLITE
def test_they_are_found_once_they_are_in_it(cast: Cast, old: list[Entry]):
    cast.say(cast.ann, "New soup")
    actions.index_new()
    assert found(cast.bob, "soup") == ["New soup"]
    assert actions.index_old() == 2
    assert found(cast.bob, "soup") == ["New soup", "Old soup 4", "Old soup 3"]
    while actions.index_old():
        pass
    assert len(found(cast.bob, "soup")) == 6
    assert IndexProgress.objects.get().left == 0
    assert actions.index_old() == 0


@SQLITE
def test_what_is_edited_meanwhile_is_found_by_what_it_says(cast: Cast, old: list[Entry]):
    actions.index_old()
    for entry in old[:1] + old[-1:]:
        actions.edit_message(cast.member(cast.bob), entry=entry, text="Bread")
    assert indexed("BREAD") == [old[-1].pk]
    call_command("index_messages", verbosity=0)
    assert sorted(indexed("BREAD")) == [old[0].pk, old[-1].pk]
    assert sorted(indexed("SOUP")) == [entry.pk for entry in old[1:-1]]


@SQLITE
def test_what_is_removed_meanwhile_does_not_come_into_it(cast: Cast, old: list[Entry]):
    for entry in old:
        actions.hide_message(cast.member(cast.bob), entry=entry)
    call_command("index_messages", verbosity=0)
    assert indexed("SOUP") == []


@SQLITE
def test_the_command_makes_it_anew(cast: Cast, old: list[Entry], capsys: pytest.CaptureFixture):
    call_command("index_messages", "--anew")
    assert len(indexed("SOUP")) == len(old)
    assert capsys.readouterr().out == f"Lines that were looked at: {len(cast.lines())}.\n"


@SQLITE
def test_an_index_that_does_not_fit_keeps_nobody_from_removing(
    cast: Cast, old: list[Entry], caplog: pytest.LogCaptureFixture
):
    IndexProgress.objects.update(left=0)
    assert indexed("SOUP") == []  # and yet all of them are said to be in it
    actions.hide_message(cast.member(cast.bob), entry=old[0])
    old[0].refresh_from_db()
    assert old[0].is_hidden
    assert "index_messages --anew" in caplog.text


@SQLITE
def test_new_lines_come_into_it_whoever_wrote_them(cast: Cast, old: list[Entry]):
    call_command("index_messages", verbosity=0)
    head = cast.head()
    for number in range(3):
        Entry.objects.create(
            group=cast.kitchen,
            kind="message",
            position=head + number + 1,
            change=1,
            text="Other soup",
        )
    new = Entry.objects.latest("pk")
    assert new.pk not in indexed("SOUP")
    assert actions.index_new() == 2
    assert actions.index_new() == 1
    assert actions.index_new() == 0
    assert sorted(indexed("SOUP")) == sorted({*indexed("SOUP"), new.pk})
    assert len(indexed("SOUP")) == 8


@SQLITE
def test_what_is_edited_and_removed_before_it_comes_into_it(cast: Cast, old: list[Entry]):
    edited, removed = cast.say(cast.bob, "New soup"), cast.say(cast.bob, "New soup")
    actions.edit_message(cast.member(cast.bob), entry=edited, text="Bread")
    actions.hide_message(cast.member(cast.bob), entry=removed)
    while actions.index_new():
        pass
    assert indexed("SOUP") == []
    assert indexed("BREAD") == [edited.pk]


@SQLITE
def test_one_that_is_rolled_back_is_not_in_it(cast: Cast, old: list[Entry]):
    upto = IndexProgress.objects.get().upto
    with transaction.atomic():
        cast.say(cast.bob, "Soup that was not meant")
        actions.index_new()
        transaction.set_rollback(True)
    assert IndexProgress.objects.get().upto == upto
    assert indexed("SOUP") == []


@POSTGRESQL
def test_postgresql_needs_none_of_it(cast: Cast):
    cast.say(cast.bob, "Soup")
    actions.index_anew()
    assert actions.index_old() == 0
    assert actions.index_new() == 0
    assert found(cast.bob, "soup") == ["Soup"]


@POSTGRESQL
def test_postgresql_notes_a_new_message_where_it_is_found_at_once(cast: Cast):
    actions.index_pending()
    cast.say(cast.bob, "Soup")
    assert found(cast.bob, "soup") == ["Soup"]
    assert actions.index_pending() > 0
    assert actions.index_pending() == 0
    assert found(cast.bob, "soup") == ["Soup"]


@POSTGRESQL
def test_an_update_has_an_older_index_note_them_first(cast: Cast):
    def options() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reloptions FROM pg_class WHERE relname = %s", [search_tables.INDEX]
            )
            return list(cursor.fetchone()[0])

    search_tables.set_fastupdate(connection, "off")
    assert options() == ["fastupdate=off"]
    migration = import_module("discuss.migrations.0052_pending_words")
    with connection.schema_editor() as editor:
        migration.note_first(apps, editor)
    assert options() == ["fastupdate=on"]


@POSTGRESQL
def test_who_does_not_own_the_index_leaves_it_to_the_database(cast: Cast):
    cast.say(cast.bob, "Soup")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE guest")
        cursor.execute("SET LOCAL ROLE guest")
        assert actions.index_pending() == 0
        cursor.execute("RESET ROLE")
    assert actions.index_pending() > 0


@POSTGRESQL
@pytest.mark.django_db(transaction=True)
async def test_the_hub_puts_what_is_noted_into_its_places(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discuss.live.indexing.INDEX_INTERVAL", 0.05)
    cast = await in_worker(gather)
    keeping = asyncio.create_task(keep_index())
    loop, put, before = asyncio.get_running_loop(), asyncio.Event(), search_index.clean_pending

    def noting() -> int:
        if pages := before():
            loop.call_soon_threadsafe(put.set)
        return pages

    monkeypatch.setattr(search_index, "clean_pending", noting)
    try:
        async with asyncio.timeout(30):
            for _ in range(2):
                await in_worker(cast.say, cast.bob, "Soup")
                await put.wait()
                put.clear()
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        # Else its threads' connections keep the database.
        workers.close()


@SQLITE
@pytest.mark.django_db(transaction=True)
async def test_the_hub_keeps_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discuss.live.indexing.INDEX_INTERVAL", 0.05)
    cast = await in_worker(gather)
    await in_worker(cast.say, cast.bob, "Old soup")
    await in_worker(actions.index_anew)
    await in_worker(cast.say, cast.bob, "New soup")
    keeping = asyncio.create_task(keep_index())
    try:
        async with asyncio.timeout(30):
            while len(await in_worker(indexed, "SOUP")) < 2:  # noqa: ASYNC110 - of another task
                await asyncio.sleep(0.05)
            await in_worker(cast.say, cast.bob, "Newest soup")
            while len(await in_worker(indexed, "SOUP")) < 3:  # noqa: ASYNC110 - of another task
                await asyncio.sleep(0.05)
    finally:
        keeping.cancel()
