"""Old messages come into SQLite's index little by little, and whatever happens meanwhile is not lost."""

import pytest
from django.core.management import call_command
from django.db import connection

from discuss import actions
from discuss.actions import indexing
from discuss.db import search_index
from discuss.models import Entry, Group, IndexProgress
from tests.cast import Cast
from tests.test_message_search import found, indexed

pytestmark = [pytest.mark.django_db, pytest.mark.log]


@pytest.fixture
def old(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """Messages from before there was an index, and steps of two lines."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its index itself")
    monkeypatch.setattr(indexing, "INDEXED_AT_ONCE", 2)
    said = [cast.say(cast.bob, f"Old soup {number}") for number in range(5)]
    actions.index_anew()
    return said


def test_they_are_found_once_they_are_in_it(cast: Cast, old: list[Entry]):
    cast.say(cast.ann, "New soup")
    assert found(cast.bob, "soup") == ["New soup"]
    assert actions.index_some() == 2
    assert found(cast.bob, "soup") == ["New soup", "Old soup 4", "Old soup 3"]
    while actions.index_some():
        pass
    assert len(found(cast.bob, "soup")) == 6
    assert not IndexProgress.objects.exists()
    assert actions.index_some() == 0


def test_what_is_edited_meanwhile_is_found_by_what_it_says(cast: Cast, old: list[Entry]):
    actions.index_some()
    for entry in old[:1] + old[-1:]:
        actions.edit_message(cast.member(cast.bob), entry=entry, text="Bread")
    assert indexed("BREAD") == [old[-1].pk]
    call_command("index_messages", verbosity=0)
    assert sorted(indexed("BREAD")) == [old[0].pk, old[-1].pk]
    assert sorted(indexed("SOUP")) == [entry.pk for entry in old[1:-1]]


def test_what_is_removed_meanwhile_does_not_come_into_it(cast: Cast, old: list[Entry]):
    for entry in old:
        actions.hide_message(cast.member(cast.bob), entry=entry)
    call_command("index_messages", verbosity=0)
    assert indexed("SOUP") == []


def test_the_command_makes_it_anew(cast: Cast, old: list[Entry], capsys: pytest.CaptureFixture):
    call_command("index_messages", "--anew")
    assert len(indexed("SOUP")) == len(old)
    assert capsys.readouterr().out == f"Lines that were looked at: {len(cast.lines())}.\n"


def test_an_index_that_does_not_fit_keeps_nobody_from_removing(
    cast: Cast, old: list[Entry], caplog: pytest.LogCaptureFixture
):
    IndexProgress.objects.all().delete()
    assert indexed("SOUP") == []  # and yet all of them are said to be in it
    actions.hide_message(cast.member(cast.bob), entry=old[0])
    old[0].refresh_from_db()
    assert old[0].is_hidden
    assert "index_messages --anew" in caplog.text


def test_what_a_process_of_the_version_before_writes_is_found_later(cast: Cast, old: list[Entry]):
    call_command("index_messages", verbosity=0)
    group = cast.kitchen
    head = cast.head()
    for number in range(3):
        Entry.objects.create(
            group=group,
            kind="message",
            position=head + number + 1,
            change=1,
            text=f"Other soup {number}",
        )
        cast.kitchen.entries.create(
            kind="left", position=head + 20 + number, change=1, subject=cast.ann
        )
    Group.objects.filter(pk=group.pk).update(head=head + 30)
    cast.say(cast.bob, "Last soup")
    assert found(cast.bob, "soup")[:2] == ["Last soup", "Old soup 4"]
    before: int | None = 0
    reached = actions.index_missed(None)
    while reached != before:
        before, reached = reached, actions.index_missed(reached)
    texts = ["Last soup", "Other soup 2", "Other soup 1", "Other soup 0", "Old soup 4"]
    assert found(cast.bob, "soup")[:5] == texts
    assert len(indexed("SOUP")) == len(set(indexed("SOUP"))) == 9
    assert reached == Entry.objects.latest("pk").pk
    assert actions.index_missed(reached) == reached


def test_postgresql_needs_none_of_it(cast: Cast):
    if search_index.is_written():
        pytest.skip("it is about PostgreSQL")
    cast.say(cast.bob, "Soup")
    actions.index_anew()
    assert actions.index_some() == 0
    assert actions.index_missed(None) is None
    assert found(cast.bob, "soup") == ["Soup"]
