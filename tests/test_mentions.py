"""Mentions: recognised when they are written, kept with their lines, counted and listed."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from discuss import actions
from discuss.actions import Draft
from discuss.forms import whole_texts
from discuss.models import Entry, Group, Level, Membership, Mention, User
from discuss.reading.mentions import LINES_AT_ONCE, read_mention_page, read_mentions, read_names
from discuss.reading.person import read_own_groups
from discuss.reading.positions import MANY
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rules.links import Part, split_links
from discuss.rules.mentions import KEYS, NAMES, mentioned, names_in, split_mentions, with_mention
from discuss.rules.text import name_key
from tests.cast import Cast, log_in
from tests.copies import write_copies
from tests.test_reading import fill
from tests.unread import garden, read, say

pytestmark = pytest.mark.django_db
__all__ = ["garden"]

NAMED: Mapping[str, int | str] = {
    "ann": 1,
    "ann.lee": 2,
    "bob": 3,
    "太郎": 4,
    "ليلى": 5,
    "all": "all",
}


def shown(text: str, names: Mapping[str, int | str] = NAMED) -> list[str]:
    """Return the mentions in a text, each as it stands there and whom it is of."""
    parts = split_mentions(split_links(text), names)
    assert "".join(part.text for part in parts) == text
    return [f"{part.text}={part.mention}" for part in parts if part.mention]


# --- what a mention is ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("@ann", ["@ann=1"]),
        ("Hi @ann, (@bob) and @Ann.", ["@ann=1", "@bob=3", "@Ann=1"]),
        ("@ann.lee.", ["@ann.lee=2"]),
        ("@ann.leek", ["@ann=1"]),
        ("@ann's @ann\u2019s @ann-", ["@ann=1", "@ann=1", "@ann=1"]),
        ("@ann@bob", ["@ann=1"]),
        ("\uff20ann @\uff41\uff4e\uff4e", ["@\uff41\uff4e\uff4e=1"]),
        ("@annabel @xann @cleo @ @@ann ann", []),
        ("bob@ann.example joe@bob", []),
        ("https://example.org/@ann https://example.org/?@bob", []),
        ("see https://example.org/ @ann", ["@ann=1"]),
        ("@太郎さん、こんにちは@太郎", ["@太郎=4", "@太郎=4"]),
        ("@ليلى، أهلا", ["@ليلى=5"]),
        ("@annさん", ["@ann=1"]),
        ("@ALL @all", ["@ALL=all", "@all=all"]),
        ("@ann\n@bob", ["@ann=1", "@bob=3"]),
    ],
)
def test_a_name_after_an_at_is_a_mention(text: str, mentions: list[str]):
    assert shown(text) == mentions


def test_the_longest_name_that_there_is_is_meant():
    assert shown("@ann.lee", {"ann": 1}) == ["@ann=1"]
    assert shown("@ann.lee", {"ann": 1, "ann.lee": 2}) == ["@ann.lee=2"]


def test_without_an_at_nothing_is_looked_for():
    assert names_in("ann and bob") == set()
    assert mentioned("ann", NAMED) == {}
    assert {"ann", "ann.lee"} <= names_in("@ann.lee!")


@pytest.mark.parametrize(
    "text", ["@" * 4000, "a@" * 2000, " @a" * 1300, "@" + "a." * 1999, "@太" * 2000]
)
def test_many_of_them_are_looked_through_at_a_bounded_price(text: str):
    assert len(names_in(text)) <= KEYS
    assert len(shown(text, {"a": 1, "太": 2})) <= NAMES


@pytest.mark.parametrize("row", ["太郎さんは今日も夕食を作ります" * 4, "เขาทำอาหารเย็นทุกวัน" * 4])
def test_in_a_script_without_spaces_names_that_are_looked_for_are_bounded(row: str):
    """A name may end anywhere in it, so each @ stands before as many names as a name has letters."""
    text = "".join(f"@{chr(0x4E00 + number)}{row}" for number in range(NAMES - 1))
    keys = names_in(text)
    assert 200 < len(keys) <= KEYS
    assert max(map(len, keys)) <= 60
    assert "\u4e00" + row[:1] in keys
    # One that is looked for is found wherever it stands.
    assert len(shown(f"{text}@\u4e00{row}", {"\u4e00" + row[:1]: 4})) == 2


def test_a_name_of_forty_letters_is_looked_for_however_it_is_written():
    name = "é" * 40
    for written in (name, unicodedata.normalize("NFD", name)[:60], "\u200c".join(name[:30])):
        assert name_key(written) in names_in(f"@{written}")
    assert max(map(len, names_in("@" + "太" * 80))) == 40


@pytest.mark.parametrize(
    ("text", "name", "typed"),
    [
        ("", "ann", "@ann "),
        ("Hi", "ann", "Hi @ann "),
        ("Hi ", "ann", "Hi @ann "),
        ("Hi @", "ann", "Hi @ann "),
        ("Hi @AN", "ann", "Hi @ann "),
        ("Hi @bo", "ann", "Hi @bo @ann "),
        ("joe@", "ann", "joe@ @ann "),
        ("Hi @ann ", "ann", "Hi @ann @ann "),
        ("two\n", "ليلى", "two\n@ليلى "),
    ],
)
def test_a_name_is_put_at_the_end_of_what_is_being_written(text: str, name: str, typed: str):
    assert with_mention(text, name) == typed


# --- what is written --------------------------------------------------------------------------------


def rows(entry: Entry) -> set[tuple[int | None, bool]]:
    return set(Mention.objects.filter(entry=entry).values_list("user", "is_here"))


def test_members_are_mentioned_once_and_others_are_not(cast: Cast):
    entry = cast.say(cast.ann, "@bob @BOB @cleo @nobody @mod")
    assert rows(entry) == {(cast.bob.pk, False), (cast.mod.pk, False)}
    (mention, *_) = Mention.objects.filter(entry=entry)
    assert (mention.group_id, mention.position) == (cast.kitchen.pk, entry.position)
    assert entry.details == {"mentions": {"bob": cast.bob.pk, "mod": cast.mod.pk}}


def test_of_oneself_it_is_shown_and_does_not_count(cast: Cast):
    entry = cast.say(cast.bob, "@bob")
    assert rows(entry) == set()
    assert entry.mentioned == str(cast.bob.pk)


@pytest.mark.parametrize("word", ["all", "here"])
def test_moderators_call_everybody_by_one_row(cast: Cast, word: str):
    for user in (cast.ann, cast.mod):
        assert rows(cast.say(user, f"@{word} @bob")) == (
            {(None, False)} if word == "all" else {(None, True), (cast.bob.pk, False)}
        )
    entry = cast.say(cast.bob, f"@{word}")
    assert rows(entry) == set()
    assert entry.details is None


def test_who_was_a_moderator_when_a_page_was_opened_calls_nobody(cast: Cast):
    was = cast.member(cast.mod)
    Membership.objects.filter(pk=was.pk).update(role="member")
    entry = actions.post_message(was, text="@all", nonce=actions.new_nonce())
    assert rows(entry) == set()


def test_several_that_are_posted_together_have_their_own(cast: Cast, garden: Group):
    garden_bob = Membership.objects.get(group=garden, user=cast.bob)
    drafts = [
        Draft(cast.member(cast.bob), "@ann @mod", "nonce-00001"),
        Draft(garden_bob, "@mod @ann", "nonce-00002"),
        Draft(cast.member(cast.ann), "Soup", "nonce-00003"),
        Draft(cast.member(cast.mod), "@all", "nonce-00004"),
    ]
    actions.post_messages(drafts)
    whom = {
        (mention.entry.text, mention.entry.group_id, mention.user_id)
        for mention in Mention.objects.select_related("entry")
        if mention.entry
    }
    assert whom == {
        ("@ann @mod", cast.kitchen.pk, cast.ann.pk),
        ("@ann @mod", cast.kitchen.pk, cast.mod.pk),
        ("@mod @ann", garden.pk, cast.ann.pk),
        ("@all", cast.kitchen.pk, None),
    }


def test_an_edit_mentions_anew_and_a_removal_nobody(cast: Cast):
    bob, entry = cast.member(cast.bob), cast.say(cast.bob, "@ann")
    for text, whom in (("@mod", {cast.mod.pk}), ("Soup", set()), ("@ann @mod", {1, 2})):
        actions.edit_message(bob, entry=entry, text=text)
        found = {user_id for user_id, _ in rows(entry)}
        assert len(found) == len(whom)
    actions.hide_message(bob, entry=entry)
    assert rows(entry) == set()


def test_plain_text_takes_no_statement_more(cast: Cast):
    def taken(text: str) -> int:
        bob = cast.member(cast.bob)
        with CaptureQueriesContext(connection) as queries:
            actions.post_message(bob, text=text, nonce=actions.new_nonce())
        return len(queries)

    plain = taken("Soup")
    # Whom it may mean is read, and written where it means somebody.
    assert taken("@nobody") == plain + 1
    assert taken("@ann @mod") == plain + 2


def test_names_of_many_drafts_are_read_in_one(
    cast: Cast, garden: Group, django_assert_num_queries: Any
):
    drafts = [(member, "@ann @bob") for member in Membership.objects.all()]
    with django_assert_num_queries(1):
        names = read_names(drafts)
    assert names[cast.member(cast.bob).pk] == {"ann": cast.ann.pk, "bob": cast.bob.pk}
    with django_assert_num_queries(0):
        read_names([(member, "ann") for member, _ in drafts])


# --- what is shown ----------------------------------------------------------------------------------


def line(entry: Entry) -> str:
    (read,) = Entry.objects.filter(pk=entry.pk).for_display()
    return fragments.line(read, Audience.everyone())


@pytest.mark.parametrize("link", ["", " https://example.org/"])
def test_a_line_says_whom_it_mentions(cast: Cast, link: str):
    entry = cast.say(cast.ann, f"Hi @bob{link}")
    assert f'<span class="mention" data-user="{cast.bob.pk}">@bob</span>' in line(entry)
    assert f'data-mentions="{cast.bob.pk}"' in line(entry)
    assert "data-mentions" not in line(cast.say(cast.ann, f"Hi{link}"))
    actions.hide_message(cast.member(cast.ann), entry=entry)
    assert 'data-mentions=""' in line(entry)
    assert "@bob" not in line(entry)


def test_the_page_marks_what_mentions_its_reader(cast: Cast):
    cast.say(cast.ann, "@bob")
    path = cast.kitchen.get_absolute_url()
    for address in (path, f"{path}log/", "/mentions/"):
        html = log_in(cast.bob).get(address).content.decode()
        assert f'.mention:is([data-user="{cast.bob.pk}"], [data-user="all"]' in html


# --- what is unread ---------------------------------------------------------------------------------


def unread(user: User) -> dict[str, tuple[str, str]]:
    return {row.name: (row.unread, row.mentions) for row in read_own_groups(user.pk).rows}


def level(user: User, group: Group, level: str) -> None:
    actions.change_level(Membership.objects.get(user=user, group=group), level=level)


def test_mentions_are_counted_apart(cast: Cast, garden: Group):
    say(garden, cast.bob)
    first = say(garden, cast.bob, "@ann")
    say(garden, cast.bob, "@all @ann")
    assert unread(cast.ann)["Garden"] == ("3", "2")
    assert unread(cast.bob)["Garden"] == ("", "")
    read(cast.ann, garden, first.position)
    assert unread(cast.ann)["Garden"] == ("1", "1")
    own = read_own_groups(cast.ann.pk)
    assert (own.unread, own.mentions) == ("1", "1")


def test_who_is_here_alone_is_not_called_back(cast: Cast, garden: Group):
    say(garden, cast.bob, "@here")
    assert unread(cast.ann)["Garden"] == ("1", "")


def test_one_before_the_messages_that_are_counted_counts(cast: Cast, garden: Group):
    say(garden, cast.bob, "@ann")
    say(garden, cast.bob, "@all")
    fill(garden, 250)
    assert unread(cast.ann)["Garden"] == ("99+", "2")


def test_many_are_not_counted(cast: Cast, garden: Group):
    for _ in range(101):
        say(garden, cast.bob, "@ann")
    assert unread(cast.ann)["Garden"] == ("99+", "99+")


@pytest.mark.parametrize(
    ("chosen", "counts"),
    [(Level.ALL, ("3", "2")), (Level.MENTIONS, ("2", "2")), (Level.NOTHING, ("", ""))],
)
def test_a_level_says_what_counts(cast: Cast, garden: Group, chosen: str, counts: tuple[str, str]):
    for text in ("Beans", "@ann", "@all"):
        say(garden, cast.bob, text)
    level(cast.ann, garden, chosen)
    assert unread(cast.ann)["Garden"] == counts
    assert read_own_groups(cast.ann.pk).unread == counts[0]


def test_a_level_is_ones_own_and_takes_no_number(cast: Cast, garden: Group):
    head = Group.objects.get(pk=garden.pk).head
    level(cast.ann, garden, Level.NOTHING)
    assert Group.objects.get(pk=garden.pk).head == head
    assert Membership.objects.get(user=cast.bob, group=garden).level == Level.ALL


def test_a_level_is_chosen_by_a_plain_form(cast: Cast, garden: Group):
    ann, path = log_in(cast.ann), garden.get_absolute_url()
    response = ann.post(f"{path}notify/", {"level": "mentions"})
    assert response.headers["Location"] == path
    assert 'data-level="mentions"' in ann.get(path).content.decode()
    ann.post(f"{path}notify/", {"level": "loud"})
    assert Membership.objects.get(user=cast.ann, group=garden).level == Level.MENTIONS


def test_a_fresh_load_takes_one_statement_for_mentions(
    cast: Cast, garden: Group, django_assert_num_queries: Any
):
    for group in (garden, cast.kitchen):
        say(group, cast.bob, "@ann")
    # Places, positions, mentions.
    with django_assert_num_queries(3):
        read_own_groups(cast.ann.pk)


# --- the page of mentions ---------------------------------------------------------------------------


def texts(user: User, query: str = "") -> list[str]:
    html = log_in(user).get(f"/mentions/{query}").content.decode()
    return [part.split("@", 1)[1].split("<")[0] for part in html.split('class="mention"')[1:]]


def test_the_page_lists_what_mentions_one_in_ones_groups(cast: Cast, garden: Group):
    say(garden, cast.bob, "@ann 1")
    cast.say(cast.mod, "@all 2")
    hidden = cast.say(cast.mod, "@ann 3")
    cast.say(cast.mod, "@bob 4")
    cast.say(cast.ann, "@all 5")
    cast.say(cast.mod, "@here 6")
    actions.hide_message(cast.member(cast.mod), entry=hidden)
    assert [entry.text for entry in read_mention_page(cast.ann.pk).lines] == [
        "@here 6",
        "@all 2",
        "@ann 1",
    ]
    actions.leave_from_lobby(cast.ann, group=garden)
    assert len(read_mention_page(cast.ann.pk).lines) == 2
    assert read_mention_page(cast.cleo.pk).lines == []
    html = log_in(cast.ann).get("/mentions/").content.decode()
    assert html.index("here") < html.index("@all")
    assert f"{cast.kitchen.get_absolute_url()}{cast.lines()[-1].position}/" in html


@pytest.mark.parametrize("word", ["@bob", "@all"])
def test_the_page_goes_on(cast: Cast, django_assert_num_queries: Any, word: str):
    for number in range(LINES_AT_ONCE + 3):
        cast.say(cast.mod, f"{word} {number}")
    with django_assert_num_queries(3):
        page = read_mention_page(cast.bob.pk)
    assert len(page.lines) == LINES_AT_ONCE
    rest = read_mention_page(cast.bob.pk, page.before)
    assert [entry.text for entry in rest.lines] == [f"{word} {number}" for number in (2, 1, 0)]
    assert rest.before is None
    html = log_in(cast.bob).get("/mentions/").content.decode()
    assert f"?before={page.before}" in html
    assert log_in(cast.bob).get("/mentions/?before=x").status_code == 200


# --- what it costs to read them ---------------------------------------------------------------------


def write_many(group: Group, author: User, mentioned: User | None, count: int = 3000) -> None:
    """Write messages that mention a person, or everybody, past the actions."""
    first = Group.objects.get(pk=group.pk).head + 1
    line = Entry.objects.create(
        group=group, position=first, change=first, kind="message", author=author, text="@x"
    )
    mention = Mention.objects.create(entry=line, group=group, position=first, user=mentioned)
    position = f"{first} + n"
    write_copies(line, count - 1, position=position, change=position)
    of_line = f"(SELECT e.id FROM discuss_entry e WHERE e.group_id = {group.pk} AND e.position = {position})"  # noqa: S608
    write_copies(mention, count - 1, position=position, entry_id=of_line)
    Group.objects.filter(pk=group.pk).update(head=first + count - 1)


def steps(act: Callable[[], object]) -> int:
    """Return how many hundreds of instructions SQLite takes for it."""
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += 1

    connection.ensure_connection()
    connection.connection.set_progress_handler(count, 100)
    try:
        act()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return taken


@pytest.mark.only_on("sqlite")
def test_older_mentions_cost_nothing_to_whoever_reads_the_latest(cast: Cast, garden: Group):
    """In a group where everybody is called each day, and in one of others."""
    others = actions.create_group(cast.cleo, name="Others")
    for group in (garden, cast.kitchen):
        write_many(group, cast.mod, None, 200)
        write_many(group, cast.mod, cast.bob, 200)
    both, people = [garden.pk, cast.kitchen.pk], [cast.ann.pk, cast.bob.pk]
    reads = (lambda: read_mention_page(cast.bob.pk), lambda: read_mentions(people, both))
    before = [steps(read) for read in reads]
    for group in (garden, others):
        write_many(group, cast.cleo, None)
        write_many(group, cast.cleo, cast.mod)
    assert len(read_mention_page(cast.bob.pk).lines) == LINES_AT_ONCE
    assert len(read_mentions(people, both).everybody[garden.pk]) == MANY
    after = [steps(read) for read in reads]
    assert max(b - a for a, b in zip(before, after, strict=True)) < 50, (before, after)


# --- the names that are offered ---------------------------------------------------------------------


def offered(user: User | None, group: Group, q: str = "") -> str:
    client = log_in(user) if user else Client()
    return client.get(f"{group.get_absolute_url()}names/", {"q": q}).content.decode()


def test_members_are_offered_whose_name_begins_so(cast: Cast):
    actions.change_display_name(cast.mod, display_name="Zoe Baker")
    assert 'value="ann"' in offered(cast.bob, cast.kitchen)
    assert 'value="mod"' in offered(cast.bob, cast.kitchen, "ZO")
    assert 'value="ann"' not in offered(cast.bob, cast.kitchen, "ZO")
    assert 'value="cleo"' not in offered(cast.bob, cast.kitchen)
    assert 'value="all"' not in offered(cast.bob, cast.kitchen)
    assert 'value="all"' in offered(cast.mod, cast.kitchen, "a")
    assert "Nobody is called so" in offered(cast.bob, cast.kitchen, "xyz")
    for outside in (cast.cleo, None):
        assert "value=" not in offered(outside, cast.kitchen)


def test_a_name_comes_into_the_field_with_what_was_written(cast: Cast):
    path = f"{cast.kitchen.get_absolute_url()}names/"
    html = log_in(cast.bob).post(path, {"name": "ann", "text": 'Hi "you" '}).content.decode()
    assert 'name="head" form="post-form" value="Hi &quot;you&quot; @ann "' in " ".join(html.split())
    assert "autofocus" in html
    assert 'id="picker"' in html
    data = {"name": "mod", "head": "Hi @ann ", "text": "and "}
    assert 'value="Hi @ann and @mod "' in log_in(cast.bob).post(path, data).content.decode()
    # To edit it, all of it stands in the field again.
    del data["name"]
    assert 'value="Hi @ann and "' in log_in(cast.bob).post(path, data).content.decode()
    assert log_in(cast.bob).post(path, {"name": "<b>", "text": "Hi"}).status_code == 204


def test_what_stands_before_a_field_is_part_of_the_message(cast: Cast):
    assert whole_texts({"text": ["A", "B"], "head": ["", "@ann "]}) == ["A", "@ann B"]
    assert whole_texts({"text": ["A", "B"], "head": "@ann "}) == ["A", "@ann B"]
    assert whole_texts({"text": "A"}) == ["A"]
    assert whole_texts({"text": [1, None], "head": [{}, "x"]}) == ["", "x"]
    assert whole_texts({}) == []
    data = {"head": "@ann ", "text": "soup?", "nonce": actions.new_nonce()}
    log_in(cast.bob).post(f"{cast.kitchen.get_absolute_url()}post/", data)
    assert cast.lines()[-1].text == "@ann soup?"


def test_a_part_that_is_a_mention_is_no_link():
    assert Part("@ann", mention="1").url == ""


@pytest.mark.parametrize(
    ("text", "is_mentioned"),
    [("**@bob** `x`", True), ("> @bob\nsoup", True), ("`@bob` is *code*", False)],
)
def test_mentions_stand_in_markup_and_not_in_code(cast: Cast, text: str, is_mentioned: bool):
    entry = cast.say(cast.ann, text)
    assert (f'<span class="mention" data-user="{cast.bob.pk}">@bob</span>' in line(entry)) == (
        is_mentioned
    )
    assert bool(rows(entry)) == is_mentioned
    assert bool(entry.mentioned) == is_mentioned
