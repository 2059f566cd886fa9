"""What pages and feeds read, and in how many statements."""

import pytest

from discuss import actions
from discuss.models import Entry, Group, Kind, Membership, Role, User
from discuss.reading import lobby
from discuss.reading.lobby import ListQuery, read_groups, read_joined, read_listing, read_listings
from discuss.reading.log import read_heads, read_news, read_page
from discuss.reading.members import read_members, read_members_of
from tests.cast import Cast
from tests.copies import write_copies

pytestmark = pytest.mark.django_db


def fill(group: Group, count: int) -> None:
    """Give the log so many more lines, at once."""
    group.refresh_from_db()
    first, last = group.head + 1, group.head + count
    line = Entry.objects.create(
        group=group, kind=Kind.MESSAGE, position=first, change=first, text=f"{first}"
    )
    if count > 1:
        position = f"{first} + n"
        text = f"CAST({position} AS text)"
        write_copies(line, count - 1, position=position, change=position, text=text)
    Group.objects.filter(pk=group.pk).update(head=last)


# --- a page of the log ------------------------------------------------------------------------------


def test_a_page_is_the_latest_lines_the_oldest_first(cast: Cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = read_page(cast.kitchen.pk)
    assert [entry.position for entry in page.lines] == [1, 2, 3]
    assert (page.oldest, page.has_older) == (1, False)


@pytest.mark.parametrize(("count", "has_older"), [(49, False), (50, False), (51, True)])
def test_it_knows_whether_there_are_older_lines(cast: Cast, count: int, has_older: bool):
    fill(cast.kitchen, count - 3)
    page = read_page(cast.kitchen.pk)
    assert len(page.lines) == min(count, 50)
    assert page.has_older is has_older


def test_pages_before_the_oldest_lead_to_the_beginning_without_gap_or_double(cast: Cast):
    fill(cast.kitchen, 120)
    page = read_page(cast.kitchen.pk)
    positions = [entry.position for entry in page.lines]
    while page.has_older:
        page = read_page(cast.kitchen.pk, before=page.oldest)
        positions = [entry.position for entry in page.lines] + positions
    assert positions == list(range(1, 124))


def test_before_the_beginning_there_is_nothing(cast: Cast):
    page = read_page(cast.kitchen.pk, before=1)
    assert (page.lines, page.oldest, page.has_older) == ([], 0, False)


# --- news -------------------------------------------------------------------------------------------


def test_news_are_what_changed_after_the_floor(cast: Cast, django_assert_num_queries):
    entry = cast.say(cast.bob, "Soup")
    with django_assert_num_queries(2):
        news = read_news(cast.kitchen.pk, 3, candidates={cast.bob.pk, cast.cleo.pk})
    assert news is not None
    assert (news.changed, news.head) == ([entry], 4)
    assert news.admitted == {cast.bob.pk}


def test_no_news_leave_the_head_where_the_floor_is(cast: Cast):
    news = read_news(cast.kitchen.pk, 3)
    assert news is not None
    assert (news.changed, news.head) == ([], 3)


def test_a_floor_beyond_the_head_is_another_databases(cast: Cast):
    news = read_news(cast.kitchen.pk, 99)
    assert news is not None
    assert news.head == 3


def test_there_are_no_news_of_a_group_that_is_gone(cast: Cast):
    assert read_news(cast.kitchen.pk + 1, 0) is None


@pytest.mark.parametrize(("count", "are_held"), [(400, True), (401, False)])
def test_more_news_than_anyone_could_use_are_not_held(cast: Cast, count: int, are_held: bool):
    fill(cast.kitchen, count)
    news = read_news(cast.kitchen.pk, 3)
    assert news is not None
    assert (news.changed is not None) is are_held
    assert news.head == 3 + count


def test_news_tell_whose_membership_is_over(cast: Cast):
    actions.leave_group(cast.member(cast.bob))
    actions.remove_member(cast.member(cast.ann), membership=cast.member(cast.mod))
    actions.join_group(cast.mod, group=cast.kitchen)
    news = read_news(cast.kitchen.pk, 3)
    assert news is not None
    # Mod is in again, with another membership: the last word says so.
    assert {user: event.kind for user, event in news.ended_after(3).items()} == {
        cast.bob.pk: Kind.LEFT,
        cast.mod.pk: Kind.JOINED,
    }
    assert list(news.ended_after(4)) == [cast.mod.pk]
    assert news.ended_after(5) == {}


# --- heads and members ------------------------------------------------------------------------------


def test_heads_of_many_groups_are_one_query(cast: Cast, django_assert_num_queries):
    garden = actions.create_group(cast.cleo, name="Garden")
    with django_assert_num_queries(1):
        heads = read_heads([cast.kitchen.pk, garden.pk, garden.pk + 1])
    assert heads == {cast.kitchen.pk: 3, garden.pk: 1}


def test_members_are_those_who_may_act(cast: Cast):
    people = {cast.ann.pk, cast.bob.pk, cast.cleo.pk}
    assert read_members_of(cast.kitchen.pk, people) == {cast.ann.pk, cast.bob.pk}
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert read_members_of(cast.kitchen.pk, people) == {cast.ann.pk}


def test_members_are_listed_by_role_and_name(cast: Cast, django_assert_num_queries):
    zoe = User.objects.create_user("Zoe")
    Membership.objects.create(group=cast.kitchen, user=zoe, role=Role.OWNER)
    actions.join_group(cast.cleo, group=cast.kitchen)
    with django_assert_num_queries(1):
        members = read_members(cast.kitchen.pk)
        names = [membership.user.username for membership in members.named]
    assert names == ["ann", "Zoe", "mod", "bob", "cleo"]
    assert members.count == 5


def test_of_very_many_members_some_are_named_and_all_counted(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.reading.members.NAMED_MEMBERS", 2)
    members = read_members(cast.kitchen.pk)
    assert ([m.user.username for m in members.named], members.count) == (["ann", "mod"], 3)


# --- the lobby --------------------------------------------------------------------------------------


def test_a_listing_is_by_name_whatever_the_case(cast: Cast, django_assert_num_queries):
    for name in ("allotment", "Zebra", "äpfel"):
        actions.create_group(cast.cleo, name=name)
    with django_assert_num_queries(2):
        listing = read_listing(ListQuery(), cast.bob.pk)
        names = [(group.name, group.member_count) for group in listing.groups]
    assert names == [("allotment", 1), ("Kitchen", 3), ("Zebra", 1), ("äpfel", 1)]
    assert listing.joined == {cast.kitchen.pk}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("KITCH", ["Kitchen"]),
        ("dinner", ["Kitchen"]),
        ("ＫＩ", ["Kitchen"]),
        ("%", []),
        ("shed", []),
    ],
)
def test_a_search_looks_at_names_and_descriptions(cast: Cast, words: str, names: list[str]):
    actions.create_group(cast.cleo, name="Garden")
    listing = read_listing(ListQuery(words), cast.bob.pk)
    assert [group.name for group in listing.groups] == names


