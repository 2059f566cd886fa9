"""Messages are found by their words: the same ones in both databases, and only by who may read them."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st

from discuss import actions
from discuss.actions.change import next_change, write_lines
from discuss.db import search_index, search_tables
from discuss.db.search_index import Row, Wanted
from discuss.db.search_tables import CONDITION, EXPRESSION, TABLE
from discuss.models import Entry, User
from discuss.reading.search import Results, best_hits, newest_hits, read_scope
from discuss.rules.queries import Query, QueryError, read_query
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def found(user: User, typed: str, **more: Any) -> list[str]:
    """Search as this person, and return the texts that were found, the newest first."""
    actions.index_new()
    results = newest_hits(read_scope(user), read_query(typed), **more)
    assert (
        results.count == min(len(results.hits), 100) or results.is_more or len(results.hits) == 25
    )
    return [hit.entry.text for hit in results.hits]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("soup", ["Hot ", "[soup]", ", see here"]),
        ("from:ann", ["Hot soup, see here"]),
        # That is seen in the source alone.
        ("example.org", ["Hot **soup**, see [here](https://", "[example.org]", "/)"]),
    ],
)
def test_a_hit_is_shown_without_its_markup(cast: Cast, typed: str, shown: list[str]):
    cast.say(cast.ann, "Hot **soup**, see [here](https://example.org/)")
    actions.index_new()
    (hit,) = newest_hits(read_scope(cast.bob), read_query(typed)).hits
    assert [f"[{each.text}]" if each.is_marked else each.text for each in hit.pieces] == shown


# What was written, what is typed, and whether that finds it.
FOUND = [
    ("Soup for everybody", "soup", True),
    ("Soup for everybody", "every", True),
    ("Soup for everybody", "body", False),
    ("Soup for everybody", "sou", False),
    ("Soup for everybody", "sou*", True),
    ("Soup for everybody", '"soup for"', True),
    ("Soup for everybody", '"for soup"', False),
    ("Soup for everybody", '"soup everybody"', False),
    ("Soup for everybody", '"soup f"', False),
    ("Soup for everybody", '"soup f"*', True),
    ("Soup for everybody", "soup bread", False),
    ("Soup for everybody", "everybody soup", True),
    ("Über den Dächern", "uber DACHERN", True),
    ("Uber den Dachern", "über dächern", True),
    ("GROSSE STRASSE", "große straße", True),
    ("ΟΔΟΣ Ελένης", "οδός ελενης", True),
    ("Ещё один йод", "еще йод", True),
    ("İstanbul", "istanbul", True),
    ("Ａｎｎ ﬁndet", "ann finde", True),
    ("مُحَمَّد", "محمد", True),
    ("שָׁלוֹם", "שלום", True),
    ("نامه\u200cای", "نامهای", True),
    ("今日は日本語を勉強します", "日本語", True),
    ("今日は日本語を勉強します", "勉強", True),
    ("今日は日本語を勉強します", "強勉", False),
    ("今日は日本語を勉強します", "日", True),
    ("今日は日本語を勉強します", "す", True),
    ("今日は日本語を勉強します", "日本人", False),
    ("สวัสดีครับ", "ครับ", True),
    ("我们去吃饭 at 8", "吃饭 at", True),
    ("한국어는 좋다", "한국어", True),
    ("Well done 🎉", "🎉", True),
    ("Version 1.5 is out", "1.5", True),
    ("Version 15 is out", "1.5", False),
    ("See https://example.org/menu", "example.org", True),
    ("snake_case", "snake", True),
    ("It was posted", "posting", True),
    ("A story", "stories", True),
    ("Two stories", "story", True),
    ("It was posted", '"posting"', False),
    ("A note", "not", False),
    ("x" * 60, "x" * 60, True),
    ("Percent % and \\ and ' and \"", "percent", True),
    ("Soup", "SOUP; DROP TABLE x --", False),
]


@pytest.mark.parametrize(("text", "typed", "is_found"), FOUND)
def test_a_message_is_found_by_its_words(cast: Cast, text: str, typed: str, is_found: bool):
    cast.say(cast.ann, "Something else")
    cast.say(cast.ann, text)
    assert found(cast.bob, typed) == ([text] if is_found else [])


WORDS_OF = [text for text, _, _ in FOUND] + [
    "日 日本 日本語 日本語学 abc日本x",
    "ﬁ ½ ㎏ … ™ Ⅷ ㈱",
    "🎉🎉🎉 a🎉b",
    "a\u0301\u0301 x\u0301",
    "ß ẞ ŉ ǰ ΐ և ﬓ ι\u0345",
    "Σίσυφος ΣΊΣΥΦΟΣ",
    "ａｂｃ＿ｄｅｆ（ｘ）",
    "ミ゛ ﾊﾞﾅﾅ バナナ",
    "မြန်မာ ភាសាខ្មែរ ພາສາລາວ",
    "हिन्दी में",
    "a\u200bb\u00adc",
    "أَهْلًا آدم ـــ",
    "x" * 39 + " " + "y" * 40 + " " + "z" * 41 + " " + "é" * 90,
    "tab\tnew\nline\u2028",
    "!!!",
    "",
]


@pytest.mark.only_on("postgresql")
def test_postgresql_keeps_the_words_that_sqlite_keeps():
    moment = datetime.datetime(2026, 11, 30, 23, 59, tzinfo=datetime.UTC)
    differing = {}
    for text in WORDS_OF:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT tsvector_to_array({search_tables.FUNCTION}(32769, 7, NULL, %s, %s))",
                [moment, text],
            )
            (words,) = cursor.fetchone()
        assert set(words) >= {"g_7", "b_1", "c_0", f"m_{2026 * 12 + 10}", f"d_{moment.toordinal()}"}
        kept = set(search_index._kept(Row(32769, 7, None, moment, text)).split(" "))
        if set(words) - {"b_1", "c_0"} != kept - {""}:
            differing[text] = set(words) ^ kept
    assert differing == {}


# --- who finds what -------------------------------------------------------------------------------------


def test_only_members_find_what_is_said_in_a_group(cast: Cast):
    cast.say(cast.ann, "Soup")
    assert found(cast.bob, "soup") == ["Soup"]
    assert found(cast.cleo, "soup") == []
    actions.join_group(cast.cleo, group=cast.kitchen)
    assert found(cast.cleo, "soup") == ["Soup"]
    actions.leave_group(cast.member(cast.cleo))
    assert found(cast.cleo, "soup") == []


@pytest.mark.parametrize("hits", [newest_hits, best_hits])
def test_who_leaves_while_they_search_finds_nothing(cast: Cast, hits: Callable[..., Results]):
    cast.say(cast.bob, "Soup")
    actions.index_new()
    scope = read_scope(cast.bob)
    actions.leave_group(cast.member(cast.bob))
    assert hits(scope, read_query("soup")).hits == []


def test_a_group_that_is_deleted_meanwhile_is_not_searched(cast: Cast):
    cast.say(cast.bob, "Soup")
    actions.index_new()
    scope = read_scope(cast.bob)
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    assert newest_hits(scope, read_query("soup")).hits == []


def test_nobody_names_a_group_that_they_are_not_in(cast: Cast):
    cast.say(cast.ann, "Soup")
    assert found(cast.bob, "soup in:kitchen") == ["Soup"]
    assert found(cast.cleo, "soup in:kitchen") == []
    scope = read_scope(cast.cleo, cast.kitchen.uuid)
    assert scope.chosen is None
    assert newest_hits(scope, read_query("soup")).hits == []


def test_a_removed_message_is_found_by_nobody(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    cast.say(cast.bob, "More soup")
    assert len(found(cast.bob, "soup")) == 2
    actions.hide_message(cast.member(cast.mod), entry=entry)
    assert found(cast.bob, "soup") == found(cast.mod, "soup") == ["More soup"]


def test_an_edited_message_is_found_by_what_it_says_now(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    assert found(cast.bob, "soup") == ["Soup"]
    actions.edit_message(cast.member(cast.bob), entry=entry, text="Bread")
    assert found(cast.bob, "soup") == []
    assert found(cast.bob, "bread") == ["Bread"]
    assert indexed("BREAD") == [entry.pk]
    assert indexed("SOUP") == []


def test_events_are_not_found(cast: Cast):
    actions.change_group(cast.member(cast.ann), group=cast.kitchen, name="Cellar", description="")
    assert found(cast.bob, "cellar") == []


def test_a_group_that_is_being_deleted_is_not_searched(cast: Cast):
    cast.say(cast.ann, "Soup")
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    assert found(cast.bob, "soup") == []


def test_of_a_deleted_group_nothing_stays_in_the_index(cast: Cast):
    entry = cast.say(cast.ann, "Soup")
    actions.index_new()
    assert indexed("SOUP") == [entry.pk]
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    actions.finish_deletions()
    assert indexed("SOUP") == []


def test_messages_of_a_deleted_account_are_found_and_not_by_its_name(cast: Cast):
    cast.say(cast.bob, "Soup")
    cast.delete(cast.bob)
    assert found(cast.ann, "soup") == ["Soup"]
    assert found(cast.ann, "soup from:bob") == []


def test_several_posted_at_once_are_found(cast: Cast):
    drafts = [
        actions.Draft(cast.member(user), f"Soup of {user.name}", actions.new_nonce())
        for user in (cast.ann, cast.bob, cast.mod)
    ]
    actions.post_messages(drafts)
    assert found(cast.bob, "soup") == ["Soup of mod", "Soup of bob", "Soup of ann"]
    assert found(cast.bob, "soup from:bob") == ["Soup of bob"]


def indexed(word: str) -> list[int]:
    """Return the keys of the messages that the index has by this word, in whatever group."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s",  # noqa: S608
                [word],
            )
        else:
            cursor.execute(
                f"SELECT id FROM discuss_entry WHERE {CONDITION} AND {EXPRESSION} @@ %s::tsquery",  # noqa: S608
                [word],
            )
        return [pk for (pk,) in cursor.fetchall()]


