"""Moderators see what a moderator has hidden, live and on load; nobody else does, anywhere."""

from functools import partial

import pytest
from django.urls import reverse

from discuss import actions
from discuss.db.workers import in_worker
from discuss.models import Entry, Membership, Role, User
from discuss.moderation.actions import perform_act
from discuss.rendering import kept, lines
from discuss.rendering.audience import Audience
from tests.cast import Cast, log_in
from tests.page import Page, enter, eventually, fresh_log

live = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


def is_seen(user: User, address: str, text: str = "Goulash") -> bool:
    kept.forget()
    return text in log_in(user).get(address).content.decode()


def shows(sees: bool, page: Page) -> bool:
    return ("Goulash" in "".join(page.log)) == sees


@pytest.fixture
def goulash(db: None, cast: Cast) -> Entry:
    entry = cast.say(cast.bob, "Goulash")
    actions.edit_message(cast.member(cast.bob), entry=entry, text="Goulash!")
    cast.say(cast.ann, "Salad")
    actions.post_message(cast.member(cast.ann), text="Yes", nonce="1", reply_to=entry.position)
    return Entry.objects.for_display().get(pk=entry.pk)


@pytest.mark.parametrize("view", ["group", "log", "line", "line_menu", "history", "replies"])
def test_on_load_members_see_it_nowhere_and_moderators_in_the_log(
    cast: Cast, goulash: Entry, view: str
):
    here = [cast.kitchen.uuid]
    address = reverse(view, args=here if view in {"group", "log"} else [*here, goulash.position])
    people = (cast.bob, cast.mod)
    actions.join_group(cast.cleo, group=cast.kitchen)
    assert is_seen(cast.bob, address)
    assert view == "history" or is_seen(cast.cleo, address)
    perform_act(cast.member(cast.mod), "hide", entry=goulash)
    assert [is_seen(user, address) for user in people] == [False, True]
    assert not is_seen(cast.cleo, address)


def test_what_its_author_removed_nobody_sees(cast: Cast, goulash: Entry):
    actions.hide_message(cast.member(cast.bob), entry=goulash)
    assert not is_seen(cast.mod, cast.kitchen.get_absolute_url())


def test_a_line_that_nobody_hid_is_rendered_once_for_both_sights(cast: Cast, goulash: Entry):
    member = Audience.everyone()
    moderator = member.seeing(Role.MODERATOR)
    assert member != moderator
    kept.forget()
    assert lines.rendered(goulash, member) is lines.rendered(goulash, moderator)
    perform_act(cast.member(cast.mod), "hide", entry=goulash)
    hidden = Entry.objects.for_display().get(pk=goulash.pk)
    assert lines.rendered(hidden, member) != lines.rendered(hidden, moderator)


class TestLive:
    pytestmark = live

    async def test_it_goes_from_the_page_of_a_member_and_stays_on_that_of_a_moderator(
        self, cast: Cast
    ):
        path = cast.kitchen.get_absolute_url()
        pages = [await enter(user, path) for user in (cast.bob, cast.mod)]
        entry = await in_worker(cast.say, cast.bob, "Goulash")
        for page in pages:
            await page.until(lambda page: "Goulash" in page.texts)
        mod = await in_worker(cast.member, cast.mod)
        await in_worker(perform_act, mod, "hide", entry=entry)
        for page in pages:
            await page.until(lambda page: "This message was removed." in page.texts)
            assert page.log == await fresh_log(page)
        assert ["Goulash" in page.log[-1] for page in pages] == [False, True]
        await in_worker(perform_act, mod, "restore", entry=entry)
        for page in pages:
            await page.until(lambda page: "Goulash" in page.texts)
            assert page.log == await fresh_log(page)

    async def test_a_page_that_was_away_does_not_show_it_when_it_comes_back(self, cast: Cast):
        page = await enter(cast.bob, cast.kitchen.get_absolute_url())
        entry = await in_worker(cast.say, cast.bob, "Goulash")
        await page.until(lambda page: "Goulash" in page.texts)
        await page.disconnect()
        mod = await in_worker(cast.member, cast.mod)
        await in_worker(perform_act, mod, "hide", entry=entry)
        await page.join_in()
        await page.until(lambda page: "This message was removed." in page.texts)
        assert "Goulash" not in page.log[-1]

    async def test_who_becomes_a_moderator_sees_it_at_once_and_who_is_none_any_more_does_not(
        self, cast: Cast
    ):
        path = cast.kitchen.get_absolute_url()
        entry = await in_worker(cast.say, cast.ann, "Goulash")
        ann = await in_worker(cast.member, cast.ann)
        staff = await in_worker(User.objects.create_superuser, "boss")
        await in_worker(perform_act, staff, "hide", entry=entry)
        page = await enter(cast.bob, path)
        assert "Goulash" not in "".join(page.log)
        for name, sees in (("promote", True), ("demote", False)):
            await in_worker(perform_act, ann, name, user=cast.bob, group=cast.kitchen)
            await page.until(lambda page: page.close_code)
            await page.join_in()
            await page.until(partial(shows, sees))
            assert page.log == await fresh_log(page)

    async def test_a_page_made_before_shows_no_more_than_its_person_may_see(self, cast: Cast):
        """It was loaded by a moderator, and its socket opens when they are none any more."""
        entry = await in_worker(cast.say, cast.bob, "Goulash")
        mod, ann = await in_worker(cast.member, cast.mod), await in_worker(cast.member, cast.ann)
        await in_worker(perform_act, mod, "hide", entry=entry)
        page = await Page.open(await in_worker(log_in, cast.mod), cast.kitchen.get_absolute_url())
        assert "Goulash" in page.log[-1]
        await in_worker(perform_act, ann, "demote", user=cast.mod, group=cast.kitchen)
        await page.join_in()
        await page.until(lambda page: "Goulash" not in "".join(page.log))
        assert page.log == await fresh_log(page)

    async def test_a_role_that_was_changed_by_hand_sends_nobody_round_and_round(self, cast: Cast):
        path = cast.kitchen.get_absolute_url()
        others = await enter(cast.ann, path)
        page = await enter(cast.bob, path)
        await page.disconnect()
        change = Membership.objects.filter(user=cast.bob).update
        await in_worker(partial(change, role=Role.MODERATOR))

        async def comes_back() -> bool:
            if not page.is_connected:
                await page.join_in()
            page.read()
            return page.is_connected

        await eventually(comes_back)
        await page.until(lambda page: page.close_code or page.element("sight").get("value"))
        await eventually(comes_back)
        await page.until(lambda page: page.element("sight").get("value") == "moderator")
        assert others.is_connected
