"""What is unread on open pages: told at once, read when it is seen, and what a fresh load would show."""

import asyncio
import json
import threading
from urllib.parse import urljoin

import pytest
from django.conf import settings

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live.feeds import person
from discuss.live.hub import hub
from discuss.live.person_updates import Answer, Asked, read_person_updates
from discuss.models import Group, Membership
from tests.cast import Cast
from tests.document import outer
from tests.page import Page, enter, eventually, settled, visit
from tests.unread import garden, read, say, unread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live", "quick")]
__all__ = ["garden"]


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not answer is not reading soon after."""
    monkeypatch.setattr("discuss.live.end.SEEN_WITHIN", 0.1)


def badge(page: Page, group: Group) -> str:
    return "".join((page.element(f"unread-{group.uuid}").text_content() or "").split())


def see_the_end(page: Page) -> None:
    """The end of the log comes into sight."""
    page.submit("read-form")


async def equals_a_fresh_load(page: Page) -> None:
    await settled()
    page.read()
    fresh = await Page.open(page.client, page.path)
    for shown in (page, fresh):
        shown.element("own-shown").set("value", "")
    assert outer(page.element("own-groups")).split() == outer(fresh.element("own-groups")).split()
    assert page.find("head > title")[0].text == fresh.find("head > title")[0].text


async def test_every_page_of_a_person_says_what_is_unread(cast: Cast, path: str, garden: Group):
    ann, lobby, bob = (
        await enter(cast.ann, path),
        await enter(cast.ann, "/"),
        await enter(cast.bob, path),
    )
    await in_worker(say, garden, cast.bob)
    await in_worker(say, garden, cast.bob)
    for page in (ann, lobby):
        await page.until(lambda page: badge(page, garden) == "2unread")
        await equals_a_fresh_load(page)
    assert ann.find("head > title")[0].text == "(2) Kitchen · DiscussIt"
    assert "icon-unread" in (ann.element("icon").get("href") or "")
    await equals_a_fresh_load(bob)
    assert badge(bob, garden) == ""


async def test_what_is_seen_is_read_on_all_pages(cast: Cast, garden: Group):
    await in_worker(say, garden, cast.bob)
    there, lobby = await enter(cast.ann, garden.get_absolute_url()), await enter(cast.ann, "/")
    assert badge(lobby, garden) == "1unread"
    see_the_end(there)
    for page in (there, lobby):
        await page.until(lambda page: badge(page, garden) == "")
    await eventually(lambda: in_worker(lambda: unread(cast.ann)["Garden"] == ""))
    await equals_a_fresh_load(lobby)


async def test_where_one_reads_nothing_is_unread(cast: Cast, garden: Group):
    there, lobby = await enter(cast.ann, garden.get_absolute_url()), await enter(cast.ann, "/")
    see_the_end(there)
    await settled()
    for _ in range(3):
        await in_worker(say, garden, cast.bob)
    await there.until(lambda page: len(page.texts) == 3)
    see_the_end(there)
    await settled()
    await equals_a_fresh_load(lobby)
    assert badge(lobby, garden) == ""


async def test_a_page_that_ceases_to_answer_is_not_read(cast: Cast, garden: Group):
    there, lobby = await enter(cast.ann, garden.get_absolute_url()), await enter(cast.ann, "/")
    see_the_end(there)
    await settled()
    await in_worker(say, garden, cast.bob)
    # The end was renewed with it, and nobody said to have seen it.
    await lobby.until(lambda page: badge(page, garden) == "1unread")
    await there.disconnect()
    await eventually(lambda: garden.pk not in hub.subscriptions.groups)
    await equals_a_fresh_load(lobby)
    assert badge(lobby, garden) == "1unread"


async def test_who_leaves_while_reading_has_read_all_that_was_written(cast: Cast, garden: Group):
    there = await enter(cast.ann, garden.get_absolute_url())
    entry = await in_worker(say, garden, cast.bob)
    await there.until(lambda page: page.element("read").get("value") == str(entry.position))
    see_the_end(there)
    await settled()
    # The end is renewed 10 seconds later at the earliest.
    await in_worker(say, garden, cast.bob)
    await there.until(lambda page: len(page.texts) == 2)
    await there.disconnect()
    await eventually(lambda: in_worker(lambda: unread(cast.ann)["Garden"] == ""))


async def test_who_goes_on_to_another_page_has_read_what_is_not_written_yet(
    cast: Cast, path: str, garden: Group, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as stuck:
        stuck.setattr(hub.subscriptions.marks, "write", asyncio.Event().wait)
        there = await enter(cast.ann, garden.get_absolute_url())
        entry = await in_worker(say, garden, cast.bob)
        await there.until(lambda page: page.element("read").get("value") == str(entry.position))
        see_the_end(there)
        await settled()
        await there.disconnect()
        await eventually(lambda: garden.pk not in hub.subscriptions.groups)
        # The database says something else.
        assert await in_worker(lambda: unread(cast.ann)["Garden"]) == "1"
        elsewhere = await enter(cast.ann, path)
        assert badge(elsewhere, garden) == ""
        await settled()
        elsewhere.read()
        assert badge(elsewhere, garden) == ""
        await equals_a_fresh_load(elsewhere)


async def test_a_place_that_is_none_is_not_read(cast: Cast, garden: Group):
    await in_worker(say, garden, cast.bob)
    there = await enter(cast.ann, garden.get_absolute_url())
    for nonsense in ("1000", "-1", "x", ""):
        there.submit("read-form", read=nonsense)
    await there.post("Here")
    await settled()
    await there.until(lambda page: badge(page, garden) == "1unread")


async def test_a_page_that_comes_back_is_right_again(cast: Cast, path: str, garden: Group):
    ann = await enter(cast.ann, path)
    await in_worker(say, garden, cast.bob)
    await ann.until(lambda page: badge(page, garden) == "1unread")
    await ann.disconnect()
    await in_worker(read, cast.ann, garden, 100)
    await ann.join_in()
    await ann.until(lambda page: badge(page, garden) == "")
    await equals_a_fresh_load(ann)


async def test_what_rings_while_a_page_comes_in_is_not_lost(
    cast: Cast, path: str, garden: Group, monkeypatch: pytest.MonkeyPatch
):
    has_read, may_go_on = threading.Event(), threading.Event()

    def read_slowly(asked: Asked) -> Answer:
        answer = read_now(asked)
        has_read.set()
        assert may_go_on.wait(60)
        return answer

    read_now = read_person_updates
    monkeypatch.setattr(person, "read_person_updates", read_slowly)
    ann = await enter(cast.ann, path)
    await eventually(has_read.is_set)
    await in_worker(say, garden, cast.bob)
    monkeypatch.setattr(person, "read_person_updates", read_now)
    may_go_on.set()
    await ann.until(lambda page: badge(page, garden) == "1unread")


async def test_a_page_of_the_version_before_is_written_nothing_that_it_does_not_show(
    cast: Cast, path: str, garden: Group
):
    ann = await visit(cast.ann, path)
    await ann.connect(resumes=False)
    frame = json.loads(ann.frame("resume-form", urljoin(settings.PUBLIC_URL, path)))
    del frame["own"]
    ann.send(json.dumps(frame))
    await in_worker(say, garden, cast.bob)
    await in_worker(cast.say, cast.bob, "Soup")
    await ann.until(lambda page: page.texts == ["Soup"])
    await settled()
    ann.read()
    assert not [frame for frame in ann.frames if 'id="end"' in frame or 'id="icon"' in frame]


async def test_the_list_follows_who_joins_and_leaves_and_new_names(
    cast: Cast, path: str, garden: Group
):
    ann = await enter(cast.ann, path)
    attic = await in_worker(actions.create_group, cast.ann, name="Attic")
    await ann.until(lambda page: page.has(f"unread-{attic.uuid}"))
    await equals_a_fresh_load(ann)
    await in_worker(
        actions.change_group,
        await in_worker(Membership.objects.get, group=attic, user=cast.ann),
        group=attic,
        name="Zoo",
        description="",
    )
    await ann.until(lambda page: "Zoo" in (page.element("own-groups").text_content() or ""))
    await equals_a_fresh_load(ann)
    await in_worker(actions.leave_from_lobby, cast.ann, group=garden)
    await ann.until(lambda page: not page.has(f"unread-{garden.uuid}"))
    await equals_a_fresh_load(ann)


async def test_a_hidden_message_is_not_unread_any_more(cast: Cast, path: str, garden: Group):
    ann = await enter(cast.ann, path)
    entry = await in_worker(say, garden, cast.bob)
    await ann.until(lambda page: badge(page, garden) == "1unread")
    bob = await in_worker(Membership.objects.get, group=garden, user=cast.bob)
    await in_worker(actions.hide_message, bob, entry=entry)
    await ann.until(lambda page: badge(page, garden) == "")
    await equals_a_fresh_load(ann)


async def test_a_sweep_finds_what_no_bell_told(
    cast: Cast, path: str, garden: Group, monkeypatch: pytest.MonkeyPatch
):
    ann = await enter(cast.ann, path)
    await settled()
    with monkeypatch.context() as deaf:
        deaf.setattr(hub, "hear", lambda bell: None)
        await in_worker(say, garden, cast.bob)
        await in_worker(read, cast.ann, cast.kitchen, 3)
        await settled()
    await hub.subscriptions.sweep()
    await ann.until(lambda page: badge(page, garden) == "1unread")
    await equals_a_fresh_load(ann)


async def test_the_end_is_renewed_at_once_after_a_pause_and_then_seldom(cast: Cast, path: str):
    ann = await enter(cast.ann, path)

    def ends() -> int:
        return sum('id="end"' in frame for frame in ann.frames)

    for number in range(1, 6):
        await in_worker(cast.say, cast.bob, f"Soup {number}")
        await ann.until(lambda page: page.texts[-1:] == [f"Soup {number}"])  # noqa: B023
    await ann.until(lambda page: ends() == 1)
    # Ten seconds later.
    end = hub.subscriptions.groups[cast.kitchen.pk]._pages._end
    assert end._renewing is not None
    end._renewing.cancel()
    end._renew()
    await ann.until(lambda page: ends() == 2)
    # It stands for all that came since.
    assert ann.element("read").get("value") == str(await in_worker(cast.head))


async def test_who_does_something_is_not_kept_waiting_and_counts_are(
    cast: Cast, path: str, garden: Group, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.live.feeds.person.PersonFeed.flush_interval", 1000.0)
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    # The first flush, which is due at once, is over.
    await eventually(
        lambda: hub.subscriptions.person and len(hub.subscriptions.person._people) == 2
    )
    await in_worker(say, garden, cast.bob)
    for name in ("Barn", "Cellar"):
        await in_worker(actions.create_group, cast.bob, name=name)
        await bob.until(lambda page: name in (page.element("own-groups").text_content() or ""))  # noqa: B023
    ann.read()
    assert badge(ann, garden) == ""
    feed = hub.subscriptions.person
    assert feed is not None
    feed._due = 0.0
    feed._ring_soon()
    await ann.until(lambda page: badge(page, garden) == "1unread")
