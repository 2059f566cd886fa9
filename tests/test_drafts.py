"""What stands in a composer is kept for its person alone, per group, until it is sent."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from discuss import actions
from discuss.db.workers import in_worker
from discuss.doorbell.bell import Bell
from discuss.forms import MESSAGE_LENGTH, DraftForm
from discuss.live.drafts import Drafts
from discuss.live.hub import hub
from discuss.models import Group, KeptDraft, Membership
from discuss.rules.drafts import Ended, Event, Kept, Place, Typed
from tests.cast import Cast, log_in
from tests.document import Document
from tests.page import Page, enter, eventually, settled, visit
from tests.test_unread_live import equals_a_fresh_load

pytestmark = pytest.mark.django_db(transaction=True)
live = pytest.mark.usefixtures("live", "often")


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discuss.live.hub.DRAFTS_INTERVAL", 0.01)


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


def typed(text: str, nonce: str = "nonce-123") -> Typed:
    return Typed(Kept(Place(nonce), text))


def emptied(nonce: str = "nonce-123") -> Ended:
    return Ended(Place(nonce, 1))


def keep(member: Membership, text: str, nonce: str = "nonce-123") -> None:
    """Keep what stands in the composer of a page."""
    actions.keep_drafts({member.pk: [typed(text, nonce)]})


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
async def test_what_another_page_has_gone_on_with_is_kept_no_more(cast: Cast, path: str):
    """Without a pause in between, so nobody was told of what stands there now."""
    bob = await enter(cast.bob, path)
    write(bob, "Half a sent")
    await has(("bob", "Kitchen", "Half a sent"))
    again = await enter(cast.bob, path)
    await again.post(again.typed + "ence")
    await has()
    # What the first page has typed since is another text.
    write(bob, "Half a sentence, and more")
    once_more = await enter(cast.bob, path)
    assert once_more.typed == "Half a sentence, and more"
    write(bob, "Half a sentence, and more of it")
    await has(("bob", "Kitchen", "Half a sentence, and more of it"))
    await once_more.post(once_more.typed + "!")
    await hub.drafts.write()
    await has(("bob", "Kitchen", "Half a sentence, and more of it"))


@live
async def test_another_text_that_another_page_sends_leaves_it_as_it_is(cast: Cast, path: str):
    here, there = await enter(cast.bob, path), await enter(cast.bob, path)
    write(here, "Half a sent")
    await has(("bob", "Kitchen", "Half a sent"))
    await there.post("Something else")
    await there.post("And one more")
    await hub.drafts.write()
    await has(("bob", "Kitchen", "Half a sent"))
    # And where somebody has seen it, but sends something else after it.
    third = await enter(cast.bob, path)
    await third.post("Half a sentence")
    await has()
    write(here, "Half a sent.")
    await third.post("Something else")
    await hub.drafts.write()
    await has(("bob", "Kitchen", "Half a sent."))


@live
async def test_the_drafts_of_two_pages_are_kept_beside_each_other(cast: Cast, path: str):
    here, there = await enter(cast.bob, path), await enter(cast.bob, path)
    write(here, "Half a sent")
    write(there, "Some")
    await has(("bob", "Kitchen", "Some"))
    await there.post("Something else")
    await has(("bob", "Kitchen", "Half a sent"))
    assert (await visit(cast.bob, path)).typed == "Half a sent"
    # An empty field that is left says nothing of another page's.
    write(there, "")
    await hub.drafts.write()
    await has(("bob", "Kitchen", "Half a sent"))
    # But where it was shown, it is taken away.
    again = await enter(cast.bob, path)
    write(again, "")
    await has()


@live
async def test_a_text_that_waits_for_nothing_but_an_answer_is_no_part_of_the_next(
    cast: Cast, path: str
):
    """The page knows of no answer yet, and somebody has paused in the next text."""
    bob = await enter(cast.bob, path)
    bob.write("Soup")
    write(bob, "next")
    assert len(bob.sent) == 1
    await has(("bob", "Kitchen", "next"))
    # Its message was posted before that, and is answered now.
    await bob.until(lambda page: not page.sent)
    await hub.drafts.write()
    await has(("bob", "Kitchen", "next"))


@live
async def test_what_it_answers_is_kept_with_it(cast: Cast, path: str):
    soup = await in_worker(cast.say, cast.ann, "Soup?")
    bob = await enter(cast.bob, path)
    bob.submit("draft-form", text="Yes", reply_to=str(soup.position))
    await has(("bob", "Kitchen", "Yes"))
    again = await visit(cast.bob, path)
    (field,) = again.element("drafts").cssselect("[name=reply_to]")
    assert field.get("value") == str(soup.position)
    assert "Soup?" in (again.element("drafts").text_content() or "")


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
    member = await in_worker(cast.member, cast.bob)
    hub.drafts.note_posted(member, Ended(Place(bob.nonce, 1), "Soup"))
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
    written: list[Any] = []
    first = asyncio.Event()

    async def keep(action: Any, events: Any) -> None:
        if not written:
            first.set()
            await asyncio.sleep(0.05)
        written.append(events)

    monkeypatch.setattr("discuss.live.drafts.in_actor", keep)
    drafts, member = Drafts(), Membership(pk=1)
    drafts.keep(member, typed("So"))
    writing = asyncio.create_task(drafts.write())
    await first.wait()
    drafts.keep(member, typed("Soup"))
    await drafts.write()
    await writing
    assert written == [{1: (typed("So"),)}, {1: (typed("Soup"),)}]


async def test_drafts_of_long_ago_take_no_memory(monkeypatch: pytest.MonkeyPatch):
    async def keep(action: Any, texts: Any) -> None:
        pass

    monkeypatch.setattr("discuss.live.drafts.in_actor", keep)
    monkeypatch.setattr("discuss.live.drafts.LATE", 0.0)
    drafts = Drafts()
    drafts.keep(Membership(pk=1), typed("Soup"))
    drafts.note_posted(Membership(pk=2), Ended(Place("nonce", 1)))
    for _ in range(2):
        await drafts.write()
    kept = (drafts._waiting, drafts._written, drafts._posted)
    assert [len(each) for each in kept] == [0, 0, 0]


# --- what is kept -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Soup ", "Soup "),
        ("a\r\nb\rc\td", "a\nb\nc\td"),
        ("a\x00\ud800b\x07\u202e", "ab"),
        ("\n \t", ""),
        ("x" * 9000, "x" * 9000),
        ("x" * 20_000, "x" * 12_000),
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
    some: dict[int, list[Event]] = {bob.pk: [typed("Soup")], ann.pk: [emptied()]}
    actions.keep_drafts(some)
    with django_assert_num_queries(1):
        actions.keep_drafts(some)
    actions.keep_drafts({bob.pk: [emptied()], ann.pk: [typed("Salt")]})
    assert kept() == [("ann", "Kitchen", "Salt")]


@pytest.mark.log
def test_who_has_left_keeps_nothing(cast: Cast):
    bob, ann = cast.member(cast.bob), cast.member(cast.ann)
    keep(bob, "Soup")
    actions.leave_group(cast.member(cast.bob))
    assert kept() == []
    # It was on its way.
    actions.keep_drafts({bob.pk: [typed("Soup")], ann.pk: [typed("Salt")]})
    assert kept() == [("ann", "Kitchen", "Salt")]


@pytest.mark.log
def test_the_last_one_wins(cast: Cast):
    bob = cast.member(cast.bob)
    for text in ("Soup", "Salt"):
        keep(bob, text)
    assert kept() == [("bob", "Kitchen", "Salt")]


# --- pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?live=off", "?before=3"])
def test_every_page_of_the_group_has_it(cast: Cast, path: str, query: str):
    keep(cast.member(cast.bob), "Half a sent")
    assert field(log_in(cast.bob), path + query).get("value") == "Half a sent"
    assert not field(log_in(cast.ann), path + query).get("value")


def test_nobody_is_led_to_write_before_what_stands_there(cast: Cast, path: str):
    """Browsers begin at the beginning of a field that gets the focus by itself."""
    bob = log_in(cast.bob)
    assert "autofocus" in field(bob, path).attrib
    keep(cast.member(cast.bob), "Soup")
    assert "autofocus" not in field(bob, path).attrib


def test_one_of_several_lines_has_a_field_of_several_lines(cast: Cast, path: str):
    """One of one line would lose where its lines end."""
    bob = log_in(cast.bob)
    assert field(bob, path).tag == "input"
    keep(cast.member(cast.bob), "Soup\nSalt")
    shown = field(bob, path)
    assert (shown.tag, (shown.text or "").strip()) == ("textarea", "Soup\nSalt")


def test_a_plain_form_empties_it(cast: Cast, path: str):
    keep(cast.member(cast.bob), "Soup")
    bob = log_in(cast.bob)
    too_long = {"text": "x" * 4001, "nonce": "nonce-123"}
    assert bob.post(f"{path}post/", too_long).status_code == 400
    assert kept() == [("bob", "Kitchen", "Soup")]
    assert bob.post(f"{path}post/", {"text": "Soup", "nonce": "nonce-123"}).status_code == 302
    assert kept() == []
    assert not field(bob, path).get("value")


# --- the sign in the lists of groups ------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discuss.live.feeds.person.PersonFeed.flush_interval", 0.0)


def sign(page: Page, group: Group) -> str:
    return (page.element(f"draft-{group.uuid}").text_content() or "").strip()


@pytest.mark.usefixtures("live", "often", "quick")
async def test_lists_of_groups_say_where_there_is_one(cast: Cast, path: str):
    attic = await in_worker(actions.create_group, cast.bob, name="Attic")
    kitchens, lobby = await enter(cast.bob, path), await enter(cast.bob, "/")
    attics, anns = await enter(cast.bob, attic.get_absolute_url()), await enter(cast.ann, "/")
    pages = (kitchens, lobby, attics)
    for page in pages:
        assert sign(page, cast.kitchen) == sign(page, attic) == ""
    write(kitchens, "Half a sent")
    for page in pages:
        await page.until(lambda page: sign(page, cast.kitchen) == "Draft")
        assert sign(page, attic) == ""
        await equals_a_fresh_load(page)
    # What is typed since is the same to it.
    frames = len(lobby.frames)
    write(kitchens, "Half a sentence")
    await has(("bob", "Kitchen", "Half a sentence"))
    await settled()
    lobby.read()
    assert len(lobby.frames) == frames
    await kitchens.post("Half a sentence")
    for page in pages:
        await page.until(lambda page: sign(page, cast.kitchen) == "")
        await equals_a_fresh_load(page)
    anns.read()
    assert sign(anns, cast.kitchen) == ""
    assert not any("draft-" in frame for frame in anns.frames)


@pytest.mark.usefixtures("live", "quick")
async def test_a_fresh_page_says_so_at_once_and_goes_on_to(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
):
    """Before it is written, and where it never is."""
    monkeypatch.setattr("discuss.live.hub.DRAFTS_INTERVAL", 1000.0)
    bob = await enter(cast.bob, path)
    write(bob, "Half a sent")
    await eventually(lambda: bob.is_heard)
    lobby = await enter(cast.bob, "/")
    assert sign(lobby, cast.kitchen) == "Draft"
    await bob.post("Half a sentence")
    await lobby.until(lambda page: sign(page, cast.kitchen) == "")
    await equals_a_fresh_load(lobby)


@pytest.mark.usefixtures("live", "quick")
async def test_another_process_tells_of_it(cast: Cast, path: str):
    lobby = await enter(cast.bob, "/")
    await in_worker(lambda: keep(cast.member(cast.bob), "Half a sent"))
    await lobby.until(lambda page: sign(page, cast.kitchen) == "Draft")
    await equals_a_fresh_load(lobby)


def test_who_has_one_is_rung_for_when_it_comes_and_when_it_goes(
    cast: Cast, bells_of: Callable[[Callable[[], Any]], list[Bell]]
):
    bob = cast.member(cast.bob)
    told = [Bell("draft", cast.bob.pk)]
    assert bells_of(lambda: keep(bob, "Soup")) == told
    assert bells_of(lambda: keep(bob, "Soup and bread")) == []
    assert bells_of(lambda: actions.keep_drafts({bob.pk: [emptied()]})) == told
