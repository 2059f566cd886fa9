"""Pages that list messages hear what becomes of them: removed, shown again, edited, or read no more."""

from collections.abc import Callable

import pytest

from discuss import actions
from discuss.actions.change import next_change
from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.models import Entry, Membership, Role
from discuss.moderation.actions import perform_act, report_message
from discuss.moderation.actions.erasing import erase_lines
from discuss.moderation.reading.own_reports import REPORTS_AT_ONCE
from discuss.reading.bookmarks import SAVED_AT_ONCE
from discuss.reading.log import PAGE_LINES
from discuss.reading.mentions import LINES_AT_ONCE
from discuss.reading.search import PAGE_HITS
from discuss.rules import listed
from discuss.rules.listed import MOST_SHOWN
from discuss.server.protocol import CLOSE_NO_MEMBER
from tests.cast import Cast
from tests.document import text
from tests.page import Page, enter, settled, visit
from tests.told import NO_MEMBER, NOT_UNDERSTOOD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

REMOVED = "This message was removed."
SAID = "Zwieback crisp @cleo"


class Listed:
    """A message of bob's, that cleo found, saved, was mentioned in, reported, and that was answered."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        actions.join_group(cast.cleo, group=cast.kitchen)
        first = cast.say(cast.bob, "Rusk crisp @cleo")
        actions.edit_message(cast.member(cast.bob), entry=first, text=SAID)
        self.said = Entry.objects.get(pk=first.pk)
        cleo = cast.member(cast.cleo)
        actions.save_message(cleo, entry=self.said)
        report_message(cleo, entry=self.said, reason="spam")
        ann = cast.member(cast.ann)
        self.reply = actions.post_message(
            ann, text="Yes", nonce=actions.new_nonce(), reply_to=self.said.position
        )

    @property
    def addresses(self) -> dict[str, str]:
        line = f"{self.cast.kitchen.get_absolute_url()}{self.said.position}/"
        return {
            "search": "/search/?q=crisp",
            "saved": "/saved/",
            "mentions": "/mentions/",
            "reports": "/reports/",
            "replies": f"{line}replies/",
            "menu": f"{line}menu/",
            "menu of the reply": f"{self.cast.kitchen.get_absolute_url()}{self.reply.position}/menu/",
        }

    def hide(self) -> None:
        perform_act(self.cast.member(self.cast.mod), "hide", entry=self.said)

    def restore(self) -> None:
        perform_act(self.cast.member(self.cast.mod), "restore", entry=self.said)


@pytest.fixture
async def places(cast: Cast) -> Listed:
    return await in_worker(Listed, cast)


async def open_all(places: Listed) -> dict[str, Page]:
    return {name: await enter(places.cast.cleo, at) for name, at in places.addresses.items()}


def shown(page: Page) -> str:
    """Return what stands on the page, but for what is out of sight."""
    page.read()
    (main,) = page.document.xpath("//main")
    (unsaid,) = page.document.xpath("//*[@id='unsaid']") or [None]
    out_of_sight = "" if unsaid is None else text(unsaid)
    return " ".join(text(main).replace(out_of_sight, "", 1).split())


def says(word: str) -> Callable[[Page], bool]:
    return lambda page: word in shown(page)


def says_no(word: str) -> Callable[[Page], bool]:
    return lambda page: word not in shown(page)


async def told(page: Page, entry: Entry, how: str) -> str:
    """Return what a page is told that says that it shows this line, as it was before anybody wrote it."""
    count = len(page.frames)
    await page.connect(resumes=False)
    page.submit("resume-form", how=how, listed=f"{entry.pk}.0")
    await page.until(lambda page: len(page.frames) > count + 1 or page.close_code)
    await page.disconnect()
    return "".join(page.frames[count:])


async def words_of(page: Page) -> tuple[str, str]:
    """Return what the page says, and what a fresh load says."""
    return shown(page), shown(await Page.open(page.client, page.path))


class TestHidden:
    async def test_it_leaves_every_page_and_comes_back(self, places: Listed):
        pages = await open_all(places)
        for name, page in pages.items():
            assert "Zwieback" in shown(page), name
        await in_worker(places.hide)
        for name, page in pages.items():
            await page.until(says_no("Zwieback"))
            assert REMOVED in shown(page), name
        await in_worker(places.restore)
        for page in pages.values():
            await page.until(says("Zwieback"))

    @pytest.mark.parametrize("name", ["saved", "reports", "replies", "menu of the reply"])
    async def test_what_the_page_says_is_what_a_fresh_load_says(self, places: Listed, name: str):
        page = await enter(places.cast.cleo, places.addresses[name])
        await in_worker(places.hide)
        await page.until(says(REMOVED))
        live, fresh = await words_of(page)
        assert live == fresh
        assert REMOVED in fresh
        await in_worker(places.restore)
        await page.until(says("Zwieback"))
        live, fresh = await words_of(page)
        assert live == fresh

    async def test_an_edit_and_what_its_author_removes_reach_it_too(
        self, cast: Cast, places: Listed
    ):
        pages = await open_all(places)
        bob = await in_worker(cast.member, cast.bob)
        await in_worker(actions.edit_message, bob, entry=places.said, text="Bread for @cleo")
        for page in pages.values():
            await page.until(says("Bread"))
            assert "Zwieback" not in shown(page)
        await in_worker(actions.hide_message, bob, entry=places.said)
        for page in pages.values():
            await page.until(says_no("Bread"))

    async def test_what_is_erased_leaves_it_too(self, places: Listed):
        pages = await open_all(places)

        def erase() -> None:
            with next_change(places.said.group_id) as change:
                erase_lines(change, [Entry.objects.get(pk=places.said.pk)])

        await in_worker(erase)
        for page in pages.values():
            await page.until(says_no("Zwieback"))

    async def test_a_page_that_was_away_hears_it_when_it_comes_back(self, places: Listed):
        pages = await open_all(places)
        for page in pages.values():
            await page.disconnect()
        await in_worker(places.hide)
        for page in pages.values():
            assert "Zwieback" in shown(page)
            await page.join_in()
            await page.until(says_no("Zwieback"))

    async def test_nor_is_it_missed_between_the_load_and_the_socket(self, places: Listed):
        page = await visit(places.cast.cleo, places.addresses["saved"])
        await in_worker(places.hide)
        await page.join_in()
        await page.until(says_no("Zwieback"))

    async def test_a_sweep_finds_it_where_the_bell_was_lost(
        self, places: Listed, monkeypatch: pytest.MonkeyPatch
    ):
        pages = await open_all(places)
        monkeypatch.setattr(hub._waking, "_ring_listed", lambda *head: None)
        await in_worker(places.hide)
        await settled()
        assert "Zwieback" in shown(pages["saved"])
        await hub.subscriptions.sweep()
        for page in pages.values():
            await page.until(says_no("Zwieback"))

    async def test_a_page_is_written_nothing_of_what_it_does_not_show(
        self, cast: Cast, places: Listed
    ):
        page = await enter(cast.cleo, "/saved/")
        other = await in_worker(cast.say, cast.bob, "Salad")
        count = len(page.frames)
        mod = await in_worker(cast.member, cast.mod)
        await in_worker(perform_act, mod, "hide", entry=other)
        await in_worker(cast.say, cast.bob, "Bread")
        await settled()
        page.read()
        assert len(page.frames) == count


class TestModerators:
    async def test_one_sees_on_what_was_hidden_and_one_who_becomes_one(
        self, cast: Cast, places: Listed
    ):
        address = places.addresses["replies"]
        moderator, page = await enter(cast.mod, address), await enter(cast.cleo, address)
        await in_worker(places.hide)
        for each in (moderator, page):
            await each.until(says(REMOVED))
        assert "Only moderators see what it said" in shown(moderator)
        assert "Zwieback" not in shown(page)
        ann = await in_worker(cast.member, cast.ann)
        await in_worker(perform_act, ann, "promote", user=cast.cleo, group=cast.kitchen)
        await page.until(says("Zwieback"))
        await in_worker(perform_act, ann, "demote", user=cast.cleo, group=cast.kitchen)
        await page.until(says_no("Zwieback"))

    async def test_what_one_became_while_away_shows_too(self, cast: Cast, places: Listed):
        page = await enter(cast.mod, places.addresses["replies"])
        await in_worker(places.hide)
        await page.until(says("Only moderators see"))
        await page.disconnect()
        demoted = Membership.objects.filter(user=cast.mod)
        await in_worker(demoted.update, role=Role.MEMBER)
        await page.join_in()
        await page.until(says_no("Zwieback"))


class TestVersions:
    def address(self, places: Listed) -> str:
        return places.addresses["menu"].replace("menu", "history")

    async def test_they_are_shown_to_nobody_once_it_is_hidden_but_to_moderators(
        self, cast: Cast, places: Listed
    ):
        author = await enter(cast.bob, self.address(places))
        moderator = await enter(cast.mod, self.address(places))
        assert "Rusk" in shown(author)
        await in_worker(places.hide)
        await author.until(lambda page: page.close_code == CLOSE_NO_MEMBER)
        assert not {"Rusk", "Zwieback"} & {*shown(author).split()}
        await moderator.until(says(REMOVED))
        assert "Rusk" in shown(moderator)

    async def test_a_new_one_comes(self, cast: Cast, places: Listed):
        page = await enter(cast.bob, self.address(places))
        bob = await in_worker(cast.member, cast.bob)
        await in_worker(actions.edit_message, bob, entry=places.said, text="Bread")
        await page.until(says("Bread"))
        live, fresh = await words_of(page)
        assert live == fresh
        assert "Zwieback" in live


class TestWhoMayNotReadItAnyMore:
    @pytest.mark.parametrize("bell", ["heard", "lost"])
    async def test_the_words_leave_the_pages_of_who_was_removed(
        self, cast: Cast, places: Listed, bell: str, monkeypatch: pytest.MonkeyPatch
    ):
        pages = await open_all(places)
        if bell == "lost":
            monkeypatch.setattr(hub._waking, "ring_person", lambda user_id: None)
            monkeypatch.setattr(hub._waking, "_ring_listed", lambda *head: None)
        mod = await in_worker(cast.member, cast.mod)
        await in_worker(perform_act, mod, "remove", user=cast.cleo, group=cast.kitchen)
        if bell == "lost":
            await hub.subscriptions.sweep()
        for name in ("replies", "menu", "menu of the reply"):
            await pages[name].until(lambda page: page.close_code == CLOSE_NO_MEMBER)
            assert NO_MEMBER in shown(pages[name])
        for page in pages.values():
            await page.until(says_no("Zwieback"))
        # What becomes of it is nothing to them, and they are told so once.
        count = {name: len(page.frames) for name, page in pages.items()}
        bob = await in_worker(cast.member, cast.bob)
        await in_worker(actions.edit_message, bob, entry=places.said, text="Bread")
        await hub.subscriptions.sweep()
        await settled()
        for name, page in pages.items():
            page.read()
            assert len(page.frames) == count[name], name

    async def test_nobody_learns_what_others_say_by_asking_for_it(self, cast: Cast, places: Listed):
        page = await visit(cast.bob, "/saved/")
        assert not page.document.xpath("//*[@id='live']")
        # A page of somebody outside, which says that it shows the message, in each way.
        await in_worker(actions.leave_group, await in_worker(cast.member, cast.cleo))
        garden = await in_worker(actions.create_group, cast.cleo, name="Garden")
        member = await in_worker(Membership.objects.get, group=garden, user=cast.cleo)
        own = await in_worker(actions.post_message, member, text="Own", nonce=actions.new_nonce())
        await in_worker(actions.save_message, member, entry=own)
        words = await visit(cast.cleo, "/saved/")
        lines = await visit(cast.cleo, f"{garden.get_absolute_url()}{own.position}/menu/")
        none = Entry(pk=10**9)
        for how in ("words", "texts"):
            heard = await told(words, places.said, how)
            assert "Zwieback" not in heard
            # Nor whether there is such a line.
            other = await told(words, none, how)
            assert heard.replace(str(places.said.pk), "") == other.replace(str(none.pk), "")
        for how in ("lines", "versions"):
            assert NO_MEMBER in await told(lines, places.said, how)
            assert "Zwieback" not in "".join(lines.frames)

    @pytest.mark.parametrize(
        "said", ["x", "5", "5.", "5.6.7", "5.-1", f"{2**70}.1", " ".join(["7.1"] * 9000)]
    )
    async def test_nonsense_is_not_understood(self, cast: Cast, places: Listed, said: str):
        page = await visit(cast.cleo, "/saved/")
        await page.connect(resumes=False)
        page.submit("resume-form", listed=said)
        await page.until(lambda page: NOT_UNDERSTOOD in text(page.element("notice")))


class TestWithoutSocket:
    async def test_a_page_that_lists_nothing_opens_none(self, cast: Cast):
        for address in ("/saved/", "/mentions/", "/reports/", "/search/", "/search/?q=nothing"):
            page = await visit(cast.bob, address)
            assert not page.document.xpath("//*[@ws-connect]"), address
            assert "Live updates are off" not in shown(page)

    async def test_nor_one_where_it_is_switched_off(self, cast: Cast, places: Listed):
        page = await visit(cast.cleo, "/saved/?live=off")
        assert not page.document.xpath("//*[@ws-connect]")
        assert "Live updates are off" in shown(page)
        assert "Zwieback" in shown(page)

    async def test_a_new_socket_is_had_at_an_address_of_each_page(self, cast: Cast, places: Listed):
        for address in [
            *places.addresses.values(),
            places.addresses["menu"].replace("menu", "history"),
        ]:
            path = address.partition("?")[0]
            page = await visit(cast.bob if "history" in path else cast.cleo, address)
            response = await in_worker(page.client.get, f"{path}live/")
            assert 'ws-connect="/ws/listed/"' in response.content.decode(), path


def test_no_page_lists_more_than_it_may_say():
    most = max(SAVED_AT_ONCE, PAGE_LINES + 1, LINES_AT_ONCE, REPORTS_AT_ONCE, PAGE_HITS)
    assert most <= MOST_SHOWN
    keys = {2**62 + number: 2**62 for number in range(MOST_SHOWN)}
    assert listed.read(listed.written(keys.items())) == keys
    with pytest.raises(ValueError, match="too much"):
        listed.read(listed.written([*keys.items(), (1, 1)]))
