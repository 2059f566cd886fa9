"""A word in every place there is stands in none once its message is hidden: on no page, at no address.

Moderators alone see it on, in the log and in the case.
"""

import re
from typing import Any

import lxml.html
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from discuss import actions
from discuss.db.workers import in_worker
from discuss.models import Case, Entry
from discuss.moderation.actions import perform_act, report_message
from discuss.rendering import fragments, kept
from tests.cast import Cast, log_in
from tests.page import Page, enter, settled
from tests.test_grid import ADDRESSES

WORD = "Zwieback"
HTMX = {"HX-Request": "true"}
# What asks for the word by itself: it stands in the page's field, as the reader typed it.
QUERIES = {"search": "?q=crisp", "lobby": "?q=Kitchen"}


class Places:
    """The Kitchen, where bob wrote the word; cleo is a member to whom it was written."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        actions.join_group(cast.cleo, group=cast.kitchen)
        # Who has read up to here has it unread, and the groups list it as the last line.
        self.said = cast.say(cast.bob, "To be replaced, crisp @cleo")
        text = f"{WORD} crisp @cleo"
        actions.edit_message(cast.member(cast.bob), entry=self.said, text=text)
        actions.edit_message(cast.member(cast.bob), entry=self.said, text=f"{text}!")
        actions.pin_message(cast.member(cast.mod), entry=self.said)
        actions.react(cast.member(cast.cleo), entry=self.said, emoji="👍")
        actions.save_message(cast.member(cast.cleo), entry=self.said)
        report_message(cast.member(cast.cleo), entry=self.said, reason="spam")
        self.answers = [self._answer(f"Yes {n}") for n in range(3)]

    def _answer(self, text: str) -> Entry:
        ann = self.cast.member(self.cast.ann)
        return actions.post_message(
            ann, text=text, nonce=actions.new_nonce(), reply_to=self.said.position
        )

    def hide(self) -> None:
        perform_act(self.cast.member(self.cast.mod), "hide", entry=self.said)

    def restore(self) -> None:
        perform_act(self.cast.member(self.cast.mod), "restore", entry=self.said)


@pytest.fixture
def places(cast: Cast) -> Places:
    return Places(cast)


def addresses(places: Places, entry: Entry) -> dict[str, str]:
    """Return every address there is, about this line where it is about a line."""
    person = places.cast.bob
    wanted: dict[str, Any] = {
        "uuid": places.cast.kitchen.uuid,
        "line": entry.position,
        "case": Case.objects.get().pk,
        "version": fragments.at_hand_version(),
        "token": "0.wrong",
        "key": person.pk,
        "act": "hide",
        "kind": "words",
        "fragment": "line",
        "page": "group",
        "digest": "0123456789abcdef",
        "state": "hidden",
        "pk": places.cast.member(person).pk,
    }
    found = {}
    for name, pattern in ADDRESSES.items():
        # As `<uuid:uuid>`, and as `(?P<digest>...)`.
        named = set(re.findall(r"[:<](\w+)>", str(pattern.pattern)))
        known = {key: value for key, value in wanted.items() if key in named}
        if "<int:act>" in str(pattern.pattern):
            known["act"] = 1
        found[name] = reverse(name, kwargs=known) + QUERIES.get(name, "")
    return found


def saying(client: Client, places: Places) -> set[str]:
    """Return at which addresses the person finds the word, by plain requests or by htmx."""
    kept.forget()
    found = set()
    entries = {"": places.said, " of a reply": places.answers[0]}
    for what, entry in entries.items():
        asked = addresses(places, entry)
        if what:
            # The others are the same as for the message itself.
            asked = {n: a for n, a in asked.items() if "<int:line>" in str(ADDRESSES[n].pattern)}
        for name, address in asked.items():
            for headers in ({}, HTMX):
                response: HttpResponse = client.get(address, headers=headers)  # type: ignore[assignment]
                body = b"".join(response) if response.streaming else response.content
                if WORD in body.decode(errors="replace"):
                    found.add(f"{name}{what}")
    return found


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_no_address_says_it_to_members_nor_to_its_author(places: Places):
    cast = places.cast
    people = {name: log_in(getattr(cast, name)) for name in ("bob", "cleo")}
    said = {name: saying(client, places) for name, client in people.items()}
    everywhere = {"group", "log", "line", "line_menu", "replying", "replies", "saved", "mentions"}
    assert everywhere | {"search", "reports"} <= said["cleo"]
    assert {"line of a reply", "line_menu of a reply"} <= said["cleo"]
    assert {"history", "editing"} <= said["bob"]
    places.hide()
    assert {name: saying(client, places) for name, client in people.items()} == {
        "bob": set(),
        "cleo": set(),
    }
    places.restore()
    again = {name: saying(client, places) for name, client in people.items()}
    assert {name: places ^ said[name] for name, places in again.items()} == {
        "bob": set(),
        "cleo": set(),
    }


@pytest.mark.django_db
@pytest.mark.log
def test_every_page_that_says_it_has_a_socket_by_which_it_is_taken_away(places: Places):
    """What comes of that: `TestOpenPages` of groups and the lobby, and test_listed_live.py of the others."""
    kept.forget()
    without, has_any = set(), False
    for user in (places.cast.bob, places.cast.cleo):
        client = log_in(user)
        for name, address in addresses(places, places.said).items():
            page = client.get(address).content.decode()
            if WORD in page and "<html" in page:
                has_any = True
                # The frame of those who have no JavaScript is loaded again by itself.
                if "ws-connect=" not in page and 'http-equiv="refresh"' not in page:
                    without.add(name)
    assert has_any
    assert without == set()


@pytest.mark.django_db
@pytest.mark.log
def test_no_browser_keeps_a_page_that_says_it(places: Places):
    """So that neither the back button nor the browser's cache brings it back."""
    kept_by_browsers = set()
    for user in (places.cast.bob, places.cast.cleo):
        client = log_in(user)
        for name, address in addresses(places, places.said).items():
            response = client.get(address)
            if WORD.encode() in response.content and "no-store" not in response["Cache-Control"]:
                kept_by_browsers.add(name)
    assert kept_by_browsers == set()


