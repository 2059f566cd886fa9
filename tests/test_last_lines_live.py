"""The last line of each of one's own groups, on open pages of the lobby: as a fresh load would show it."""

from functools import partial

import pytest

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.models import Group, Membership
from discuss.rendering.audience import Audience
from tests.cast import Cast
from tests.document import text
from tests.page import Page, enter, settled
from tests.test_unread_live import equals_a_fresh_load
from tests.unread import garden, say

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]
__all__ = ["garden"]


def last(page: Page, group: Group) -> str:
    words = page.element(f"last-{group.uuid}").xpath(".//*[@class='words']")
    return text(words[0]) if words else ""


async def shows(page: Page, group: Group, words: str) -> None:
    await page.until(lambda page: last(page, group) == words)
    await equals_a_fresh_load(page)


async def test_every_lobby_of_a_member_follows_what_is_written_edited_and_removed(
    cast: Cast, garden: Group
):
    pages = [await enter(user, "/") for user in (cast.ann, cast.ann, cast.bob)]
    first = await in_worker(say, garden, cast.bob, "Beans")
    for page in pages:
        await shows(page, garden, "bob: Beans")
        assert last(page, cast.kitchen) == "What is for dinner"
    second = await in_worker(say, garden, cast.ann, "Peas")
    for page in pages:
        await shows(page, garden, "ann: Peas")
    ann = await in_worker(Membership.objects.get, group=garden, user=cast.ann)
    await in_worker(actions.edit_message, ann, entry=second, text="Peas and mint")
    for page in pages:
        await shows(page, garden, "ann: Peas and mint")
    await in_worker(actions.hide_message, ann, entry=second)
    for page in pages:
        await shows(page, garden, "bob: Beans")
    bob = await in_worker(Membership.objects.get, group=garden, user=cast.bob)
    await in_worker(actions.hide_message, bob, entry=first)
    for page in pages:
        await shows(page, garden, "")


async def test_an_older_one_that_is_edited_changes_nothing(cast: Cast, garden: Group):
    ann = await enter(cast.ann, "/")
    first = await in_worker(say, garden, cast.bob, "Beans")
    await in_worker(say, garden, cast.bob, "Peas")
    await shows(ann, garden, "bob: Peas")
    bob = await in_worker(Membership.objects.get, group=garden, user=cast.bob)
    count = len(ann.frames)
    await in_worker(actions.edit_message, bob, entry=first, text="Broad beans")
    await in_worker(actions.join_group, cast.cleo, group=garden)
    await settled()
    await equals_a_fresh_load(ann)
    assert not [frame for frame in ann.frames[count:] if f"last-{garden.uuid}" in frame]


async def test_people_for_whom_the_same_has_moved_share_its_bytes(cast: Cast):
    ann, bob = await enter(cast.ann, "/"), await enter(cast.bob, "/")
    await in_worker(cast.say, cast.mod, "Soup")
    for page in (ann, bob):
        await shows(page, cast.kitchen, "mod: Soup")
    told = [[f for f in page.frames if f"last-{cast.kitchen.uuid}" in f] for page in (ann, bob)]
    assert told[0][-1] == told[1][-1]


async def test_who_is_no_member_is_told_nothing(cast: Cast, garden: Group):
    cleo, ann = await enter(cast.cleo, "/"), await enter(cast.ann, "/")
    await in_worker(say, garden, cast.bob, "Beans are secret")
    await shows(ann, garden, "bob: Beans are secret")
    await settled()
    cleo.read()
    assert "Beans are secret" not in "".join(cleo.frames)


async def test_who_was_removed_is_told_nothing_even_where_no_bell_told_of_it(
    cast: Cast, garden: Group, monkeypatch: pytest.MonkeyPatch
):
    await in_worker(say, garden, cast.bob, "Beans")
    ann, bob = await enter(cast.ann, "/"), await enter(cast.bob, "/")
    await shows(ann, garden, "bob: Beans")
    place = await in_worker(Membership.objects.get, group=garden, user=cast.ann)
    with monkeypatch.context() as deaf:
        deaf.setattr(hub, "hear", lambda bell: None)
        owner = await in_worker(Membership.objects.get, group=garden, user=cast.bob)
        await in_worker(actions.remove_member, owner, membership=place)
        await settled()
    await in_worker(say, garden, cast.bob, "Now we are alone")
    await shows(bob, garden, "bob: Now we are alone")
    await ann.until(lambda page: not page.has(f"last-{garden.uuid}"))
    assert "Now we are alone" not in "".join(ann.frames)
    await equals_a_fresh_load(ann)


