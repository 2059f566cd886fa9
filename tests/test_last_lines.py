"""The last line of each of one's own groups, in the lobby: what it is, and who sees it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from discuss import actions
from discuss.live.person_updates import Asked, read_person_updates
from discuss.models import Entry, Group
from discuss.reading.last_lines import read_last_lines
from discuss.rules.excerpts import EXCERPT_LENGTH, excerpt
from tests.cast import Cast, log_in
from tests.document import Document, text
from tests.test_reading import fill
from tests.unread import garden

pytestmark = pytest.mark.django_db
__all__ = ["garden"]


def last(group: Group) -> tuple[str | None, str] | None:
    line = read_last_lines([group.pk]).get(group.pk)
    return line and (line.author, line.text)


def shown(document: Document, group: Group) -> str:
    return text(document.element(f"last-{group.uuid}"))


# --- what it is -------------------------------------------------------------------------------------


def test_it_is_the_latest_message_whatever_happened_after_it(cast: Cast):
    assert last(cast.kitchen) is None
    cast.say(cast.ann, "Salad")
    cast.say(cast.bob, "Soup")
    actions.join_group(cast.cleo, group=cast.kitchen)
    assert last(cast.kitchen) == ("bob", "Soup")


def test_a_message_that_was_removed_is_never_it(cast: Cast):
    cast.say(cast.ann, "Salad")
    hidden = cast.say(cast.bob, "Soup")
    actions.hide_message(cast.member(cast.mod), entry=hidden)
    assert last(cast.kitchen) == ("ann", "Salad")
    actions.hide_message(cast.member(cast.ann), entry=Entry.objects.get(text="Salad"))
    assert last(cast.kitchen) is None


def test_it_is_the_text_as_it_was_edited_and_of_someone_who_may_be_gone(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    actions.edit_message(cast.member(cast.bob), entry=entry, text="Soup,\n\n  with nutmeg")
    assert last(cast.kitchen) == ("bob", "Soup, with nutmeg")
    cast.delete(cast.bob)
    assert last(cast.kitchen) == (None, "Soup, with nutmeg")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("a\n b\t\u2028c ", "a b c"),
        ("x" * EXCERPT_LENGTH, "x" * EXCERPT_LENGTH),
        ("x" * (EXCERPT_LENGTH - 1) + " yy", "x" * (EXCERPT_LENGTH - 1) + "…"),
    ],
)
def test_it_is_cut_to_one_line(words: str, line: str):
    assert excerpt(words) == line


def test_of_all_groups_it_takes_one_statement(cast: Cast, garden: Group, django_assert_num_queries):
    for group in (cast.kitchen, garden):
        fill(group, 200)
    with django_assert_num_queries(1):
        found = read_last_lines([cast.kitchen.pk, garden.pk])
    assert found.keys() == {cast.kitchen.pk, garden.pk}


# --- what a flush reads -----------------------------------------------------------------------------


def test_a_flush_takes_two_more_statements_however_many_groups_rang(
    cast: Cast, garden: Group, django_assert_num_queries
):
    groups, people = {cast.kitchen.pk, garden.pk}, {cast.ann.pk, cast.bob.pk, cast.cleo.pk}
    for group in (cast.kitchen, garden):
        fill(group, 200)
    known = read_person_updates(Asked(set(), set(), groups, {})).positions
    asked = Asked(set(), set(), groups, known, lobby_people=people, last_lines=groups)
    with django_assert_num_queries(3):
        answer = read_person_updates(asked)
    assert answer.last_lines == read_last_lines(groups)
    assert answer.readers == {(pk, user.pk) for pk in groups for user in (cast.ann, cast.bob)}
    # Where nobody has a page of the lobby, none.
    with django_assert_num_queries(1):
        assert read_person_updates(Asked(set(), set(), groups, known)).last_lines == {}


# --- who sees it ------------------------------------------------------------------------------------


def test_the_lobby_shows_it_to_members_and_to_nobody_else(cast: Cast, garden: Group):
    cast.say(cast.ann, "Supper is secret")
    for user, sees in ((cast.ann, True), (cast.bob, True), (cast.cleo, False)):
        for address in ("/", "/?q=kitchen", "/?live=off"):
            html = log_in(user).get(address).content.decode()
            assert ("Supper is secret" in html) == sees
    html = log_in(cast.ann).get(garden.get_absolute_url()).content.decode()
    assert "Supper is secret" not in html


def test_where_there_is_no_message_the_description_stands(cast: Cast, garden: Group):
    page = Document(log_in(cast.ann).get("/").content.decode())
    assert shown(page, cast.kitchen) == "What is for dinner"
    assert shown(page, garden) == ""


def test_a_line_of_today_has_its_time_and_an_older_one_its_day(cast: Cast, garden: Group):
    entry = cast.say(cast.ann, "Soup")

    def said(days: int) -> str:
        when = timezone.localtime() - timedelta(days=days)
        Entry.objects.filter(pk=entry.pk).update(timestamp=when)
        page = Document(log_in(cast.ann).get("/").content.decode())
        return shown(page, cast.kitchen).removeprefix("ann: Soup").strip()

    now = timezone.localtime()
    assert said(0) in {f"{when:%H:%M}" for when in (now, timezone.localtime())}
    before = now - timedelta(days=800)
    assert said(800) == f"{before.day} {before:%b %Y}"


def test_a_text_with_markup_is_text(cast: Cast):
    cast.say(cast.ann, "<b onclick=x>&amp;")
    page = Document(log_in(cast.ann).get("/").content.decode())
    assert "<b onclick=x>&amp;" in shown(page, cast.kitchen)
    assert not page.element(f"last-{cast.kitchen.uuid}").xpath(".//b")
