"""Somebody who joins and leaves and joins: one line of the log says so, and changes each time."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from discuss import actions
from discuss.live.states import Updates
from discuss.models import ONE_LINE_LOOKED_BACK, ONE_LINE_WITHIN, Entry, Kind, Membership, User
from tests.cast import Cast
from tests.document import text
from tests.page import Page
from tests.updates import load, state_of, updates

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def join(cast: Cast, user: User) -> None:
    actions.join_group(user, group=cast.kitchen)


def leave(cast: Cast, user: User) -> None:
    actions.leave_group(cast.member(user))


def said(cast: Cast) -> list[str]:
    """What the log says after its beginning."""
    events = load(cast, cast.ann).element("log").xpath(".//p[contains(@class, 'event')]")
    return [text(event).rpartition(" ")[0] for event in events[3:]]


def let_pass(cast: Cast, time: timedelta) -> None:
    for line in cast.lines():
        Entry.objects.filter(pk=line.pk).update(timestamp=line.timestamp - time)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (1, "cleo joined"),
        (2, "cleo joined and left"),
        (3, "cleo joined"),
        (4, "cleo joined and left"),
    ],
)
def test_who_comes_and_goes_has_one_line(cast: Cast, times: int, expected: str):
    for time in range(times):
        (leave if time % 2 else join)(cast, cast.cleo)
    assert said(cast) == [expected]
    assert cast.lines()[-1].kind == (Kind.JOINED if times % 2 else Kind.LEFT)


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (1, "bob left"),
        (2, "bob left and joined again"),
        (3, "bob left"),
        (4, "bob left and joined again"),
    ],
)
def test_who_goes_and_comes_has_one_line(cast: Cast, times: int, expected: str):
    for time in range(times):
        (join if time % 2 else leave)(cast, cast.bob)
    assert said(cast) == [expected]


def test_each_time_takes_a_number_and_the_line_keeps_its_place(cast: Cast):
    join(cast, cast.cleo)
    begun = cast.lines()[-1]
    leave(cast, cast.cleo)
    (line,) = cast.lines()[3:]
    assert (line.position, line.change, cast.head()) == (4, 5, 5)
    assert (line.pk, line.timestamp) == (begun.pk, begun.timestamp)


def test_a_hundred_times_leave_one_line(cast: Cast):
    for _ in range(50):
        join(cast, cast.cleo)
        leave(cast, cast.cleo)
    assert len(cast.lines()) == 4
    assert cast.head() == 103


def test_several_who_come_and_go_have_a_line_each(cast: Cast):
    for _ in range(3):
        for user in (cast.cleo, cast.mod):
            (leave if Membership.objects.filter(user=user).exists() else join)(cast, user)
    assert said(cast) == ["cleo joined", "mod left"]


def test_after_a_message_there_is_another_line(cast: Cast):
    join(cast, cast.cleo)
    cast.say(cast.ann, "Welcome")
    leave(cast, cast.cleo)
    assert said(cast) == ["cleo joined", "cleo left"]


def test_after_some_time_there_is_another_line(cast: Cast):
    join(cast, cast.cleo)
    let_pass(cast, ONE_LINE_WITHIN)
    leave(cast, cast.cleo)
    assert said(cast) == ["cleo joined", "cleo left"]


def test_it_looks_back_so_many_lines(cast: Cast):
    join(cast, cast.cleo)
    guests = [User.objects.create_user(f"guest-{n}") for n in range(ONE_LINE_LOOKED_BACK)]
    for guest in guests[1:]:
        join(cast, guest)
    leave(cast, cast.cleo)
    assert len(cast.lines()) == 3 + ONE_LINE_LOOKED_BACK
    join(cast, guests[0])
    join(cast, cast.cleo)
    assert said(cast)[-1] == "cleo joined"
    assert len(cast.lines()) == 5 + ONE_LINE_LOOKED_BACK


def test_a_removal_stays(cast: Cast):
    join(cast, cast.cleo)
    actions.remove_member(cast.member(cast.ann), membership=cast.member(cast.cleo))
    for _ in range(2):
        join(cast, cast.cleo)
        leave(cast, cast.cleo)
    assert said(cast) == ["cleo joined", "cleo was removed by ann", "cleo joined and left"]


def test_the_line_of_a_group_of_ones_own_stays(cast: Cast):
    actions.hand_over(cast.member(cast.ann), successor=cast.member(cast.bob))
    leave(cast, cast.ann)
    join(cast, cast.ann)
    assert said(cast) == ["ann handed the group over to bob", "ann left and joined again"]


def test_the_lines_of_who_is_deleted_are_nobodys(cast: Cast):
    """Somebody else who is deleted must not take over what they did."""
    join(cast, cast.cleo)
    cast.delete(cast.cleo)
    cast.delete(cast.bob)
    assert said(cast) == ["someone joined", "someone left", "someone left"]


# --- pages ------------------------------------------------------------------------------------------


def test_an_open_page_gets_the_line_in_its_place(cast: Cast):
    join(cast, cast.cleo)
    page = load(cast, cast.ann)
    leave(cast, cast.cleo)
    place = state_of(page)
    html = updates(cast, 4, live={place}).live[place].prepared.text
    page.swap(html)
    assert page.log == load(cast, cast.ann).log
    assert "beforeend:#log" not in html
    # What was read out once is not read out again each time.
    assert "innerHTML:#announcer" not in html


def turn_for(cast: Cast, cursor: int, user: User) -> Updates:
    done: Updates = updates(cast, cursor, live_people={user.pk})
    return done


def test_who_leaves_by_a_line_that_pages_know_is_sent_away(cast: Cast):
    join(cast, cast.cleo)
    leave(cast, cast.cleo)
    done = turn_for(cast, 4, cast.cleo)
    assert {user: event and event.kind for user, event in done.ended.items()} == {
        cast.cleo.pk: Kind.LEFT
    }
    assert turn_for(cast, 5, cast.cleo).ended == {}


@pytest.mark.parametrize("do", [(join, leave, join), (leave, join), (leave, join, leave, join)])
def test_who_left_and_is_back_gets_a_new_socket(
    cast: Cast, do: tuple[Callable[[Cast, User], None], ...]
):
    """Its page acts by a membership that is gone."""
    user = cast.cleo if do[0] is join else cast.bob
    cursor = 4 if do[0] is join else 3
    for each in do:
        each(cast, user)
    done = turn_for(cast, cursor, user)
    assert done.returned == {user.pk}
    assert not done.ended
    assert turn_for(cast, cast.head(), user).returned == frozenset()


def test_a_page_of_who_left_hears_nothing_after_it(cast: Cast):
    page: Page = load(cast, cast.bob)
    assert page.cursor == 3
    leave(cast, cast.bob)
    assert turn_for(cast, 3, cast.bob).ended.keys() == {cast.bob.pk}
