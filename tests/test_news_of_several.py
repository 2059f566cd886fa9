"""What happened in several groups is read for all of them at once: the same as of each by itself."""

from collections.abc import Iterable

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from discuss import actions
from discuss.live.states import PageState, UpdateRequest
from discuss.live.updates import read_updates_of
from discuss.models import Entry, Group
from discuss.reading import log
from discuss.reading.log import News, read_news, read_news_of
from discuss.rendering.audience import Audience
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
    early = cast.say(cast.bob, "Bread")
    cast.say(cast.mod, "Butter")
    actions.edit_message(cast.member(cast.bob), entry=early, text="Bread?")
    actions.join_group(cast.cleo, group=garden)
    actions.post_message(garden.memberships.get(user=cast.cleo), text="Hello", nonce="1")
    actions.leave_group(garden.memberships.get(user=cast.cleo))
    actions.post_message(cellar.memberships.get(user=cast.bob), text="Dark", nonce="2")
    return [cast.kitchen, *others]


def told(news: News | None) -> object:
    """Return all of it, and of its lines all that they show."""
    assert news is not None
    assert news.changed is not None
    lines = [
        {k: v for k, v in vars(line).items() if k != "_state"}
        | {"people": [person and person.name for person in (line.author, line.subject)]}
        for line in news.changed
    ]
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


def test_too_many_lines_are_left_to_each(groups: list[Group], monkeypatch: pytest.MonkeyPatch):
    floors = floors_of(groups, 99)
    lines = Entry.objects.count()
    monkeypatch.setattr(log, "LINES_SHARED", lines + 1)
    assert len(read_news_of(floors)) == 4
    monkeypatch.setattr(log, "LINES_SHARED", lines)
    assert read_news_of(floors) == {}


def test_a_group_of_which_more_is_lacked_is_left_to_itself(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(log, "CHANGES_SHARED", 3)
    others = floors_of(groups[1:], 1)
    for behind, is_there in ((3, True), (4, False)):
        news = read_news_of(floors_of(groups[:1], behind) | others)
        assert (groups[0].pk in news) is is_there
        assert others.keys() <= news.keys()
    answers = read_updates_of(requests_of(groups, 4))
    assert [getattr(each, "head", None) for each in answers] == [group.head for group in groups]


def test_lines_of_another_database_are_left_to_each(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
):
    read = log.lines_by_key.rows

    def exchanged(pks: list[int]) -> list[Entry]:
        Group.objects.filter(pk=groups[1].pk).update(epoch="another")
        return read(pks)

    monkeypatch.setattr(log.lines_by_key, "rows", exchanged)
    assert read_news_of(floors_of(groups, 1)) == {}


def test_what_changes_between_the_two_statements_is_read_again(
    groups: list[Group], cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    floors = floors_of(groups, 1)
    read = log.lines_by_key.rows
    line = Entry.objects.get(text="Bread?")

    def late(pks: list[int]) -> list[Entry]:
        actions.edit_message(cast.member(cast.bob), entry=line, text="Bread!")
        cast.say(cast.mod, "Too late")
        return read(pks)

    with monkeypatch.context() as patch:
        patch.setattr(log.lines_by_key, "rows", late)
        news = read_news_of(floors)[cast.kitchen.pk]
    assert news.head == floors[cast.kitchen.pk] + 1
    assert [each.text for each in news.changed or ()] == ["Bread!"]
    after = read_news(cast.kitchen.pk, news.head)
    assert after is not None
    assert [each.text for each in after.changed or ()] == ["Bread!", "Too late"]


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

    monkeypatch.setattr(log.changes_between, "rows", fail)
    with pytest.raises(OperationalError):
        read_updates_of(requests_of(groups, 1))
    assert len(asked) == 1


def test_who_joins_in_meanwhile_is_looked_for(groups: list[Group], cast: Cast):
    requests = requests_of(groups, 1)
    state = PageState(0, "", 1, "", Audience.everyone())
    joining = requests[0]._replace(joining={state}, joining_people={cast.ann.pk, cast.cleo.pk})
    # Also beside another request of the same group.
    for asked in ([joining, *requests[1:]], [*requests, joining], [joining, *requests]):
        answers = dict(zip(map(id, asked), read_updates_of(asked), strict=True))
        assert getattr(answers[id(joining)], "admitted", None) == {cast.ann.pk}
