"""The log's own tests: they run on PostgreSQL too, with real connections in real threads."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused
from discuss.actions.change import next_change
from discuss.models import Entry, Group, Kind, Membership, User, new_epoch
from discuss.reading.log import read_news
from tests.cast import Cast

pytestmark = [pytest.mark.log, pytest.mark.django_db(transaction=True)]

WRITERS = 4
LINES_EACH = 15


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads of their own, starting together; return what each returned or raised."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return job()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


# --- the counter ------------------------------------------------------------------------------------


def test_a_number_is_taken_by_one_statement(cast: Cast):
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        assert Group.objects.take_number(cast.kitchen.pk) == 4
    statement = queries[-1]["sql"] if len(queries) == 1 else [q["sql"] for q in queries]
    assert "UPDATE" in statement
    assert "RETURNING" in statement


def test_no_number_is_taken_of_a_group_that_is_gone(cast: Cast):
    with pytest.raises(Group.DoesNotExist):
        Group.objects.take_number(cast.kitchen.pk + 1)


def test_who_takes_a_number_locks_the_log_until_the_transaction_ends(cast: Cast):
    taken: list[int] = []
    is_done = threading.Event()

    def take() -> None:
        with transaction.atomic():
            taken.append(Group.objects.take_number(cast.kitchen.pk))
        connections.close_all()
        is_done.set()

    with transaction.atomic():
        assert Group.objects.take_number(cast.kitchen.pk) == 4
        other = threading.Thread(target=take)
        other.start()
        assert not is_done.wait(0.3)
    assert is_done.wait(60)
    other.join()
    assert taken == [5]


def test_a_change_that_fails_leaves_no_gap(cast: Cast):
    def fail() -> None:
        with next_change(cast.kitchen.pk) as change:
            change.add_line(Kind.JOINED, author=cast.cleo, subject=cast.cleo)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert cast.say(cast.bob, "Soup").position == 4
    assert [line.position for line in cast.lines()] == [1, 2, 3, 4]


def test_a_change_that_is_withdrawn_leaves_no_gap(cast: Cast):
    with next_change(cast.kitchen.pk) as change:
        change.withdraw()
    assert cast.say(cast.bob, "Soup").position == 4


def test_writers_at_once_get_numbers_without_gap_or_double(cast: Cast):
    members = [cast.member(user) for user in (cast.ann, cast.bob, cast.mod)]
    members.append(actions.join_group(cast.cleo, group=cast.kitchen))

    def writer(member: Membership) -> Callable[[], None]:
        def write() -> None:
            for number in range(LINES_EACH):
                actions.post_message(member, text=f"{number}", nonce=actions.new_nonce())

        return write

    assert at_once(*map(writer, members)) == [None] * WRITERS
    lines = cast.lines()
    assert [line.position for line in lines] == list(range(1, 5 + WRITERS * LINES_EACH))
    assert cast.head() == lines[-1].position
    for member in members:
        own = [line.text for line in lines if line.author_id == member.user_id and line.is_message]
        assert own == [f"{number}" for number in range(LINES_EACH)]


def test_a_reader_beside_the_writers_misses_nothing_and_reads_nothing_twice(cast: Cast):
    members = [cast.member(user) for user in (cast.ann, cast.bob, cast.mod)]
    are_writing = threading.Event()
    are_writing.set()
    running = list(members)

    def writer(member: Membership) -> Callable[[], None]:
        def write() -> None:
            try:
                for number in range(LINES_EACH):
                    entry = actions.post_message(
                        member, text=f"{number}", nonce=actions.new_nonce()
                    )
                    if number % 3 == 0:
                        actions.edit_message(member, entry=entry, text=f"{number}, edited")
            finally:
                running.pop()
                if not running:
                    are_writing.clear()

        return write

    def read() -> tuple[list[int], dict[int, str]]:
        cursor, added, texts = 3, [], {}
        while True:
            is_last = not are_writing.is_set()
            news = read_news(cast.kitchen.pk, cursor)
            assert news is not None
            assert news.changed is not None
            for entry in sorted(news.changed, key=lambda entry: entry.position):
                if entry.position > cursor:
                    added.append(entry.position)
                texts[entry.position] = entry.text
            cursor = news.head
            if is_last and not news.changed:
                return added, texts

    *written, (added, texts) = at_once(*map(writer, members), read)
    assert written == [None] * len(members)
    lines = cast.lines()[3:]
    assert added == [line.position for line in lines]
    assert texts == {line.position: line.text for line in lines}


def test_two_deletions_at_once_do_not_wait_for_each_other(cast: Cast):
    garden = actions.create_group(cast.bob, name="Garden")
    actions.join_group(cast.mod, group=garden)
    sam = User.objects.create_user("sam", is_staff=True)

    def delete(user: User) -> None:
        actions.delete_user(sam, user=user)
        # Both go on with both.
        actions.finish_deletions()

    assert at_once(lambda: delete(cast.bob), lambda: delete(cast.mod)) == [None, None]
    assert not User.objects.filter(pk__in=[cast.bob.pk, cast.mod.pk]).exists()
    assert [line.kind for line in cast.lines()].count(Kind.LEFT) == 2


# --- checks at the moment of acting -----------------------------------------------------------------


def test_no_line_comes_after_the_removal_of_its_author(cast: Cast):
    bob, mod = cast.member(cast.bob), cast.member(cast.mod)

    def write() -> None:
        for _ in range(LINES_EACH):
            actions.post_message(bob, text="Soup", nonce=actions.new_nonce())

    refusal, _ = at_once(write, lambda: actions.remove_member(mod, membership=bob))
    kinds = [line.kind for line in cast.lines()]
    assert isinstance(refusal, Refused) or kinds.count(Kind.MESSAGE) == LINES_EACH
    assert Kind.MESSAGE not in kinds[kinds.index(Kind.REMOVED) :]


def test_joining_at_once_in_many_tabs_writes_one_event(cast: Cast):
    joined = at_once(*[lambda: actions.join_group(cast.cleo, group=cast.kitchen)] * WRITERS)
    assert len({membership.pk for membership in joined}) == 1
    assert [line.kind for line in cast.lines()].count(Kind.JOINED) == 3


def test_two_owners_who_leave_at_once_do_not_both_go(cast: Cast):
    Membership.objects.filter(user=cast.bob).update(role="owner")
    members = [cast.member(user) for user in (cast.ann, cast.bob)]
    outcomes = at_once(*[lambda m=m: actions.leave_group(m) for m in members])
    assert sorted(map(type, outcomes), key=str) == sorted([Refused, type(None)], key=str)
    assert Membership.objects.filter(group=cast.kitchen, role="owner").count() == 1


def test_two_groups_of_one_name_made_at_once_are_one(cast: Cast):
    outcomes = at_once(
        lambda: actions.create_group(cast.bob, name="Garden"),
        lambda: actions.create_group(cast.cleo, name="GARDEN"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Group", "Refused"]


# --- nonces -----------------------------------------------------------------------------------------


def test_one_nonce_sent_at_once_is_stored_once(cast: Cast):
    bob = cast.member(cast.bob)
    sent = at_once(*[lambda: actions.post_message(bob, text="Soup", nonce="nonce-soup")] * WRITERS)
    assert {entry.pk for entry in sent} == {Entry.objects.get(text="Soup").pk}
    assert cast.head() == 4


def test_one_nonce_sent_into_two_groups_at_once_loses_no_message(cast: Cast):
    garden = actions.create_group(cast.bob, name="Garden")
    here, there = cast.member(cast.bob), garden.memberships.get()
    for number in range(LINES_EACH):
        nonce, text = f"nonce-{number}", f"Soup {number}"
        outcomes = at_once(
            *[lambda m=m: actions.post_message(m, text=text, nonce=nonce) for m in (here, there)]  # noqa: B023
        )
        assert [entry.group for entry in outcomes] == [cast.kitchen, garden]
    for group, first in ((cast.kitchen, 4), (garden, 2)):
        messages = group.entries.filter(kind=Kind.MESSAGE).order_by("position")
        assert [(line.position, line.text) for line in messages] == [
            (first + number, f"Soup {number}") for number in range(LINES_EACH)
        ]


# --- queries ----------------------------------------------------------------------------------------


def test_after_a_cursor_comes_what_changed_in_order_of_change(
    cast: Cast, django_assert_num_queries
):
    first, second = cast.say(cast.bob, "Soop"), cast.say(cast.ann, "What?")
    actions.edit_message(cast.member(cast.bob), entry=first, text="Soup")
    with django_assert_num_queries(1):
        changed = list(cast.kitchen.entries.for_display().after(4))
    assert changed == [second, first]
    assert [entry.change for entry in changed] == [5, 6]
    assert [entry.head for entry in changed] == [6, 6]


def test_before_a_position_come_the_older_lines_latest_first(cast: Cast, django_assert_num_queries):
    cast.say(cast.bob, "Soup")
    with django_assert_num_queries(1):
        assert [entry.position for entry in cast.kitchen.entries.for_display().before(4)] == [
            3,
            2,
            1,
        ]


def test_a_dressed_line_fetches_nothing(cast: Cast, django_assert_num_queries):
    cast.say(cast.bob, "Soup")
    # All on one day.
    cast.kitchen.entries.update(timestamp=timezone.now())
    (entry,) = cast.kitchen.entries.for_display().after(3)
    with django_assert_num_queries(0):
        shown = [
            str(entry.author),
            entry.subject,
            entry.continues,
            entry.starts_day,
            entry.head,
        ]
    assert shown == ["bob", None, False, False, 4]


def test_what_a_page_lacks_is_found_by_an_index(cast: Cast):
    Entry.objects.bulk_create(
        Entry(group=cast.kitchen, kind=Kind.MESSAGE, position=n, change=n) for n in range(4, 2000)
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE discuss_entry")
    query = Entry.objects.filter(group=cast.kitchen).after(1990)
    assert "log_by_change" in query.explain()


# --- how a line looks is decided from the log -------------------------------------------------------


def looks(cast: Cast, zone: str = "UTC") -> list[tuple[bool, bool]]:
    """For each message in the Kitchen: does it continue the one before, does it start a day?"""
    with timezone.override(ZoneInfo(zone)):
        lines = cast.kitchen.entries.for_display().filter(kind=Kind.MESSAGE).order_by("position")
        return [(line.continues, line.starts_day) for line in lines]


def say_at(cast: Cast, user: User, moment: datetime) -> Entry:
    entry = cast.say(user, "Soup")
    Entry.objects.filter(pk=entry.pk).update(timestamp=moment)
    return entry


@pytest.fixture
def noon(cast: Cast) -> datetime:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    Entry.objects.update(timestamp=noon - timedelta(hours=1))
    return noon


def test_an_authors_messages_close_together_are_grouped(cast: Cast, noon: datetime):
    for user, minutes in (
        (cast.bob, 0),
        (cast.bob, 9),
        (cast.ann, 10),
        (cast.bob, 11),
        (cast.bob, 21),
    ):
        say_at(cast, user, noon + timedelta(minutes=minutes))
    assert [continues for continues, _ in looks(cast)] == [False, True, False, False, False]


def test_an_event_in_between_ends_the_group(cast: Cast, noon: datetime):
    say_at(cast, cast.bob, noon)
    event = actions.join_group(cast.cleo, group=cast.kitchen)
    Entry.objects.filter(subject=event.user).update(timestamp=noon)
    say_at(cast, cast.bob, noon + timedelta(minutes=1))
    say_at(cast, cast.bob, noon + timedelta(minutes=2))
    assert [continues for continues, _ in looks(cast)] == [False, False, True]


def test_someone_who_is_gone_is_not_grouped_with_another_who_is(cast: Cast, noon: datetime):
    say_at(cast, cast.bob, noon)
    say_at(cast, cast.mod, noon)
    cast.delete(cast.bob)
    cast.delete(cast.mod)
    assert [continues for continues, _ in looks(cast)] == [False, False]


def test_a_day_begins_where_the_reader_is(cast: Cast):
    evening = datetime(2026, 3, 1, 22, 58, tzinfo=UTC)
    Entry.objects.update(timestamp=evening)
    say_at(cast, cast.bob, evening)
    say_at(cast, cast.bob, evening + timedelta(minutes=4))
    assert looks(cast, "UTC") == [(False, False), (True, False)]
    # Berlin is an hour ahead: midnight lies between the two, which also parts the group.
    assert looks(cast, "Europe/Berlin") == [(False, False), (False, True)]


def test_the_line_before_decides_even_outside_of_the_window(cast: Cast, noon: datetime):
    for minutes in range(3):
        say_at(cast, cast.bob, noon + timedelta(minutes=minutes))
    (latest,) = cast.kitchen.entries.for_display().after(5)
    assert latest.continues
    (oldest,) = cast.kitchen.entries.for_display().before(2)
    assert oldest.starts_day


# --- epochs -----------------------------------------------------------------------------------------


def test_every_group_has_an_epoch_of_its_own(cast: Cast):
    garden = actions.create_group(cast.bob, name="Garden")
    assert garden.epoch != cast.kitchen.epoch
    assert len(new_epoch()) == len(cast.kitchen.epoch) == 16
    assert new_epoch() != new_epoch()