def test_a_page_beyond_the_last_is_the_last(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lobby, "PAGE_GROUPS", 1)
    actions.create_group(cast.cleo, name="Zebra")
    listing = read_listing(ListQuery(page=99), cast.bob.pk)
    assert [group.name for group in listing.groups] == ["Zebra"]
    assert listing.query.page == 2


def test_the_fingerprint_differs_with_anything_that_shows(cast: Cast):
    prints = [read_listing(ListQuery(), cast.bob.pk).fingerprint]
    assert read_listing(ListQuery(), cast.bob.pk).fingerprint == prints[0]

    def note() -> None:
        prints.append(read_listing(ListQuery(), cast.bob.pk).fingerprint)

    actions.join_group(cast.cleo, group=cast.kitchen)
    note()
    actions.leave_group(cast.member(cast.bob))
    actions.join_group(User.objects.create_user("dora"), group=cast.kitchen)
    note()  # as many members as before, but bob is none
    sam = User.objects.create_user("sam", is_staff=True)
    for name, description in (("Canteen", "What is for dinner"), ("Canteen", "Lunch")):
        actions.change_group(sam, group=cast.kitchen, name=name, description=description)
        note()
    actions.create_group(cast.cleo, name="Garden")
    note()
    assert len(set(prints)) == len(prints)


def test_rows_and_memberships_are_one_query_each(cast: Cast, django_assert_num_queries):
    garden = actions.create_group(cast.cleo, name="Garden")
    with django_assert_num_queries(1):
        assert read_groups([garden.pk, garden.pk + 1]) == {garden.pk: garden}
    with django_assert_num_queries(1):
        assert read_groups(None).keys() == {garden.pk, cast.kitchen.pk}
    with django_assert_num_queries(1):
        assert read_joined([cast.bob.pk, cast.cleo.pk]) == {
            cast.bob.pk: {cast.kitchen.pk},
            cast.cleo.pk: {garden.pk},
        }


def test_what_several_people_see_of_the_list_is_what_each_sees(cast: Cast):
    for number in range(60):
        actions.create_group(cast.mod if number % 2 else cast.bob, name=f"Group {number}")
    queries = [ListQuery(), ListQuery(page=2), ListQuery("Group 1")]
    asked = [(query, user.pk) for query in queries for user in (cast.bob, cast.cleo, cast.mod)]
    found = read_listings(asked)
    for query, user_id in asked:
        alone, together = read_listing(query, user_id), found[query, user_id]
        assert together.fingerprint == alone.fingerprint
        assert (together.query, together.joined) == (alone.query, alone.joined)


def test_one_list_for_many_people_is_read_once(cast: Cast, django_assert_num_queries):
    people = [User.objects.create_user(f"person{number}") for number in range(20)]
    with django_assert_num_queries(3):  # how many groups, the groups, who is in which
        read_listings([(ListQuery(), person.pk) for person in people])
