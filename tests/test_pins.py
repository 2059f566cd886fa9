"""Pins: a list of what matters, made by moderators, which each open page shows as a fresh load does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from discuss import actions
from discuss.actions import Refused
from discuss.db.workers import in_worker
from discuss.models import Kind
from discuss.reading import pins
from discuss.reading.pins import read_pins
from tests.cast import Cast, log_in
from tests.document import Document, text
from tests.page import Page, enter

HTMX = {"HX-Request": "true"}


def listed(page: Document) -> list[str]:
    """Return the words of each message on the list; the button says how many there are."""
    words = [text(found) for found in page.element("pins-list").xpath(".//*[@class='words']")]
    counts = [text(found) for found in page.element("pins").xpath(".//*[@class='count']")]
    assert counts == ([str(len(words))] if words else [])
    return words


def load(cast: Cast) -> Document:
    return Document(log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode())


@pytest.mark.django_db
def test_a_pinned_message_is_listed_and_marked_and_the_log_says_who_did_it(cast: Cast):
    first, second = cast.say(cast.bob, "Soup"), cast.say(cast.ann, "Bread")
    assert listed(load(cast)) == []
    actions.pin_message(cast.member(cast.mod), entry=second)
    actions.pin_message(cast.member(cast.ann), entry=first)
    page = load(cast)
    assert listed(page) == ["Soup", "Bread"]
    assert len(page.document.xpath("//*[@class='pin-mark']")) == 2
    event = cast.lines()[-1]
    assert (event.kind, event.author, event.details) == (Kind.PINNED, cast.ann, {"line": 4})
    said = page.element(f"entry-{event.pk}")
    assert text(said).startswith("ann pinned a message")
    assert said.xpath(".//a/@href") == [reverse("line", args=[cast.kitchen.uuid, 4])]


@pytest.mark.django_db
def test_what_was_pinned_already_changes_nothing_and_unpinned_it_is_gone_without_a_line(cast: Cast):
    entry, mod = cast.say(cast.bob, "Soup"), cast.member(cast.mod)
    actions.unpin_message(mod, entry=entry)
    assert cast.head() == entry.position
    for _ in range(2):
        actions.pin_message(mod, entry=entry)
    assert cast.head() == entry.position + 1
    count = len(cast.lines())
    actions.unpin_message(mod, entry=entry)
    entry.refresh_from_db()
    assert entry.change == cast.head() == entry.position + 2
    assert len(cast.lines()) == count
    page = load(cast)
    assert listed(page) == []
    assert not page.document.xpath("//*[@class='pin-mark']")


@pytest.mark.django_db
def test_members_do_not_pin(cast: Cast):
    entry = cast.say(cast.bob, "Soup")
    for act in (actions.pin_message, actions.unpin_message):
        with pytest.raises(Refused, match="Only an owner or a moderator may pin"):
            act(cast.member(cast.bob), entry=entry)
    menus = [
        log_in(user).get(
            reverse("line_menu", args=[cast.kitchen.uuid, entry.position]), headers=HTMX
        )
        for user in (cast.bob, cast.mod)
    ]
    assert ["/pin/" in menu.content.decode() for menu in menus] == [False, True]


@pytest.mark.django_db
def test_a_removed_message_is_not_listed_nor_pinned(cast: Cast):
    entry, mod = cast.say(cast.bob, "Soup"), cast.member(cast.mod)
    actions.pin_message(mod, entry=entry)
    actions.hide_message(mod, entry=entry)
    page = load(cast)
    assert listed(page) == []
    assert not page.document.xpath("//*[@class='pin-mark']")
    with pytest.raises(Refused, match="was removed"):
        actions.pin_message(mod, entry=entry)
    with pytest.raises(Refused, match="no such message"):
        actions.pin_message(mod, entry=cast.lines()[-1])


@pytest.mark.django_db
def test_a_group_has_so_many_pins_and_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discuss.actions.pins.MOST_PINS", 2)
    monkeypatch.setattr(pins, "MOST_PINS", 2)
    entries, mod = [cast.say(cast.bob, f"Soup {n}") for n in range(3)], cast.member(cast.mod)
    for entry in entries[:2]:
        actions.pin_message(mod, entry=entry)
    with pytest.raises(Refused, match="many pinned"):
        actions.pin_message(mod, entry=entries[2])
    # What was removed makes room.
    actions.hide_message(mod, entry=entries[0])
    actions.pin_message(mod, entry=entries[2])
    assert [entry.text for entry in read_pins(cast.kitchen.pk)] == ["Soup 2", "Soup 1"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_open_pages_follow_pins_edits_removals_and_who_goes(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    entry = await in_worker(cast.say, cast.bob, "Soup")
    other = await in_worker(cast.say, cast.bob, "Bread")
    page = await enter(cast.ann, path)
    mod, bob = await in_worker(cast.member, cast.mod), await in_worker(cast.member, cast.bob)

    async def shows(*words: str) -> None:
        await page.until(lambda page: listed(page) == [*words])
        fresh = await Page.open(page.client, path)
        for panel in ("pins", "pins-list"):
            assert text(page.element(panel)) == text(fresh.element(panel))

    for each in (entry, other):
        await in_worker(actions.pin_message, mod, entry=each)
    await shows("Bread", "Soup")
    await in_worker(actions.edit_message, bob, entry=entry, text="Salad")
    await shows("Bread", "Salad")
    await in_worker(actions.hide_message, mod, entry=other)
    await shows("Salad")
    await in_worker(cast.delete, cast.bob)
    await page.until(lambda page: "someone" in text(page.element("pins-list")))
    await shows("Salad")
    await in_worker(actions.unpin_message, mod, entry=entry)
    await shows()


@pytest.mark.django_db
def test_pins_of_one_group_are_nothing_to_another(cast: Cast):
    attic = actions.create_group(cast.bob, name="Attic")
    entry = cast.say(cast.bob, "Soup")
    actions.pin_message(cast.member(cast.mod), entry=entry)
    assert read_pins(attic.pk) == []
    bob = attic.memberships.get(user=cast.bob)
    with pytest.raises(Refused, match="no such message"):
        actions.pin_message(bob, entry=entry)


@pytest.mark.django_db
def test_plain_forms_pin_and_unpin(cast: Cast):
    entry, mod = cast.say(cast.bob, "Soup"), log_in(cast.mod)
    address = reverse("line_menu", args=[cast.kitchen.uuid, entry.position])
    for verb in ("pin", "unpin"):
        page = Document(mod.get(address).content.decode()).document
        (action,) = page.xpath(f"//button[@form='reacting']/@formaction[contains(., '/{verb}/')]")
        mod.post(action)
        entry.refresh_from_db()
        assert entry.is_pinned == (verb == "pin")


@pytest.mark.django_db
def test_a_page_takes_as_many_statements_whatever_is_pinned(cast: Cast):
    entries, mod = [cast.say(cast.bob, f"Soup {n}") for n in range(6)], cast.member(cast.mod)
    ann, path = log_in(cast.ann), cast.kitchen.get_absolute_url()
    counts = []
    for entry in entries:
        ann.get(path)
        with CaptureQueriesContext(connection) as queries:
            ann.get(path)
        counts.append(len(queries))
        actions.pin_message(mod, entry=entry)
    assert counts[1:-1] == counts[2:]


@pytest.mark.django_db
def test_they_are_found_by_their_index(cast: Cast):
    with connection.cursor() as cursor:
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        sql = "SELECT id FROM discuss_entry WHERE group_id = 1 AND pin > 0 ORDER BY pin DESC"
        cursor.execute(f"{explain} {sql}")
        assert "pinned_lines" in str(cursor.fetchall())
