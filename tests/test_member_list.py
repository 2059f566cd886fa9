"""The list of members on open pages: what moved is written row by row, and equals a fresh load."""

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from discuss import actions
from discuss.live.states import PageState
from discuss.models import Membership, Role, User
from discuss.reading import members
from discuss.reading.members import Members, Moves, Shown, moves, read_members
from tests.cast import Cast
from tests.document import outer, text
from tests.page import Page
from tests.updates import load, state_of, updates
from tests.waiting import do_tasks

pytestmark = pytest.mark.django_db

Do = Callable[[Cast], object]


def crowd(cast: Cast, count: int) -> list[User]:
    """Have so many more people in the Kitchen, whose joining is no line of the log."""
    names = [f"guest-{number:03}" for number in range(count)]
    guests = User.objects.bulk_create([User(username=n, username_key=n) for n in names])
    Membership.objects.bulk_create([Membership(group=cast.kitchen, user=u) for u in guests])
    return guests


def shown_by(cast: Cast) -> Shown:
    return read_members(cast.kitchen.pk).shown


def tell_live(cast: Cast, page: Page, reader: User, shown: Shown) -> str:
    """Write to a live page what it lacks, and compare it with a fresh load. Returns the frame."""
    place = state_of(page)
    done = updates(cast, place.cursor, shown=shown, live={place})
    html: str = done.live[place].prepared.text
    page.swap(html)
    assert page.member_list == load(cast, reader).member_list
    assert page.members == done.shown.fingerprint
    return html


def hand_over(cast: Cast) -> None:
    actions.hand_over(cast.member(cast.ann), successor=cast.member(cast.bob))


def close_account(cast: Cast) -> None:
    set_active(cast, False)
    do_tasks()


def set_active(cast: Cast, is_active: bool) -> None:
    """Close bob's account, or open it again; his groups hear of it by a task."""
    User.objects.filter(pk=cast.bob.pk).update(is_active=is_active)
    cast.bob.refresh_from_db()
    actions.announce_account(cast.ann, user=cast.bob)


def come_back(cast: Cast) -> None:
    actions.leave_group(cast.member(cast.bob))
    actions.join_group(cast.bob, group=cast.kitchen)


HAPPENINGS: dict[str, Do] = {
    "joins": lambda cast: actions.join_group(cast.cleo, group=cast.kitchen),
    "leaves": lambda cast: actions.leave_group(cast.member(cast.bob)),
    "is removed": lambda cast: actions.remove_member(
        cast.member(cast.ann), membership=cast.member(cast.mod)
    ),
    "leaves and joins": come_back,
    "hands over": hand_over,
    "is closed": close_account,
    "is deleted": lambda cast: cast.delete(cast.bob),
    "several": lambda cast: [
        HAPPENINGS[name](cast) for name in ("hands over", "joins", "is closed")
    ],
}


@pytest.mark.parametrize("named", [2, 3, 6, 9, 200])
@pytest.mark.parametrize("happening", HAPPENINGS)
def test_a_live_list_equals_a_fresh_one(
    cast: Cast, happening: str, named: int, monkeypatch: pytest.MonkeyPatch
):
    """Whoever is named, and whoever is not any more because another is."""
    guest = crowd(cast, 6)[0]
    monkeypatch.setattr(members, "NAMED_MEMBERS", named)
    page, shown = load(cast, guest), shown_by(cast)
    HAPPENINGS[happening](cast)
    tell_live(cast, page, guest, shown)


@pytest.mark.parametrize("was_closed", [False, True])
def test_a_list_that_was_read_before_its_groups_were_told_of_an_account_is_renewed(
    cast: Cast, was_closed: bool
):
    """It was read for another's sake, and the account is as before when its groups hear of anything."""
    if was_closed:
        close_account(cast)
    page, shown = load(cast, cast.mod), shown_by(cast)
    assert is_shown_as_closed(cast, page) == was_closed
    set_active(cast, was_closed)
    actions.join_group(cast.cleo, group=cast.kitchen)
    tell_live(cast, page, cast.mod, shown)
    assert is_shown_as_closed(cast, page) != was_closed
    shown = shown_by(cast)
    set_active(cast, not was_closed)
    do_tasks()
    tell_live(cast, page, cast.mod, shown)
    assert is_shown_as_closed(cast, page) == was_closed


def is_shown_as_closed(cast: Cast, page: Page) -> bool:
    return "Account closed" in text(page.element(f"member-{cast.bob.pk}"))


