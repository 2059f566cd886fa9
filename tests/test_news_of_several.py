"""What happened in several groups is read for all of them at once: the same as of each by itself."""

from collections.abc import Iterable

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from discuss import actions
from discuss.live.states import UpdateRequest
from discuss.live.updates import read_updates_of
from discuss.models import Entry, Group
from discuss.reading import log
from discuss.reading.log import News, read_news, read_news_of
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.log]


@pytest.fixture
def groups(cast: Cast) -> list[Group]:
    """Four groups, in each of which something else happened."""
    others = [actions.create_group(cast.bob, name=name) for name in ("Garden", "Cellar", "Attic")]
    garden, cellar, _ = others
    first = cast.say(cast.bob, "Soup")
    actions.post_message(cast.member(cast.ann), text="Yes", nonce="0", reply_to=first.position)
    actions.edit_message(cast.member(cast.bob), entry=first, text="Soup?")
    actions.join_group(cast.cleo, group=garden)
    actions.post_message(garden.memberships.get(user=cast.cleo), text="Hello", nonce="1")
    actions.leave_group(garden.memberships.get(user=cast.cleo))
    actions.post_message(cellar.memberships.get(user=cast.bob), text="Dark", nonce="2")
    return [cast.kitchen, *others]


def told(news: News | None) -> object:
    """Return all of it, and of its lines all that they show."""
    assert news is not None
    assert news.changed is not None
    lines = [{k: v for k, v in vars(line).items() if k != "_state"} for line in news.changed]
    return news.group_id, news.epoch, news.floor, news.head, news.admitted, lines


def floors_of(groups: Iterable[Group], behind: int) -> dict[int, int]:
    for group in groups:
        group.refresh_from_db()
    return {group.pk: max(0, group.head - behind) for group in groups}


@pytest.mark.parametrize("behind", [0, 1, 2, 3, 99])
def test_it_is_the_same_as_of_each_by_itself(groups: list[Group], behind: int):
    floors = floors_of(groups, behind)
    together = read_news_of(floors)
    alone = {pk: read_news(pk, floor) for pk, floor in floors.items()}
    # In which nothing happened, that is asked of the group itself.
    assert together.keys() == {pk for pk, news in alone.items() if news and news.changed}
    assert len(together) == (0 if behind == 0 else 4)
    for pk, news in together.items():
        assert told(news) == told(alone[pk])


def test_two_statements_are_enough_whatever_happened(
    groups: list[Group], django_assert_num_queries
):
    floors = floors_of(groups, 99)
    with django_assert_num_queries(2):
        assert len(read_news_of(floors)) == 4


def test_a_group_that_is_being_deleted_is_gone(groups: list[Group]):
    floors = floors_of(groups, 99)
    Group.objects.filter(pk=groups[1].pk).update(is_deleted=True)
    assert read_news_of(floors).keys() == floors.keys() - {groups[1].pk}


def test_too_much_is_left_to_each(groups: list[Group], monkeypatch: pytest.MonkeyPatch):
    floors = floors_of(groups, 99)
    lines = Entry.objects.count()
    monkeypatch.setattr(log, "CATCH_UP_LINES", lines + 1)
    assert len(read_news_of(floors)) == 4
    monkeypatch.setattr(log, "CATCH_UP_LINES", lines)
    assert read_news_of(floors) == {}


def test_what_changes_between_the_two_statements_is_read_again(
    groups: list[Group], cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    floors = floors_of(groups, 1)
    read = log.lines_by_key.rows
    line = Entry.objects.get(text="Soup?")

    def late(pks: list[int]) -> list[Entry]:
        actions.edit_message(cast.member(cast.bob), entry=line, text="Soup!")
        cast.say(cast.mod, "Too late")
        return read(pks)

    with monkeypatch.context() as patch:
        patch.setattr(log.lines_by_key, "rows", late)
        news = read_news_of(floors)[cast.kitchen.pk]
    assert news.head == floors[cast.kitchen.pk] + 1
    assert [each.text for each in news.changed or ()] == ["Soup!", "Yes"]
    after = read_news(cast.kitchen.pk, news.head)
    assert after is not None
    assert [each.text for each in after.changed or ()] == ["Soup!", "Yes", "Too late"]


# --- for the feeds --------------------------------------------------------------------------------------


def requests_of(groups: Iterable[Group], behind: int) -> list[UpdateRequest]:
    nobody: frozenset[int] = frozenset()
    return [
        UpdateRequest(pk, floor, None, (), (), nobody, nobody, ())
        for pk, floor in floors_of(groups, behind).items()
    ]


def test_the_flushes_of_several_groups_share_it(groups: list[Group]):
    requests = requests_of(groups, 1)
    with CaptureQueriesContext(connection) as captured:
        answers = read_updates_of(requests)
    of_lines = [query for query in captured if 'FROM "discuss_entry"' in query["sql"]]
    assert len(of_lines) == 2
    assert [getattr(each, "head", None) for each in answers] == [r.cursor + 1 for r in requests]  # type: ignore[operator]


def test_a_line_that_cannot_be_read_keeps_no_other_group_waiting(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
):
    def fail(pks: list[int]) -> list[Entry]:
        raise ValueError

    monkeypatch.setattr(log.lines_by_key, "rows", fail)
    requests = requests_of(groups, 1)
    answers = read_updates_of(requests)
    assert [getattr(each, "head", None) for each in answers] == [r.cursor + 1 for r in requests]  # type: ignore[operator]


def test_where_the_database_is_away_it_is_so_for_all(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
):
    asked = []

    def fail(*values: object, limit: int) -> list[Entry]:
        asked.append(values)
        raise OperationalError("away")

    monkeypatch.setattr(log.changes_after, "rows", fail)
    with pytest.raises(OperationalError):
        read_updates_of(requests_of(groups, 1))
    assert len(asked) == 1
