"""Marking as unread from a message on: told on all pages at once, and not read again by itself."""

import asyncio
from typing import Any

import pytest
from django.urls import reverse

from discuss import actions
from discuss.actions import Code, Refused
from discuss.db.workers import in_worker
from discuss.doorbell.bell import Bell
from discuss.doorbell.bells import _doorbell
from discuss.live.hub import hub
from discuss.models import Entry, Membership
from discuss.rules.unread import NEVER, Mark
from tests.cast import Cast, log_in
from tests.page import Page, enter, eventually, settled
from tests.test_unread_live import badge, equals_a_fresh_load, see_the_end
from tests.unread import unread

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def soups(cast: Cast) -> list[Entry]:
    return [cast.say(cast.bob, f"Soup {number}") for number in range(5)]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("discuss.live.end.SEEN_WITHIN", 0.1)


def read_upto(cast: Cast) -> int:
    return Membership.objects.get(user=cast.ann, group=cast.kitchen).read_upto


async def mark(page: Page, cast: Cast, entry: Entry) -> None:
    """Press "Mark unread from here" in the line's menu."""
    path = reverse("mark_unread", args=[cast.kitchen.uuid, entry.position])
    answer = await in_worker(page.client.post, path, headers=HTMX)
    page.swap(answer.content.decode())


# --- the action -------------------------------------------------------------------------------------


def test_it_and_what_stands_below_is_unread(cast: Cast, soups: list[Entry]):
    actions.mark_read({(cast.ann.pk, cast.kitchen.pk): Mark(cast.head())})
    assert unread(cast.ann)["Kitchen"] == ""
    before = cast.head()
    actions.mark_unread(cast.member(cast.ann), entry=soups[3])
    assert unread(cast.ann)["Kitchen"] == "2"
    assert cast.head() == before
    assert unread(cast.mod)["Kitchen"] == "5"


def test_a_line_of_another_group_and_an_event_are_refused(cast: Cast, soups: list[Entry]):
    garden = actions.create_group(cast.bob, name="Garden")
    member = garden.memberships.get()
    roses = actions.post_message(member, text="Roses", nonce=actions.new_nonce())
    for entry in (roses, cast.lines()[0]):
        with pytest.raises(Refused) as refused:
            actions.mark_unread(cast.member(cast.ann), entry=entry)
        assert refused.value.code == Code.NO_MESSAGE


def test_who_has_left_marks_nothing(cast: Cast, soups: list[Entry]):
    bob = cast.member(cast.bob)
    actions.leave_group(bob)
    with pytest.raises(Refused):
        actions.mark_unread(bob, entry=soups[0])


def test_a_load_says_where_what_is_new_begins(cast: Cast, soups: list[Entry]):
    actions.mark_read({(cast.ann.pk, cast.kitchen.pk): Mark(cast.head())})
    ann = log_in(cast.ann)
    ann.post(reverse("mark_unread", args=[cast.kitchen.uuid, soups[2].position]))
    page = ann.get(cast.kitchen.get_absolute_url()).content.decode()
    assert f"#entry-{soups[2].pk} {{ --new-line:" in page


def test_of_two_markings_with_nothing_in_between_each_counts(cast: Cast, soups: list[Entry]):
    """A page that came after the first one was there before the second."""
    here = cast.ann.pk, cast.kitchen.pk
    actions.mark_unread(cast.member(cast.ann), entry=soups[3])
    between = cast.member(cast.ann).marking
    actions.mark_unread(cast.member(cast.ann), entry=soups[1])
    late = Mark(cast.head(), between)
    assert late.upto(cast.member(cast.ann).marking) == 0
    actions.mark_read({here: late})
    assert unread(cast.ann)["Kitchen"] == "4"
    # What is written after that it reads, as every page does.
    cast.say(cast.bob, "Salad")
    actions.mark_read({here: Mark(cast.head(), between)})
    assert unread(cast.ann)["Kitchen"] == ""
    # And a page that comes afterwards reads all of it.
    actions.mark_unread(cast.member(cast.ann), entry=soups[1])
    actions.mark_read({here: Mark(cast.head(), cast.member(cast.ann).marking)})
    assert unread(cast.ann)["Kitchen"] == ""


