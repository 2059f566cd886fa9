"""Saved messages: for oneself alone, with what they say now, from the groups that one is in."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from discuss import actions
from discuss.actions import Refused
from discuss.models import Bookmark, Entry
from discuss.reading import bookmarks
from tests.cast import Cast, log_in
from tests.document import Document, text

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
SAVED = reverse("saved")


def shown(client: Client, query: str = "") -> list[str]:
    """Return the words of each message on the page."""
    page = Document(client.get(SAVED + query).content.decode()).document
    return [text(found) for found in page.xpath("//main//*[contains(@class, 'said')]")]


def test_what_is_saved_is_listed_newest_first_with_what_it_says_now(cast: Cast):
    bob, client = cast.member(cast.bob), log_in(cast.bob)
    assert shown(client) == []
    first, second = cast.say(cast.bob, "Soop"), cast.say(cast.ann, "Bread")
    for entry in (first, second, first):
        actions.save_message(bob, entry=entry)
    assert shown(client) == ["Bread", "Soop"]
    actions.edit_message(bob, entry=first, text="Soup")
    assert shown(client) == ["Bread", "Soup"]
    page = client.get(SAVED).content.decode()
    assert (
        f'href="{reverse("line", args=[cast.kitchen.uuid, first.position])}#entry-{first.pk}"'
        in page
    )


def test_nobody_else_sees_it_and_no_page_changes(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    head, before = cast.head(), Entry.objects.values().get(pk=entry.pk)
    actions.save_message(cast.member(cast.bob), entry=entry)
    assert cast.head() == head
    assert Entry.objects.values().get(pk=entry.pk) == before
    assert shown(log_in(cast.ann)) == []
    address = reverse("line_menu", args=[cast.kitchen.uuid, entry.position])
    menus = [log_in(user).get(address, headers=HTMX) for user in (cast.ann, cast.bob)]
    assert ["unsave/" in menu.content.decode() for menu in menus] == [False, True]


def test_what_was_removed_keeps_its_place_and_can_be_forgotten(cast: Cast):
    entry, bob = cast.say(cast.ann, "Soup"), cast.member(cast.bob)
    actions.save_message(bob, entry=entry)
    actions.hide_message(cast.member(cast.ann), entry=entry)
    client = log_in(cast.bob)
    assert shown(client) == ["This message was removed."]
    assert "Soup" not in client.get(SAVED).content.decode()
    with pytest.raises(Refused, match="was removed"):
        actions.save_message(bob, entry=entry)
    page = Document(client.get(SAVED).content.decode()).document
    (action,) = page.xpath("//main//form/@action")
    response = client.post(action)
    assert response.headers["Location"] == SAVED
    assert shown(client) == []
    # As after a lost answer.
    actions.unsave_message(bob, entry=entry)


def test_of_a_group_that_one_left_nothing_is_there_until_one_comes_back(cast: Cast):
    entry, bob = cast.say(cast.ann, "Soup"), cast.member(cast.bob)
    actions.save_message(bob, entry=entry)
    actions.leave_group(bob)
    client = log_in(cast.bob)
    assert shown(client) == []
    for act in (actions.save_message, actions.unsave_message):
        with pytest.raises(Refused, match="not a member"):
            act(bob, entry=entry)
    actions.join_group(cast.bob, group=cast.kitchen)
    assert shown(client) == ["Soup"]
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    assert shown(client) == []
    actions.finish_deletions()
    assert not Bookmark.objects.exists()


def test_events_and_lines_of_other_groups_are_not_saved(cast: Cast):
    attic = actions.create_group(cast.cleo, name="Attic")
    cleo = attic.memberships.get(user=cast.cleo)
    with pytest.raises(Refused, match="no such message"):
        actions.save_message(cleo, entry=cast.say(cast.bob, "Soup"))
    with pytest.raises(Refused, match="no such message"):
        actions.save_message(cast.member(cast.bob), entry=cast.lines()[0])


def test_what_was_saved_before_is_on_further_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bookmarks, "SAVED_AT_ONCE", 2)
    bob, client = cast.member(cast.bob), log_in(cast.bob)
    for number in range(5):
        actions.save_message(bob, entry=cast.say(cast.ann, f"Soup {number}"))
    pages, query = [], ""
    while True:
        page = Document(client.get(SAVED + query).content.decode()).document
        pages.append(shown(client, query))
        further = page.xpath("//main//a[starts-with(@href, '?before=')]/@href")
        if not further:
            break
        (query,) = further
    assert pages == [["Soup 4", "Soup 3"], ["Soup 2", "Soup 1"], ["Soup 0"]]
    assert shown(client, "?before=x") == pages[0]


def test_the_page_takes_as_many_statements_whatever_is_saved(cast: Cast):
    bob, client = cast.member(cast.bob), log_in(cast.bob)
    counts = []
    for number in range(5):
        actions.save_message(bob, entry=cast.say(cast.ann, f"Soup {number}"))
        client.get(SAVED)
        with CaptureQueriesContext(connection) as queries:
            client.get(SAVED)
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts


def test_an_account_that_is_deleted_takes_them_along(cast: Cast):
    entry = cast.say(cast.ann, "Soup")
    actions.save_message(cast.member(cast.bob), entry=entry)
    cast.delete(cast.bob)
    assert not Bookmark.objects.exists()
    assert Entry.objects.filter(pk=entry.pk).exists()