# --- conditions -----------------------------------------------------------------------------------------


def test_by_author(cast: Cast):
    for user in (cast.ann, cast.bob):
        cast.say(user, f"Soup of {user.name}")
    assert found(cast.bob, "soup from:ANN") == ["Soup of ann"]
    assert found(cast.bob, "soup from:@ann") == ["Soup of ann"]
    assert found(cast.bob, "soup from:me") == ["Soup of bob"]
    assert found(cast.bob, "from:me") == ["Soup of bob"]
    assert found(cast.bob, "from:ann from:bob") == ["Soup of bob", "Soup of ann"]
    assert found(cast.bob, "soup from:nobody") == []


def test_by_the_name_that_others_see(cast: Cast):
    cast.say(cast.ann, "Soup")
    actions.change_display_name(cast.ann, display_name="Ann Lee")
    assert found(cast.bob, 'soup from:"ann lee"') == ["Soup"]
    assert found(cast.bob, "soup from:ann") == ["Soup"]


def test_by_group(cast: Cast):
    cellar = actions.create_group(cast.bob, name="Wine Cellar")
    member = cellar.memberships.select_related("user", "group").get(user=cast.bob)
    actions.post_message(member, text="Cold soup", nonce=actions.new_nonce())
    cast.say(cast.bob, "Hot soup")
    assert found(cast.bob, "soup") == ["Hot soup", "Cold soup"]
    assert found(cast.bob, 'soup in:"wine cellar"') == ["Cold soup"]
    assert found(cast.bob, "soup in:WINE") == ["Cold soup"]
    assert found(cast.bob, "in:kitchen") == ["Hot soup"]
    assert found(cast.bob, "soup in:garden") == []
    scope = read_scope(cast.bob, cellar.uuid)
    assert [hit.entry.text for hit in newest_hits(scope, read_query("soup")).hits] == ["Cold soup"]