# --- on open pages ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("live", "quick")
async def test_all_pages_say_so_and_none_reads_it_again(cast: Cast, soups: list[Entry]):
    here, lobby = (
        await enter(cast.ann, cast.kitchen.get_absolute_url()),
        await enter(cast.ann, "/"),
    )
    other = await enter(cast.ann, cast.kitchen.get_absolute_url())
    for page in (here, other):
        see_the_end(page)
    await lobby.until(lambda page: badge(page, cast.kitchen) == "")
    await eventually(lambda: hub.being_read(cast.ann.pk))
    await mark(here, cast, soups[3])
    for page in (here, lobby, other):
        await page.until(lambda page: badge(page, cast.kitchen) == "2unread")
    await hub.subscriptions.marks.write()
    assert await in_worker(read_upto, cast) == soups[3].position - 1
    # The end of what stands there already comes into sight once more, or is renewed.
    see_the_end(here)
    await eventually(lambda: here.is_heard)
    await asyncio.sleep(0.2)
    await settled()
    # A fresh page does not read by being loaded.
    for page in (here, lobby, other):
        await equals_a_fresh_load(page)
        assert badge(page, cast.kitchen) == "2unread"
    for page in (here, other):
        await page.disconnect()
    await hub.subscriptions.marks.write()
    assert await in_worker(read_upto, cast) == soups[3].position - 1


@pytest.mark.usefixtures("live", "quick")
async def test_what_waits_to_be_written_undoes_nothing(cast: Cast, soups: list[Entry]):
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    see_the_end(page)
    await eventually(lambda: hub.read_upto(cast.ann.pk, cast.kitchen.pk, NEVER) or None)
    await mark(page, cast, soups[3])
    await eventually(lambda: not hub.read_upto(cast.ann.pk, cast.kitchen.pk, NEVER))
    await hub.subscriptions.marks.write()
    assert await in_worker(read_upto, cast) == soups[3].position - 1
    assert await in_worker(lambda: unread(cast.ann)["Kitchen"]) == "2"


@pytest.mark.usefixtures("live", "quick")
async def test_with_the_next_message_it_is_read_again(cast: Cast, soups: list[Entry]):
    page, lobby = (
        await enter(cast.ann, cast.kitchen.get_absolute_url()),
        await enter(cast.ann, "/"),
    )
    see_the_end(page)
    await mark(page, cast, soups[3])
    await lobby.until(lambda page: badge(page, cast.kitchen) == "2unread")
    await in_worker(cast.say, cast.bob, "Salad")
    await page.until(lambda page: page.texts[-1] == "Salad")
    await page.until(lambda page: page.element("read").get("value") == str(page.cursor))
    see_the_end(page)
    await lobby.until(lambda page: badge(page, cast.kitchen) == "")


@pytest.mark.usefixtures("live", "quick")
async def test_a_mark_that_is_under_way_undoes_nothing(
    cast: Cast, soups: list[Entry], monkeypatch: pytest.MonkeyPatch
):
    """It was read, and its writing has begun when the person marks it as unread."""

    async def late(action: Any, *args: Any) -> None:
        await mark(page, cast, soups[3])
        await in_worker(action, *args)

    page, lobby = (
        await enter(cast.ann, cast.kitchen.get_absolute_url()),
        await enter(cast.ann, "/"),
    )
    with monkeypatch.context() as slow:
        slow.setattr("discuss.live.marks.in_actor", late)
        slow.setattr("discuss.live.hub.MARKS_INTERVAL", 1000.0)
        see_the_end(page)
        await eventually(lambda: hub.read_upto(cast.ann.pk, cast.kitchen.pk, NEVER) or None)
        await hub.subscriptions.marks.write()
    assert await in_worker(read_upto, cast) == soups[3].position - 1
    await lobby.until(lambda page: badge(page, cast.kitchen) == "2unread")
    await equals_a_fresh_load(lobby)


