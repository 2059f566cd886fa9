"""Who reads what on pages that list messages, and what such a page may say of itself."""

import re

import pytest

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.models import Entry, Membership
from discuss.moderation.actions import perform_act
from discuss.moderation.reading.own_reports import REPORTS_AT_ONCE
from discuss.reading.bookmarks import SAVED_AT_ONCE
from discuss.reading.log import PAGE_LINES
from discuss.reading.mentions import LINES_AT_ONCE
from discuss.reading.search import PAGE_HITS
from discuss.rules import listed
from discuss.rules.listed import MOST_SHOWN, How
from discuss.server.protocol import CLOSE_NO_MEMBER
from tests.cast import Cast
from tests.document import text
from tests.listed import Listed, open_all, says_no, shown, told
from tests.page import settled, visit
from tests.told import NO_MEMBER, NOT_UNDERSTOOD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


@pytest.fixture
async def places(cast: Cast) -> Listed:
    return await in_worker(Listed, cast)


def without(entry: Entry, html: str) -> str:
    return re.sub(rf"\b{entry.pk}\b", "", html)


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
            assert without(places.said, heard) == without(none, other)
        for how in ("lines", "versions"):
            assert NO_MEMBER in await told(lines, places.said, how)
            assert "Zwieback" not in "".join(lines.frames)

    async def test_nobody_sees_what_was_hidden_by_naming_it_behind_a_line_of_their_own(
        self, cast: Cast, places: Listed
    ):
        """In a group of one's own one is a moderator, and sees what others hid there."""
        garden = await in_worker(actions.create_group, cast.cleo, name="Garden")
        member = await in_worker(Membership.objects.get, group=garden, user=cast.cleo)
        own = await in_worker(actions.post_message, member, text="Own", nonce=actions.new_nonce())
        mod = await in_worker(cast.member, cast.mod)
        await in_worker(perform_act, mod, "hide", entry=places.said)
        page = await visit(cast.cleo, f"{garden.get_absolute_url()}{own.position}/menu/")
        await page.connect(resumes=False)
        page.submit("resume-form", how="lines", listed=f"{own.pk}.0 {places.said.pk}.0")
        await page.until(lambda page: page.close_code == CLOSE_NO_MEMBER)
        assert "Zwieback" not in "".join(page.frames)

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
    assert max(SAVED_AT_ONCE, LINES_AT_ONCE, REPORTS_AT_ONCE, PAGE_HITS) <= How.WORDS.most
    assert How.TEXTS.most == How.WORDS.most == MOST_SHOWN
    # A message and those that answer it; earlier versions are those of one.
    assert (How.LINES.most, How.VERSIONS.most) == (PAGE_LINES + 1, 1)


@pytest.mark.parametrize("how", How)
def test_what_a_page_says_is_bounded_by_how_it_shows_it(how: How):
    keys = {2**62 + number: 2**62 for number in range(how.most)}
    assert listed.read(how, listed.written(keys.items())) == keys
    with pytest.raises(ValueError, match="too much"):
        listed.read(how, listed.written([*keys.items(), (1, 1)]))