def write(cast: Cast, text: str, moment: datetime.datetime) -> None:
    """Write a message into the log that was posted then."""
    with next_change(cast.kitchen.pk) as change:
        change.add_line("message", author=cast.ann, text=text, timestamp=moment)


DAYS = [
    ("after:2026-01-31", ["February", "March"]),
    ("after:2026-02-01", ["March"]),
    ("before:2026-02-01", ["January"]),
    ("before:2026-02-02", ["January", "February"]),
    ("on:2026-02-01", ["February"]),
    ("after:2025-12-31 before:2026-02-10", ["January", "February"]),
    ("soup after:2026-01-31", []),
    ("march after:2026-01-31", ["March"]),
    ("after:1999-12-31", ["January", "February", "March"]),
]


@pytest.mark.parametrize(("typed", "texts"), DAYS)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_by_days_of_the_readers_zone(cast: Cast, zone: str, typed: str, texts: list[str]):
    with timezone.override(zone):
        for text, day in (
            ("January", (2026, 1, 31)),
            ("February", (2026, 2, 1)),
            ("March", (2026, 3, 1)),
        ):
            moment = timezone.make_aware(
                datetime.datetime(*day, 23 if text == "January" else 0, 30)
            )
            write(cast, text, moment)
        assert found(cast.bob, typed) == texts[::-1]


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ((2026, 3, 1), (2026, 5, 1), ["m24314", "m24315"]),
        ((2026, 2, 27), (2026, 4, 2), ["d739674", "d739675", "m24314", "d739707"]),
        ((2026, 3, 5), (2026, 3, 7), ["d739680", "d739681"]),
        ((2025, 12, 31), (2026, 1, 2), ["d739616", "d739617"]),
    ],
)
def test_months_and_days_are_asked_for(since: Any, until: Any, words: list[str]):
    begin = datetime.time(tzinfo=datetime.UTC)
    moments = [datetime.datetime.combine(datetime.date(*day), begin) for day in (since, until)]
    assert [word.text.replace("_", "") for word in search_index._times(*moments)] == words