@pytest.mark.usefixtures("live", "quick")
async def test_who_loads_the_group_again_reads_it(cast: Cast, soups: list[Entry]):
    page = await enter(cast.ann, cast.kitchen.get_absolute_url())
    see_the_end(page)
    await mark(page, cast, soups[3])
    await page.disconnect()
    again = await enter(cast.ann, cast.kitchen.get_absolute_url())
    see_the_end(again)
    await again.until(lambda page: badge(page, cast.kitchen) == "")
    await hub.subscriptions.marks.write()
    assert await in_worker(read_upto, cast) == await in_worker(cast.head)


@pytest.mark.usefixtures("live", "quick")
async def test_without_its_bell_no_page_reads_it_again(
    cast: Cast, soups: list[Entry], monkeypatch: pytest.MonkeyPatch
):
    """As in another process, which hears of it by a sweep."""
    here, lobby = (
        await enter(cast.ann, cast.kitchen.get_absolute_url()),
        await enter(cast.ann, "/"),
    )
    see_the_end(here)
    await lobby.until(lambda page: badge(page, cast.kitchen) == "")
    await hub.subscriptions.marks.write()
    with monkeypatch.context() as deaf:
        deaf.setattr(hub, "hear", lambda bell: None)
        await mark(here, cast, soups[3])
        await settled()
    await here.disconnect()
    await hub.subscriptions.marks.write()
    assert await in_worker(read_upto, cast) == soups[3].position - 1
    await hub.subscriptions.sweep()
    await lobby.until(lambda page: badge(page, cast.kitchen) == "2unread")
    await hub.subscriptions.marks.write()
    await equals_a_fresh_load(lobby)


@pytest.mark.usefixtures("live", "quick")
async def test_without_the_bell_of_a_second_one_no_page_of_the_first_reads_it_again(
    cast: Cast, soups: list[Entry], monkeypatch: pytest.MonkeyPatch
):
    """As in another process, which hears of it by a sweep."""
    lobby = await enter(cast.ann, "/")
    await mark(lobby, cast, soups[3])
    here = await enter(cast.ann, cast.kitchen.get_absolute_url())
    see_the_end(here)
    await lobby.until(lambda page: badge(page, cast.kitchen) == "")
    with monkeypatch.context() as deaf:
        deaf.setattr(hub, "hear", lambda bell: None)
        await mark(lobby, cast, soups[1])
        await settled()
    await here.disconnect()
    await hub.subscriptions.marks.write()
    assert await in_worker(read_upto, cast) == soups[1].position - 1
    await hub.subscriptions.sweep()
    await lobby.until(lambda page: badge(page, cast.kitchen) == "4unread")
    await equals_a_fresh_load(lobby)


def test_what_is_shown_without_javascript_is_read_again(cast: Cast, soups: list[Entry]):
    actions.mark_read({(cast.ann.pk, cast.kitchen.pk): Mark(cast.head())})
    actions.mark_unread(cast.member(cast.ann), entry=soups[3])
    log_in(cast.ann).get(reverse("log", args=[cast.kitchen.uuid]))
    assert unread(cast.ann)["Kitchen"] == ""


@pytest.mark.usefixtures("live")
async def test_two_groups_that_one_person_marks_are_told_to_the_other_processes(
    monkeypatch: pytest.MonkeyPatch,
):
    told: list[Bell] = []

    async def ring_once(self: Any, bells: list[Bell]) -> bool:
        told.extend(bells)
        return True

    hub.start()
    monkeypatch.setattr("discuss.doorbell.ringer.Ringer._ring_once", ring_once)
    for bell in (
        Bell("unread", 7, 1),
        Bell("unread", 7, 2),
        Bell("group", 9, 4),
        Bell("group", 9, 3),
    ):
        _doorbell.hand_over(bell)
    await eventually(lambda: len(told) >= 3)
    assert sorted(told) == [Bell("group", 9, 4), Bell("unread", 7, 1), Bell("unread", 7, 2)]
