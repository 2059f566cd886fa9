"""What stands in a composer is kept for its person alone, per group, until it is sent."""

import asyncio
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from discuss import actions
from discuss.db.workers import in_worker
from discuss.forms import MESSAGE_LENGTH, DraftForm
from discuss.live.drafts import Drafts, Place
from discuss.live.hub import hub
from discuss.models import Group, KeptDraft
from tests.cast import Cast, log_in
from tests.document import Document
from tests.page import Page, enter, eventually, visit

pytestmark = pytest.mark.django_db(transaction=True)
live = pytest.mark.usefixtures("live", "often")


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discuss.live.hub.DRAFTS_INTERVAL", 0.01)


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


def write(page: Page, text: str) -> None:
    """Write so far, and pause."""
    page.draft.set("value", text)
    page.submit("draft-form")


def field(client: Client, path: str) -> Any:
    """Return the field of a fresh page."""
    (found,) = (
        Document(client.get(path).content.decode()).element("drafts").cssselect("[name=text]")
    )
    return found


def kept() -> list[tuple[str, str, str]]:
    """Return what the database has: whose, of which group, what."""
    rows = KeptDraft.objects.order_by("text")
    return list(rows.values_list("membership__user__username", "membership__group__name", "text"))


async def has(*rows: tuple[str, str, str]) -> None:
    async def look() -> bool:
        return await in_worker(kept) == list(rows)

    await eventually(look)


# --- over the socket --------------------------------------------------------------------------------


@live
async def test_it_is_there_at_the_next_load_of_its_group_and_nowhere_else(cast: Cast, path: str):
    def make() -> Group:
        attic = actions.create_group(cast.ann, name="Attic")
        actions.join_group(cast.bob, group=attic)
        return attic

    attic = await in_worker(make)
    kitchens = await enter(cast.bob, path)
    attics = await enter(cast.bob, attic.get_absolute_url())
    write(kitchens, "Half a sent")
    write(attics, "And <another>")
    await has(("bob", "Attic", "And <another>"), ("bob", "Kitchen", "Half a sent"))
    assert (await visit(cast.bob, path)).typed == "Half a sent"
    assert (await visit(cast.bob, attic.get_absolute_url())).typed == "And <another>"
    for other in (cast.ann, cast.mod):
        assert (await visit(other, path)).typed == ""
    # No page that is open has heard of it.
    assert not any("Half" in frame for frame in kitchens.frames)


@pytest.mark.usefixtures("live")
async def test_it_is_there_before_it_is_written(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.live.hub.DRAFTS_INTERVAL", 1000.0)
    bob = await enter(cast.bob, path)
    write(bob, "Half a sent")
    await eventually(lambda: bob.is_heard)
    assert (await visit(cast.bob, path)).typed == "Half a sent"
    assert await in_worker(kept) == []
    # The process ends.
    await hub.stop()
    assert await in_worker(kept) == [("bob", "Kitchen", "Half a sent")]


@live
async def test_further_lines_are_kept_too(cast: Cast, path: str):
    bob = await enter(cast.bob, path)
    bob.submit("draft-form", text="Soup", further="Salt")
    await has(("bob", "Kitchen", "Soup\nSalt"))


@live
async def test_an_emptied_field_keeps_nothing(cast: Cast, path: str):
    bob = await enter(cast.bob, path)
    write(bob, "Half a sent")
    await has(("bob", "Kitchen", "Half a sent"))
    write(bob, " \n ")
    await has()


@live
async def test_what_was_sent_is_kept_no_more(cast: Cast, path: str):
    bob = await enter(cast.bob, path)
    write(bob, "Sou")
    await has(("bob", "Kitchen", "Sou"))
    await bob.post("Soup")
    await has()
    assert (await visit(cast.bob, path)).typed == ""


@live
async def test_what_another_page_sends_of_it_is_kept_no_more(cast: Cast, path: str):
    bob = await enter(cast.bob, path)
    write(bob, "Half a sent")
    await has(("bob", "Kitchen", "Half a sent"))
    again = await enter(cast.bob, path)
    await again.post(again.typed)
    await has()
    assert bob.typed == "Half a sent"


@live
async def test_a_draft_that_comes_late_does_not_come_back(cast: Cast, path: str):
    """By a connection that was thought dead, after the page has sent the message through another one."""
    bob = await enter(cast.bob, path)
    late = bob.frame("draft-form", path, text="Sou")
    await bob.post("Soup")
    bob.send(late)
    write(bob, "next")
    await has(("bob", "Kitchen", "next"))
    bob.send(late)
    await eventually(lambda: bob.is_heard)
    await in_worker(lambda: None)
    await has(("bob", "Kitchen", "next"))


@live
async def test_the_next_draft_outlives_the_message_before_it(cast: Cast, path: str):
    bob = await enter(cast.bob, path)
    await bob.post("Soup")
    write(bob, "next")
    await has(("bob", "Kitchen", "next"))
    # Sent again: its answer was lost.
    hub.drafts.note_posted(await in_worker(lambda: cast.member(cast.bob).pk), Place(bob.nonce, 1))
    await hub.drafts.write()
    await has(("bob", "Kitchen", "next"))


@live
async def test_a_refused_message_stays_kept(cast: Cast, path: str):
    bob = await enter(cast.bob, path)
    write(bob, "x" * MESSAGE_LENGTH)
    await has(("bob", "Kitchen", "x" * MESSAGE_LENGTH))
    await bob.post("x" * (MESSAGE_LENGTH + 1))
    await hub.drafts.write()
    await has(("bob", "Kitchen", "x" * MESSAGE_LENGTH))


@live
async def test_who_writes_too_fast_is_told_nothing(cast: Cast, path: str, settings: Settings):
    settings.RATE_LIMITS = {"draft": (2, 1000.0)}
    bob = await enter(cast.bob, path)
    heard = len(bob.frames)
    for text in ("one", "two", "three"):
        write(bob, text)
    await has(("bob", "Kitchen", "two"))
    bob.read()
    assert not any("notice" in frame for frame in bob.frames[heard:])


async def test_drafts_are_written_in_the_order_in_which_they_came(monkeypatch: pytest.MonkeyPatch):
    """The last writing of a process begins while another one may be under way."""
    written: list[dict[int, str]] = []
    first = asyncio.Event()

    async def keep(action: Any, texts: dict[int, str]) -> None:
        if not written:
            first.set()
            await asyncio.sleep(0.05)
        written.append(texts)

    monkeypatch.setattr("discuss.live.drafts.in_actor", keep)
    drafts = Drafts()
    drafts.keep(1, Place("nonce", 0), "So")
    writing = asyncio.create_task(drafts.write())
    await first.wait()
    drafts.keep(1, Place("nonce", 0), "Soup")
    await drafts.write()
    await writing
    assert written == [{1: "So"}, {1: "Soup"}]


async def test_drafts_of_long_ago_take_no_memory(monkeypatch: pytest.MonkeyPatch):
    async def keep(action: Any, texts: Any) -> None:
        pass

    monkeypatch.setattr("discuss.live.drafts.in_actor", keep)
    monkeypatch.setattr("discuss.live.drafts.LATE", 0.0)
    drafts = Drafts()
    drafts.keep(1, Place("nonce", 0), "Soup")
    drafts.note_posted(2, Place("nonce", 1))
    for _ in range(2):
        await drafts.write()
    kept = (drafts._waiting, drafts._written, drafts._places, drafts._posted)
    assert [len(each) for each in kept] == [0, 0, 0, 0]


# --- what is kept -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Soup ", "Soup "),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("a\x00\ud800b\x07\u202e", "ab"),
        ("\n \t", ""),
        ("x" * 9000, "x" * MESSAGE_LENGTH),
        (["a", "b"], ""),
        (None, ""),
    ],
)
def test_it_is_kept_as_it_was_typed_without_what_nobody_types(typed: Any, kept: str):
    form = DraftForm({"nonce": "nonce-123", "answered": "0", "text": typed})
    assert form.is_valid()
    assert form.cleaned_data["text"] == kept


