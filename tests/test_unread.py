"""What is unread: counted by one function for pages and badges, and read when it is seen."""

import pytest
from django.utils import timezone

from discuss import actions
from discuss.live.person_updates import Asked, read_person_updates
from discuss.models import Entry, Group, Membership
from discuss.reading.person import read_own, read_own_groups
from discuss.reading.positions import MANY, Positions, read_positions
from discuss.rules.unread import Mark
from tests.cast import Cast, log_in
from tests.test_reading import fill
from tests.unread import garden, read, say, unread

pytestmark = pytest.mark.django_db
__all__ = ["garden"]


# --- what counts ------------------------------------------------------------------------------------


def test_messages_of_others_count_and_nothing_else(cast: Cast, garden: Group):
    assert unread(cast.ann) == {"Kitchen": "", "Garden": ""}
    say(garden, cast.bob)
    say(garden, cast.ann)
    hidden = say(garden, cast.bob)
    actions.hide_message(Membership.objects.get(group=garden, user=cast.bob), entry=hidden)
    actions.join_group(cast.cleo, group=garden)
    assert unread(cast.ann) == {"Kitchen": "", "Garden": "1"}


def test_what_was_written_before_somebody_came_is_not_unread(cast: Cast, garden: Group):
    say(garden, cast.bob)
    actions.join_group(cast.cleo, group=garden)
    assert unread(cast.cleo) == {"Garden": ""}
    say(garden, cast.bob)
    assert unread(cast.cleo) == {"Garden": "1"}


def test_of_somebody_who_came_by_the_version_before_nothing_is_unread(cast: Cast, garden: Group):
    Membership.objects.filter(user=cast.ann).update(read_upto=0)
    say(garden, cast.bob)
    assert unread(cast.ann)["Garden"] == ""


@pytest.mark.parametrize(("count", "words"), [(99, "99"), (100, "99+"), (250, "99+")])
def test_beyond_99_they_are_not_counted(cast: Cast, garden: Group, count: int, words: str):
    fill(garden, count)
    assert unread(cast.ann)["Garden"] == words
    assert read_own_groups(cast.ann.pk).unread == words


def test_what_is_read_is_read_for_good(cast: Cast, garden: Group):
    lines = [say(garden, cast.bob) for _ in range(3)]
    read(cast.ann, garden, lines[1].position)
    assert unread(cast.ann)["Garden"] == "1"
    read(cast.ann, garden, lines[0].position)
    assert unread(cast.ann)["Garden"] == "1"
    assert unread(cast.bob)["Garden"] == ""


@pytest.mark.parametrize("upto", [1, 2, 60, 199, 200, 260])
def test_positions_count_as_the_log_does(cast: Cast, garden: Group, upto: int):
    for number in range(130):
        say(garden, cast.ann if number % 3 else cast.bob)
    Entry.objects.filter(group=garden, position__in=range(40, 50)).update(hidden_at=timezone.now())
    lines = Entry.objects.filter(group=garden, kind="message", hidden_at=None, position__gt=upto)
    plain = lines.exclude(author=cast.bob).count()
    positions = read_positions({garden.pk: None})[garden.pk]
    latest = lines.count() < MANY
    assert positions.count_unread(upto, cast.bob.pk) == (plain if latest else MANY)
    assert len(positions.numbers) <= MANY


def test_without_positions_nothing_is_unread():
    assert Positions().count_unread(5, 1) == 0


# --- what it takes ----------------------------------------------------------------------------------


def asked(people: set[int], groups: set[int], known: dict[int, Positions]) -> Asked:
    return Asked(people, frozenset(), groups, known)


def test_a_flush_takes_one_statement_for_positions_and_one_for_marks(
    cast: Cast, garden: Group, django_assert_num_queries
):
    groups = {cast.kitchen.pk, garden.pk}
    for group in (cast.kitchen, garden):
        fill(group, 200)
    known = read_person_updates(asked(set(), groups, {})).positions
    with django_assert_num_queries(1):
        again = read_person_updates(asked(set(), groups, known)).positions
    assert again == known
    people = [(cast.ann.pk, garden.pk), (cast.bob.pk, garden.pk), (cast.ann.pk, cast.kitchen.pk)]
    # And the savepoint of the test's.
    with django_assert_num_queries(3):
        actions.mark_read(dict.fromkeys(people, Mark(150)))


def test_one_that_was_hidden_makes_room_for_one_before(cast: Cast, garden: Group):
    fill(garden, 200)
    known = read_person_updates(asked(set(), {garden.pk}, {})).positions
    entry = Entry.objects.filter(group=garden).order_by("-position")[5]
    actions.hide_message(Membership.objects.get(group=garden, user=cast.bob), entry=entry)
    again = read_person_updates(asked(set(), {garden.pk}, known)).positions[garden.pk]
    assert len(again.numbers) == MANY
    assert entry.position not in again.numbers


def test_places_and_names_come_in_one(cast: Cast, garden: Group, django_assert_num_queries):
    with django_assert_num_queries(1):
        own, names = read_own([cast.ann.pk, cast.bob.pk])
    assert {each.group_id for each in own[cast.ann.pk]} == {cast.kitchen.pk, garden.pk}
    assert {name.name for name in names.values()} == {"Kitchen", "Garden"}


# --- without JavaScript -----------------------------------------------------------------------------


def test_without_javascript_what_is_shown_is_read(cast: Cast, garden: Group):
    say(garden, cast.bob)
    ann = log_in(cast.ann)
    ann.get(garden.get_absolute_url())
    assert unread(cast.ann)["Garden"] == "1"
    ann.get(garden.get_absolute_url() + "log/")
    assert unread(cast.ann)["Garden"] == ""


def test_a_page_begins_with_what_is_unread(cast: Cast, garden: Group):
    first = say(garden, cast.bob)
    say(garden, cast.bob)
    page = log_in(cast.ann).get(garden.get_absolute_url()).content.decode()
    assert f"#entry-{first.pk} " in page
    assert "--new-line" in page
    assert "<title>(2) Garden · DiscussIt</title>" in page
    assert "icon-unread" in page
    read(cast.ann, garden, 100)
    page = log_in(cast.ann).get(garden.get_absolute_url()).content.decode()
    assert "--new-line" not in page
    assert "<title>Garden · DiscussIt</title>" in page


def test_the_lobby_leads_back_to_the_group_that_was_open_last(cast: Cast, garden: Group):
    client = log_in(cast.ann)
    assert "Back to" not in client.get("/").content.decode()
    client.get(garden.get_absolute_url())
    assert "Back to <bdi>Garden</bdi>" in client.get("/").content.decode()
    actions.leave_from_lobby(cast.ann, group=garden)
    assert "Back to" not in client.get("/").content.decode()
