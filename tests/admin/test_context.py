"""What stands around a line: staff with the right read it without joining, and nobody else does."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from discuss import actions
from discuss.models import Entry, Event, Group, Membership, Message, Presence, User
from discuss.rules import roles
from tests.admin.desk import url
from tests.cast import Cast, log_in
from tests.document import Document
from tests.hidden import hide
from tests.test_grid import whole

NOBODYS = 987654


def context(entry: Entry, query: str = "", model: Any = Message) -> str:
    return reverse(f"admin:discuss_{model._meta.model_name}_context", args=[entry.pk]) + query


def shown(response: Any) -> list[str]:
    """Return the texts of the messages of the page, in order."""
    html = Document(response.content.decode()).document
    texts = html.xpath("//li[contains(@class, 'line')]//*[contains(@class, 'text')]/text()")
    return [text.strip() for text in texts]


def link(response: Any, rel: str) -> str | None:
    html = Document(response.content.decode()).document
    (address, *_) = html.xpath(f"//a[@rel='{rel}']/@href") or [None]
    return address


@pytest.fixture
def reader(cast: Cast) -> User:
    """Staff who may read contexts, and do nothing else."""
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_entry"))
    return user


def test_a_line_stands_among_those_around_it(cast: Cast, reader: User) -> None:
    said = [cast.say(cast.bob, f"soup {number}") for number in range(130)]
    theirs = log_in(reader)
    page = theirs.get(context(said[60]))
    assert shown(page) == [f"soup {number}" for number in range(35, 85)]
    assert f'id="entry-{said[60].pk}"' in page.content.decode()
    older = theirs.get(context(said[60], link(page, "prev") or ""))
    assert shown(older) == [f"soup {number}" for number in range(35)]
    assert link(older, "prev") is None
    newer = theirs.get(context(said[60], link(page, "next") or ""))
    assert shown(newer) == [f"soup {number}" for number in range(85, 130)]
    assert link(newer, "next") is None
    for back, rel in ((older, "next"), (newer, "prev")):
        again = theirs.get(context(said[60], link(back, rel) or ""))
        assert shown(again) == [f"soup {number}" for number in range(35, 85)]
    # A number that is none is left alone.
    assert shown(theirs.get(context(said[60], "?before=soup"))) == shown(page)


def test_an_event_has_one_too(cast: Cast, reader: User) -> None:
    cast.say(cast.bob, "soup")
    event = Event.objects.earliest("pk")
    assert shown(log_in(reader).get(context(event, model=Event))) == ["soup"]
    # Each at its own address.
    assert log_in(reader).get(context(event)).status_code == 404


def test_the_admin_leads_there_who_may(cast: Cast, desk: Client, reader: User) -> None:
    entry = cast.say(cast.bob, "soup")
    pages = (url(Message, "changelist"), url(Message, "change", entry.pk))
    address = f'href="{context(entry)}#entry-{entry.pk}"'
    for page in pages:
        assert address in desk.get(page).content.decode()
    reader.user_permissions.set([Permission.objects.get(codename="view_message")])
    for page in pages:
        response = log_in(reader).get(page)
        assert response.status_code == 200
        assert "/context/" not in response.content.decode()


def test_what_was_removed_is_read_by_whoever_may_see_it_in_the_admin(
    cast: Cast, reader: User
) -> None:
    entry = cast.say(cast.bob, "watches <b>")
    actions.hide_message(cast.member(cast.mod), entry=entry)
    html = log_in(reader).get(context(entry)).content.decode()
    assert "This message was removed." in html
    assert "watches" not in html
    reader.user_permissions.add(Permission.objects.get(codename="view_message"))
    html = log_in(reader).get(context(entry)).content.decode()
    assert "This message was removed." in html
    assert "watches &lt;b&gt;" in html


def test_it_is_a_page_without_scripts_fields_or_frames(cast: Cast, reader: User) -> None:
    entry = cast.say(cast.bob, "soup")
    response = log_in(reader).get(context(entry))
    html = Document(response.content.decode()).document
    assert not html.xpath("//main//script | //head//script | //iframe | //meta[@http-equiv]")
    assert not html.xpath("//main//form | //main//input | //main//textarea")
    # Those of lines open what is not there, so a style sheet leaves them out.
    assert not html.xpath("//main//button[not(contains(@class, 'menu-button'))]")
    assert not html.xpath("//*[@ws-connect or @hx-ext or @id='live']")


def test_nobody_keeps_it(cast: Cast, reader: User) -> None:
    entry = cast.say(cast.bob, "soup")
    kept = log_in(reader).get(context(entry))["Cache-Control"]
    assert {"private", "no-store"} <= set(kept.split(", "))


def test_to_read_it_changes_nothing(cast: Cast, reader: User) -> None:
    entry = cast.say(cast.bob, "soup")

    def state() -> list[Any]:
        tables = (Group, Membership, Entry, Presence)
        return [list(model.objects.order_by("pk").values()) for model in tables]

    before = state()
    for query in ("", "?before=3", "?after=1"):
        assert log_in(reader).get(context(entry, query)).status_code == 200
    assert state() == before
    assert log_in(reader).post(context(entry)).status_code in {200, 405}
    assert state() == before


def test_a_long_log_costs_as_many_queries_as_a_short_one(cast: Cast, desk: Client) -> None:
    counts = []
    for more in (3, 200):
        entries = [cast.say(cast.bob, f"soup {number}") for number in range(more)]
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(context(entries[more // 2])).status_code == 200
        counts.append(len(queries))
    # Four of them are for the header: what waits for a moderator, and of which appeals they did the act.
    assert counts[0] == counts[1] <= 10


# --- who may not ------------------------------------------------------------------------------------------


def same_as_none(client: Client, entry: Entry) -> bool:
    """Whether a line that is there is answered as one that is not, to the byte."""
    pages = []
    for pk in (entry.pk, NOBODYS):
        address = reverse("admin:discuss_message_context", args=[pk])
        for query in ("", "?before=4"):
            response = client.get(address + query)
            pages.append(whole(response, f"message/{pk}/"))
    return pages[:2] == pages[2:]


def strangers(cast: Cast) -> dict[str, Client]:
    clerk = User.objects.create_user("clerk", is_staff=True)
    # All that others need to see messages in the admin.
    clerk.user_permissions.set(
        Permission.objects.filter(codename__in=["view_message", "view_event", "view_group"])
    )
    closed = User.objects.create_superuser("closed", is_active=False)
    people = {name: log_in(getattr(cast, name)) for name in ("ann", "bob", "cleo", "mod")}
    return {"nobody": Client(), "closed": log_in(closed), "clerk": log_in(clerk), **people}


def test_who_may_not_is_told_what_a_line_that_is_none_is(cast: Cast, desk: Client) -> None:
    entry = cast.say(cast.bob, "soup")
    # The test could fail.
    assert not same_as_none(desk, entry)
    for who, client in strangers(cast).items():
        assert same_as_none(client, entry), who
        assert "soup" not in client.get(context(entry), follow=True).content.decode()


def test_of_a_group_that_one_may_not_find_there_is_none(
    cast: Cast, desk: Client, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = cast.say(cast.bob, "soup")
    theirs = log_in(reader)
    assert not same_as_none(theirs, entry)
    hide(monkeypatch, pk=cast.kitchen.pk)
    assert same_as_none(theirs, entry)
    # Superusers deal with all groups.
    assert shown(desk.get(context(entry))) == ["soup"]


def test_of_a_group_that_is_deleted_there_is_none(cast: Cast, boss: User, desk: Client) -> None:
    entry = cast.say(cast.bob, "soup")
    actions.delete_group(boss, group=cast.kitchen)
    assert same_as_none(desk, entry)


def test_it_obeys_the_table_of_roles(
    cast: Cast, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = cast.say(cast.bob, "soup")
    monkeypatch.setitem(roles.TABLE["read"], roles.STAFF, roles.NO)
    assert desk.get(context(entry)).status_code == 403