async def test_a_group_that_one_comes_into_has_its_last_line(cast: Cast, garden: Group):
    await in_worker(say, garden, cast.bob, "Beans")
    cleo = await enter(cast.cleo, "/")
    await in_worker(actions.join_group, cast.cleo, group=garden)
    await cleo.until(lambda page: page.has(f"last-{garden.uuid}"))
    await shows(cleo, garden, "bob: Beans")


async def test_a_new_description_stands_where_there_is_no_message(cast: Cast):
    bob = await enter(cast.bob, "/")
    ann = await in_worker(cast.member, cast.ann)
    change = partial(actions.change_group, ann, group=cast.kitchen, name="Kitchen")
    await in_worker(change, description="Lunch too")
    await shows(bob, cast.kitchen, "Lunch too")


async def test_a_page_that_comes_back_is_right_again(cast: Cast, garden: Group):
    ann, bob = await enter(cast.ann, "/"), await enter(cast.bob, "/")
    entry = await in_worker(say, garden, cast.bob, "Beans")
    await shows(ann, garden, "bob: Beans")
    await ann.disconnect()
    place = await in_worker(Membership.objects.get, group=garden, user=cast.bob)
    await in_worker(actions.edit_message, place, entry=entry, text="Broad beans")
    await shows(bob, garden, "bob: Broad beans")
    await ann.join_in()
    await shows(ann, garden, "bob: Broad beans")


async def test_what_is_said_while_nobody_is_in_the_lobby_is_there_afterwards(
    cast: Cast, garden: Group
):
    """The feed remembers last lines for pages that show them, and none that it heard nothing of."""
    lobby, there = await enter(cast.ann, "/"), await enter(cast.ann, garden.get_absolute_url())
    await in_worker(say, garden, cast.bob, "Beans")
    await shows(lobby, garden, "bob: Beans")
    await lobby.disconnect()
    await in_worker(say, garden, cast.bob, "Peas")
    await there.until(lambda page: page.texts == ["Beans", "Peas"])
    await settled()
    await equals_a_fresh_load(there)
    await lobby.join_in()
    await shows(lobby, garden, "bob: Peas")


async def test_a_group_page_is_not_written_it(cast: Cast, garden: Group):
    there, lobby = await enter(cast.ann, garden.get_absolute_url()), await enter(cast.ann, "/")
    await in_worker(cast.say, cast.bob, "Soup")
    await shows(lobby, cast.kitchen, "bob: Soup")
    await settled()
    await equals_a_fresh_load(there)
    assert not [frame for frame in there.frames if 'id="last-' in frame]


async def test_a_sweep_finds_what_no_bell_told(
    cast: Cast, garden: Group, monkeypatch: pytest.MonkeyPatch
):
    ann = await enter(cast.ann, "/")
    await settled()
    with monkeypatch.context() as deaf:
        deaf.setattr(hub, "hear", lambda bell: None)
        await in_worker(say, garden, cast.bob, "Beans")
        await settled()
    await hub.subscriptions.sweep()
    await shows(ann, garden, "bob: Beans")


async def test_when_the_day_is_over_the_time_becomes_the_day(
    cast: Cast, garden: Group, monkeypatch: pytest.MonkeyPatch
):
    ann = await enter(cast.ann, "/")
    entry = await in_worker(say, garden, cast.bob, "Beans")
    await shows(ann, garden, "bob: Beans")
    monkeypatch.setattr(Audience, "today", lambda audience: "2999-12-31")
    await hub.subscriptions.sweep()
    told = f"{entry.timestamp.day} {entry.timestamp:%b %Y}"
    await ann.until(lambda page: told in text(page.element(f"last-{garden.uuid}")))
    await equals_a_fresh_load(ann)
    # Once.
    await settled()
    ann.read()
    count = len(ann.frames)
    await hub.subscriptions.sweep()
    await settled()
    ann.read()
    assert not [frame for frame in ann.frames[count:] if "own-groups" in frame]