def test_who_is_among_others_has_one_row_written_and_the_others_stay(cast: Cast):
    guests = crowd(cast, 20)
    page, shown = load(cast), shown_by(cast)
    kept = page.element(f"member-{guests[3].pk}")
    actions.join_group(cast.cleo, group=cast.kitchen)
    html = tell_live(cast, page, cast.bob, shown)
    assert html.count('<li id="member-') == 1
    assert 'id="members"' not in html
    assert page.element(f"member-{guests[3].pk}") is kept


def test_a_joining_in_a_group_of_a_thousand_is_a_small_frame(cast: Cast):
    crowd(cast, 997)
    page, shown = load(cast), shown_by(cast)
    assert len(outer(page.element("members"))) > 30_000
    actions.join_group(cast.cleo, group=cast.kitchen)
    assert len(tell_live(cast, page, cast.bob, shown)) < 2_000
    shown = shown_by(cast)
    actions.leave_group(cast.member(cast.cleo))
    assert len(tell_live(cast, page, cast.bob, shown)) < 2_000


def test_where_most_of_it_moves_the_whole_list_is_written(cast: Cast):
    page, shown = load(cast), shown_by(cast)
    for number in range(4):
        guest = User.objects.create_user(f"guest-{number}")
        actions.join_group(guest, group=cast.kitchen)
    assert 'id="members"' in tell_live(cast, page, cast.bob, shown)


# --- pages that show another list -------------------------------------------------------------------


def told_to(cast: Cast, place: PageState) -> str:
    """Return what a page lacks that comes back among live ones."""
    done = updates(cast, cast.head(), shown=shown_by(cast), joining={place})
    html: str = done.joining[place].prepared.text
    return html


def test_a_page_that_shows_what_live_ones_show_gets_no_list(cast: Cast):
    page = load(cast)
    cast.say(cast.bob, "Soup")
    assert "member" not in told_to(cast, state_of(page))


def test_a_page_that_shows_another_list_gets_the_whole(cast: Cast):
    crowd(cast, 20)
    page = load(cast)
    actions.join_group(cast.cleo, group=cast.kitchen)
    html = told_to(cast, state_of(page))
    assert 'id="members"' in html
    page.swap(html)
    assert page.member_list == load(cast).member_list


def test_one_that_does_not_say_what_it_shows_gets_the_whole(cast: Cast):
    """It was loaded before there was anything to say, or its theme has nothing that says it."""
    place = state_of(load(cast))
    assert 'id="members"' in told_to(cast, place._replace(members=""))


def test_what_no_line_tells_is_told_to_all_once_a_page_shows_it(cast: Cast):
    """A name that was changed by hand in the database."""
    old, shown = load(cast), shown_by(cast)
    User.objects.filter(pk=cast.ann.pk).update(username="anna", username_key="anna")
    new = load(cast)
    places = state_of(old), state_of(new)
    done = updates(cast, 3, shown=shown, live={places[0]}, joining={places[1]})
    old.swap(done.live[places[0]].prepared.text)
    assert "member" not in done.joining[places[1]].prepared.text
    assert old.member_list == new.member_list


# --- what moves -------------------------------------------------------------------------------------

people = st.dictionaries(
    st.integers(1, 30), st.sampled_from([Role.OWNER, Role.MODERATOR, Role.MEMBER]), max_size=30
)


def as_members(roles: dict[int, Role]) -> Members:
    ranks = list(Role)
    named = [
        Membership(pk=pk, user=User(pk=pk, username=f"{pk:02}"), role=role)
        for pk, role in sorted(roles.items(), key=lambda it: (-ranks.index(it[1]), it[0]))
    ]
    return Members(named, len(named))


def moved(rows: list[int], made: Moves) -> list[int]:
    """Do to a list what a page does to its own."""
    rows = [pk for pk in rows if pk not in made.gone]
    for after, memberships in made.arrivals:
        place = 0 if after is None else rows.index(after) + 1
        rows[place:place] = [membership.user_id for membership in memberships]
    return rows


@given(before=people, after=people)
def test_what_moved_makes_one_list_the_other(before: dict[int, Role], after: dict[int, Role]):
    old, new = as_members(before), as_members({**before, **after})
    for one, other in ((old, new), (new, old)):
        made = moves(one.shown, other)
        if made is not None:
            shown = moved([row.user_id for row in one.shown.rows], made)
            assert shown == [row.user_id for row in other.shown.rows]