def test_what_is_kept_already_is_not_written_again(cast: Cast, django_assert_num_queries: Any):
    bob, ann = cast.member(cast.bob), cast.member(cast.ann)
    actions.keep_drafts({bob.pk: "Soup", ann.pk: ""})
    with django_assert_num_queries(1):
        actions.keep_drafts({bob.pk: "Soup", ann.pk: ""})
    actions.keep_drafts({bob.pk: "", ann.pk: "Salt"})
    assert kept() == [("ann", "Kitchen", "Salt")]


@pytest.mark.log
def test_who_has_left_keeps_nothing(cast: Cast):
    gone, ann = cast.member(cast.bob).pk, cast.member(cast.ann)
    actions.keep_drafts({gone: "Soup"})
    actions.leave_group(cast.member(cast.bob))
    assert kept() == []
    # It was on its way.
    actions.keep_drafts({gone: "Soup", ann.pk: "Salt"})
    assert kept() == [("ann", "Kitchen", "Salt")]


@pytest.mark.log
def test_the_last_one_wins(cast: Cast):
    bob = cast.member(cast.bob)
    for text in ("Soup", "Salt"):
        actions.keep_drafts({bob.pk: text})
    assert kept() == [("bob", "Kitchen", "Salt")]


# --- pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?live=off", "?before=3"])
def test_every_page_of_the_group_has_it(cast: Cast, path: str, query: str):
    actions.keep_drafts({cast.member(cast.bob).pk: "Half a sent"})
    assert field(log_in(cast.bob), path + query).get("value") == "Half a sent"
    assert not field(log_in(cast.ann), path + query).get("value")


def test_nobody_is_led_to_write_before_what_stands_there(cast: Cast, path: str):
    """Browsers begin at the beginning of a field that gets the focus by itself."""
    bob = log_in(cast.bob)
    assert "autofocus" in field(bob, path).attrib
    actions.keep_drafts({cast.member(cast.bob).pk: "Soup"})
    assert "autofocus" not in field(bob, path).attrib


def test_one_of_several_lines_has_a_field_of_several_lines(cast: Cast, path: str):
    """One of one line would lose where its lines end."""
    bob = log_in(cast.bob)
    assert field(bob, path).tag == "input"
    actions.keep_drafts({cast.member(cast.bob).pk: "Soup\nSalt"})
    shown = field(bob, path)
    assert (shown.tag, (shown.text or "").strip()) == ("textarea", "Soup\nSalt")


def test_a_plain_form_empties_it(cast: Cast, path: str):
    actions.keep_drafts({cast.member(cast.bob).pk: "Soup"})
    bob = log_in(cast.bob)
    too_long = {"text": "x" * 4001, "nonce": "nonce-123"}
    assert bob.post(f"{path}post/", too_long).status_code == 400
    assert kept() == [("bob", "Kitchen", "Soup")]
    assert bob.post(f"{path}post/", {"text": "Soup", "nonce": "nonce-123"}).status_code == 302
    assert kept() == []
    assert not field(bob, path).get("value")