def test_a_search_of_long_ago_asks_for_few_months(cast: Cast):
    until = datetime.datetime(2026, 3, 9, tzinfo=datetime.UTC)
    assert len(search_index._times(None, until)) < 400
    old = datetime.datetime(1985, 3, 9, tzinfo=datetime.UTC)
    write(cast, "Old soup", old)
    assert found(cast.bob, "soup before:2026-03-09") == ["Old soup"]
    assert found(cast.bob, "soup on:1985-03-09") == ["Old soup"]
    assert found(cast.bob, "soup after:2026-03-09") == []


SENSELESS = [
    "!!!",
    "a*",
    "after:tomorrow",
    "on:2026-02-30",
    "from: ann",
    "from:",
    "*",
    '""',
    "a " * 30,
]


@pytest.mark.parametrize("typed", SENSELESS)
def test_what_makes_no_sense_is_said(typed: str):
    with pytest.raises(QueryError) as raised:
        read_query(typed)
    assert "%" not in raised.value.code.label % {"typed": raised.value.typed}


@given(typed=st.text(max_size=60))
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_nothing_that_is_typed_does_harm(cast: Cast, typed: str):
    try:
        query = read_query(typed)
    except QueryError:
        return
    if query != Query():
        newest_hits(read_scope(cast.bob), query)


@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_a_message_is_found_by_its_own_text(cast: Cast, text: str):
    """Whatever the databases make of it: what the index needs to know of a text it does know."""
    text = text.replace('"', " ").strip()
    with transaction.atomic():
        try:
            query = read_query(f'"{text}"')
        except QueryError:
            return
        entry = Entry(
            group=cast.kitchen, kind="message", author=cast.ann, position=99, change=99, text=text
        )
        write_lines([entry])
        while actions.index_new():
            pass
        wanted = Wanted(query, [cast.kitchen.pk], [], None, None)
        assert search_index.newest(wanted, below=None, limit=9) == [entry.pk]
        transaction.set_rollback(True)
