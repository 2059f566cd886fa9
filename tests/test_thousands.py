"""What a program reads has no marks between its digits, whatever a language does; what people read has."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from discuss import actions
from discuss.live.person_frames import LOBBY_TITLE
from discuss.models import Entry, Group, Membership, User
from discuss.reading.log import read_page
from discuss.reading.members import Arrival, Moves, read_members
from discuss.rendering import fragments, kept
from discuss.rendering.audience import Audience
from tests.cast import Cast, gather, log_in
from tests.strays import READ

pytestmark = pytest.mark.django_db

MANY = 1_234_567
MARKED = re.compile(r"(?<!\d)\d{1,3}[,\s’']\d{3}(?!\d)")
EVERYONE = Audience.everyone()


@pytest.fixture
def cast(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The cast of a site where everything has a long number."""
    settings.USE_THOUSAND_SEPARATOR = True
    # What was rendered with other settings would be found here.
    kept.forget()
    with connection.cursor() as cursor:
        for model in (User, Group, Membership, Entry):
            table = model._meta.db_table
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, MANY])
    cast = gather()
    Group.objects.filter(pk=cast.kitchen.pk).update(head=MANY)
    cast.kitchen.refresh_from_db()
    for text in ("Soup", "Bread"):
        cast.say(cast.bob, text)
    assert cast.bob.pk > MANY
    assert cast.lines()[-1].position > MANY
    return cast


class _Values(HTMLParser):
    """Gathers what programs read: attributes, but for those that people do, and style sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.values += [value for name, value in attrs if value and name not in READ]

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.values.append(data)


def marked(html: str) -> list[str]:
    found = _Values()
    found.feed(html)
    return [value for value in found.values if MARKED.search(value)]


def test_marks_are_found():
    assert marked('<p id="entry-1,234">') == ["entry-1,234"]
    assert marked("<style>#entry-1,234 { }</style>") != []


@pytest.mark.parametrize(
    "path", ["/", "/?q=kit", "group", "group?before=1234569", "group?live=off"]
)
def test_a_page_has_no_marks_in_what_a_program_reads(cast: Cast, path: str):
    address = path.replace("group", cast.kitchen.get_absolute_url())
    Membership.objects.filter(user=cast.mod).update(read_upto=MANY)
    html = log_in(cast.mod).get(address).content.decode()
    assert str(cast.mod.pk) in html
    assert marked(html) == []


def test_the_framed_log_has_none(cast: Cast):
    for number in range(60):
        cast.say(cast.bob, str(number))
    html = log_in(cast.bob).get(f"{cast.kitchen.get_absolute_url()}log/").content.decode()
    assert f"before={cast.lines()[-50].position}" in html
    assert marked(html) == []


def test_a_fragment_has_none(cast: Cast):
    entries = read_page(cast.kitchen.pk).lines
    members = read_members(cast.kitchen.pk)
    moves = Moves(gone=[cast.bob.pk], arrivals=[Arrival(cast.ann.pk, list(members.named))])
    older: dict[str, Any] = {"lines": [], "oldest": MANY, "has_older": True}
    refused = fragments.Refusal(cast.kitchen, "Soup", "1", "Why not")
    for html in (
        fragments.line(entries[-1], EVERYONE, replaces=True),
        fragments.line_unshown(entries[-1], EVERYONE),
        fragments.log_moved(EVERYONE, added=["1"], replaced=[], cursor=MANY, announced=entries),
        fragments.log_replaced(EVERYONE, cursor=MANY, epoch="1", **older),
        fragments.history_added(EVERYONE, **older),
        fragments.members_changed(EVERYONE, members=members),
        fragments.members_moved(EVERYONE, members=members, moves=moves),
        fragments.end_renewed(EVERYONE, position=MANY),
        fragments.message_answered(EVERYONE, answered=MANY),
        fragments.message_answered(EVERYONE, answered=MANY, refusal=refused),
        fragments.title_changed(EVERYONE, title=LOBBY_TITLE, unread="99+"),
        fragments.at_hand(),
    ):
        assert marked(html) == []
    assert f'value="{MANY}"' in fragments.end_renewed(EVERYONE, position=MANY)


def test_what_people_read_has_them(cast: Cast):
    group = Group.objects.listed().get(pk=cast.kitchen.pk)
    group.member_count = 1234
    assert "1,234 members" in fragments.group_changed(EVERYONE, group=group)
    assert "at most 4,000 characters" in fragments.draft()


def test_a_page_that_shows_long_numbers_can_be_used(cast: Cast):
    """What its fields hold is what the server takes."""
    client = log_in(cast.bob)
    address = cast.kitchen.get_absolute_url()
    html = client.get(address).content.decode()
    (reader,) = re.findall(r'name="reader"\s+form="post-form"\s+value="(\d+)"', html)
    sent = {"text": "Salt", "nonce": actions.new_nonce(), "reader": reader}
    assert client.post(f"{address}post/", sent).headers["Location"] == address
