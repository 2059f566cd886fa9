"""Pages that list messages hear what becomes of them: removed, shown again, edited, erased."""

from contextlib import suppress
from random import Random

import pytest

from discuss import actions
from discuss.actions.change import next_change
from discuss.db.workers import in_worker
from discuss.doorbell import bells
from discuss.doorbell.bell import Bell
from discuss.live.hub import hub
from discuss.models import Entry, Membership, Role
from discuss.moderation.actions import perform_act
from discuss.moderation.actions.erasing import erase_lines
from discuss.server.protocol import CLOSE_NO_MEMBER
from tests.cast import Cast
from tests.listed import REMOVED, Listed, open_all, says, says_no, shown, words_of
from tests.page import enter, settled, visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


@pytest.fixture
async def places(cast: Cast) -> Listed:
    return await in_worker(Listed, cast)


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


class TestWhateverHappens:
    @pytest.mark.parametrize("seed", range(4))
    async def test_each_page_says_what_a_fresh_load_says(
        self, cast: Cast, places: Listed, seed: int, monkeypatch: pytest.MonkeyPatch
    ):
        """With lost bells and lost connections, as test_property.py has it of a group's pages."""
        random = Random(seed)
        ring = bells._doorbell.hand_over

        def ring_or_not(bell: Bell) -> None:
            if random.random() < 0.6:
                ring(bell)

        monkeypatch.setattr(bells._doorbell, "hand_over", ring_or_not)
        replies = places.addresses["replies"]
        pages = [
            await enter(cast.cleo, "/saved/"),
            await enter(cast.cleo, replies),
            await enter(cast.mod, replies),
        ]
        for number in range(20):
            happens = random.choice(["hide", "restore", "edit", "role", "away", "back", "answer"])
            page = random.choice(pages)
            if happens == "away" and page.is_connected:
                await page.disconnect()
            elif happens == "back" and not page.is_connected:
                await page.join_in()
            else:
                with suppress(actions.Refused):
                    await in_worker(self.happen, places, happens, number)
        for page in pages:
            if not page.is_connected:
                await page.join_in()
        await hub.subscriptions.sweep()
        await settled()
        for page in pages:
            live, fresh = await words_of(page)
            assert live == fresh

    def happen(self, places: Listed, what: str, number: int) -> None:
        cast, said = places.cast, Entry.objects.get(pk=places.said.pk)
        if what in {"hide", "restore"}:
            perform_act(cast.member(cast.mod), what, entry=said)
        elif what == "edit":
            text = f"Zwieback {number} @cleo"
            actions.edit_message(cast.member(cast.bob), entry=said, text=text)
        elif what == "answer":
            actions.react(cast.member(cast.ann), entry=places.reply, emoji="👍")
        elif what == "role":
            act = "demote" if cast.member(cast.cleo).role == Role.MODERATOR else "promote"
            perform_act(cast.member(cast.ann), act, user=cast.cleo, group=cast.kitchen)