async def fetch(page: Page, address: str) -> str:
    """Ask for something as htmx does."""
    response = await in_worker(page.client.get, address, headers=HTMX)
    return str(response.content.decode())


def whole(page: Page) -> str:
    page.read()
    return lxml.html.tostring(page.document, encoding="unicode")


def says(page: Page) -> bool:
    return WORD in whole(page)


async def heard_all(pages: dict[str, Page]) -> None:
    """Wait until whatever was rung has reached these pages."""
    await settled()
    for page in pages.values():
        page.read()


@pytest.mark.django_db(transaction=True)
class TestOpenPages:
    """Of cleo, to whom the word was written, and of a moderator."""

    @pytest.fixture
    async def pages(self, cast: Cast, live: object) -> dict[str, Page]:
        garden = await in_worker(actions.create_group, cast.cleo, name="Garden")
        places = self.places = await in_worker(Places, cast)
        # The last line of the group, as its lists show it, and the last that is read out.
        path = cast.kitchen.get_absolute_url()
        of_line = f"{path}{places.said.position}/"
        pages = {
            "group": await enter(cast.cleo, path),
            "draft and menu": await enter(cast.cleo, path),
            "line": await enter(cast.cleo, of_line),
            "lobby": await enter(cast.cleo, "/"),
            "sidebar of another group": await enter(cast.cleo, garden.get_absolute_url()),
        }
        page = pages["draft and menu"]
        page.put(page.find("#drafts .replying")[0], await fetch(page, f"{of_line}replying/"))
        page.swap(await fetch(page, f"{of_line}menu/"))
        for each in pages.values():
            each.read()
        return pages

    @pytest.mark.parametrize("act", ["hide", "remove"])
    async def test_none_says_it_any_more_and_each_equals_a_fresh_load(
        self, cast: Cast, pages: dict[str, Page], act: str
    ):
        last = await in_worker(cast.say, cast.bob, f"{WORD}, at last")
        for name, page in pages.items():
            # That one lists no last lines.
            assert name == "sidebar of another group" or await page.until(says)
        assert WORD in page_of_draft(pages)
        assert WORD in pages["draft and menu"].element("line-menu").text_content()
        await pages["group"].until(lambda page: WORD in page.element("announcer").text_content())
        assert WORD in pages["group"].element("pins-list").text_content()
        await self.take_away(act, last)
        await heard_all(pages)
        for name, page in pages.items():
            await page.until(lambda page: not says(page))
            fresh = await Page.open(page.client, page.path)
            assert WORD not in whole(fresh), name
        draft = pages["draft and menu"]
        assert "This message was removed." in draft.element("line-menu").text_content()
        assert "This message was removed." in page_of_draft(pages)
        # What the draft answers is still the same.
        assert draft.find("#drafts .replying [name=reply_to]")[0].get("value")

    async def take_away(self, act: str, *more: Entry) -> None:
        cast, said = self.places.cast, self.places.said
        for entry in (said, *more):
            if act == "hide":
                mod = await in_worker(cast.member, cast.mod)
                await in_worker(perform_act, mod, "hide", entry=entry)
            else:
                bob = await in_worker(cast.member, cast.bob)
                await in_worker(actions.hide_message, bob, entry=entry)

    async def test_none_that_was_away_says_it_when_it_comes_back(self, pages: dict[str, Page]):
        for page in pages.values():
            await page.disconnect()
        await in_worker(self.places.hide)
        for page in pages.values():
            await page.join_in()
            await page.until(lambda page: not says(page))

    async def test_nor_where_so_much_happened_that_the_log_comes_anew(
        self, cast: Cast, pages: dict[str, Page], monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("discuss.reading.log.CATCH_UP_LINES", 2)
        for page in pages.values():
            await page.disconnect()
        await in_worker(self.places.hide)
        for number in range(4):
            await in_worker(cast.say, cast.ann, f"Salad {number}")
        for page in pages.values():
            await page.join_in()
            await page.until(lambda page: not says(page))

    async def test_older_lines_do_not_bring_it_back(self, cast: Cast, pages: dict[str, Page]):
        await in_worker(self.places.hide)
        for number in range(60):
            await in_worker(cast.say, cast.ann, f"Salad {number}")
        page = await enter(cast.cleo, cast.kitchen.get_absolute_url())
        assert page.has_older
        count = len(page.log)
        page.ask_older()
        await page.until(lambda page: len(page.log) > count)
        assert "This message was removed." in whole(page)
        assert not says(page)

    async def test_what_it_says_now_stands_above_the_draft_once_it_is_edited(
        self, cast: Cast, pages: dict[str, Page]
    ):
        bob = await in_worker(cast.member, cast.bob)
        await in_worker(actions.edit_message, bob, entry=self.places.said, text="Rusk")
        page = pages["draft and menu"]
        await page.until(lambda page: not says(page))
        assert "Rusk" in page_of_draft(pages)
        assert "Rusk" in page.element("line-menu").text_content()


def page_of_draft(pages: dict[str, Page]) -> str:
    (quote,) = pages["draft and menu"].find("#drafts .replying")
    return str(quote.text_content())
