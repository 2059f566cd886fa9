"""Mentions on open pages: counted as a fresh load counts them, at the person's level, and heard once."""

import pytest

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.live.person_updates import Asked, read_person_updates
from discuss.models import Group, Level, Membership, User
from tests.cast import Cast
from tests.page import Page, enter, settled
from tests.test_unread_live import badge, equals_a_fresh_load, quick, see_the_end
from tests.unread import garden, read, say

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live", "quick")]
__all__ = ["garden", "quick"]


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


def counted(page: Page) -> str:
    """The count beside the way to the mentions, without the words for who does not see it."""
    return "".join((page.element("mentions-count").text_content() or "").split())


def heard(page: Page) -> int:
    """How often the page was given a sound."""
    return sum("<audio" in frame for frame in page.frames)


def edit(user: User, group: Group, entry: object, text: str) -> None:
    member = Membership.objects.get(user=user, group=group)
    actions.edit_message(member, entry=entry, text=text)  # type: ignore[arg-type]


def choose(user: User, group: Group, level: str) -> None:
    actions.change_level(Membership.objects.get(user=user, group=group), level=level)


def with_sound(*users: User) -> None:
    for user in users:
        actions.change_settings(user, sound="mentions")


async def test_every_page_of_a_person_says_what_mentions_them(cast: Cast, path: str, garden: Group):
    ann, lobby = await enter(cast.ann, path), await enter(cast.ann, "/")
    await in_worker(say, garden, cast.bob)
    entry = await in_worker(say, garden, cast.bob, "@ann")
    for page in (ann, lobby):
        await page.until(lambda page: badge(page, garden) == "@1mentionyou2unread")
        assert counted(page) == "1unread"
        await equals_a_fresh_load(page)
    assert ann.find("head > title")[0].text == "(@1, 2) Kitchen · DiscussIt"
    await in_worker(edit, cast.bob, garden, entry, "Soup")
    await ann.until(lambda page: badge(page, garden) == "2unread")
    await in_worker(edit, cast.bob, garden, entry, "@ann @mod")
    await ann.until(lambda page: badge(page, garden) == "@1mentionyou2unread")
    bob = await in_worker(Membership.objects.get, group=garden, user=cast.bob)
    await in_worker(actions.hide_message, bob, entry=entry)
    for page in (ann, lobby):
        await page.until(lambda page: badge(page, garden) == "1unread")
        assert counted(page) == ""
        await equals_a_fresh_load(page)


async def test_everybody_is_called_but_who_calls(cast: Cast, path: str, garden: Group):
    await in_worker(Membership.objects.filter(group=garden, user=cast.ann).update, role="moderator")
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await in_worker(say, garden, cast.ann, "@all")
    await bob.until(lambda page: badge(page, garden) == "@1mentionyou")
    assert bob.find("head > title")[0].text == "(@1) Kitchen · DiscussIt"
    await in_worker(say, garden, cast.ann, "@here")
    await bob.until(lambda page: badge(page, garden) == "@1mentionyou2unread")
    for page in (ann, bob):
        await equals_a_fresh_load(page)
    assert badge(ann, garden) == ""


async def test_what_is_read_mentions_nobody_any_more(cast: Cast, path: str, garden: Group):
    entry = await in_worker(say, garden, cast.bob, "@ann")
    ann, there = await enter(cast.ann, path), await enter(cast.ann, garden.get_absolute_url())
    assert badge(ann, garden) == "@1mentionyou"
    see_the_end(there)
    await ann.until(lambda page: badge(page, garden) == "")
    await there.disconnect()
    await in_worker(say, garden, cast.bob, "@ann")
    await ann.until(lambda page: badge(page, garden) == "@1mentionyou")
    await in_worker(read, cast.ann, garden, entry.position + 1)
    # As another process would have it read.
    await hub.subscriptions.sweep()
    await ann.until(lambda page: badge(page, garden) == "")
    await equals_a_fresh_load(ann)


async def test_a_level_is_followed_by_all_pages(cast: Cast, path: str, garden: Group):
    ann, lobby = await enter(cast.ann, path), await enter(cast.ann, "/")
    there = await enter(cast.ann, garden.get_absolute_url())
    await in_worker(say, garden, cast.bob)
    await in_worker(say, garden, cast.bob, "@ann")
    await there.until(lambda page: badge(page, garden) == "@1mentionyou2unread")
    for level, shown in (
        (Level.MENTIONS, "@1mentionyou"),
        (Level.NOTHING, ""),
        (Level.ALL, "@1mentionyou2unread"),
    ):
        there.submit("notify-form", level=level.value)
        for page in (ann, lobby, there):
            await page.until(lambda page: badge(page, garden) == shown)  # noqa: B023
            row = next(
                a for a in page.element("own-groups").iter("a") if "Garden" in a.text_content()
            )
            assert row.get("data-level") == level.value
            await equals_a_fresh_load(page)
    there.submit("notify-form", level="loud")
    await there.until(lambda page: page.element("notice").text_content().strip())


async def test_a_page_that_comes_back_is_right_again(cast: Cast, path: str, garden: Group):
    ann = await enter(cast.ann, path)
    await ann.disconnect()
    await in_worker(say, garden, cast.bob, "@ann")
    await in_worker(choose, cast.ann, garden, Level.MENTIONS)
    await ann.join_in()
    await ann.until(lambda page: badge(page, garden) == "@1mentionyou")
    await equals_a_fresh_load(ann)


async def test_a_sweep_finds_what_no_bell_told(
    cast: Cast, path: str, garden: Group, monkeypatch: pytest.MonkeyPatch
):
    ann = await enter(cast.ann, path)
    await in_worker(say, garden, cast.bob)
    await ann.until(lambda page: badge(page, garden) == "1unread")
    with monkeypatch.context() as deaf:
        deaf.setattr(hub, "hear", lambda bell: None)
        await in_worker(say, garden, cast.bob, "@ann")
        await in_worker(choose, cast.ann, garden, Level.MENTIONS)
        await settled()
    await hub.subscriptions.sweep()
    await ann.until(lambda page: badge(page, garden) == "@1mentionyou")
    await equals_a_fresh_load(ann)


async def test_a_mention_is_heard_once_in_one_page(cast: Cast, path: str, garden: Group):
    await in_worker(with_sound, cast.ann)
    await in_worker(say, garden, cast.bob, "@ann")
    pages = [await enter(cast.ann, path), await enter(cast.ann, "/")]
    bob = await enter(cast.bob, path)
    await settled()
    # What was missed is not heard.
    assert all(not heard(page) for page in pages)
    await in_worker(say, garden, cast.bob, "@ann @bob")
    await pages[0].until(lambda page: badge(page, garden) == "@2mentionyou")
    await settled()
    for page in (*pages, bob):
        page.read()
    assert [heard(page) for page in (*pages, bob)] == [0, 1, 0]
    # Whoever has done something in a page hears it there.
    await pages[0].post("Soup")
    await in_worker(say, garden, cast.bob, "Beans")
    await in_worker(say, garden, cast.bob, "@ann")
    await pages[0].until(heard)
    assert [heard(page) for page in pages] == [1, 1]
    await hub.subscriptions.sweep()
    await settled()
    for page in pages:
        page.read()
        for sound in page.find("#sound > audio"):
            place = sound.getparent()
            place.remove(sound)
            place.text, place.tail = None, "\n"
        await equals_a_fresh_load(page)
    assert [heard(page) for page in pages] == [1, 1]


async def test_a_group_that_is_read_or_silent_is_not_heard(cast: Cast, path: str, garden: Group):
    await in_worker(with_sound, cast.ann, cast.mod)
    await in_worker(actions.join_group, cast.mod, group=garden)
    await in_worker(choose, cast.mod, garden, Level.NOTHING)
    ann, mod = await enter(cast.ann, garden.get_absolute_url()), await enter(cast.mod, path)
    see_the_end(ann)
    await settled()
    await in_worker(say, garden, cast.bob, "@ann @mod")
    await ann.until(lambda page: "@ann @mod" in page.texts)
    see_the_end(ann)
    await settled()
    for page in (ann, mod):
        page.read()
        assert not heard(page)
    await in_worker(choose, cast.mod, garden, Level.MENTIONS)
    await mod.until(lambda page: badge(page, garden) == "@1mentionyou")
    assert not heard(mod)
    await in_worker(say, garden, cast.bob, "@mod")
    await mod.until(heard)


async def test_who_is_here_hears_of_it(cast: Cast, path: str, garden: Group):
    await in_worker(with_sound, cast.ann)
    ann = await enter(cast.ann, path)
    await settled()
    await in_worker(say, garden, cast.bob, "@here")
    await ann.until(heard)
    assert badge(ann, garden) == "1unread"


# --- what it takes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [2, 40])
def test_a_flush_takes_as_many_statements_for_many_people(
    cast: Cast, garden: Group, people: int, django_assert_num_queries
):
    users = [User.objects.create_user(f"person{number}") for number in range(people)]
    for user in users:
        actions.join_group(user, group=garden)
    everybody = frozenset(user.pk for user in users)

    def asked(groups: set[int], known: dict) -> Asked:
        return Asked(frozenset(), frozenset(), groups, known, everybody=everybody)

    known = read_person_updates(asked({garden.pk}, {})).positions
    say(garden, cast.bob)
    with django_assert_num_queries(1):
        known |= read_person_updates(asked({garden.pk}, known)).positions
    say(garden, cast.bob, " ".join(f"@{user.username}" for user in users))
    with django_assert_num_queries(2):
        answer = read_person_updates(asked({garden.pk}, known))
    assert {user for user, _ in answer.mentions.of_people} == everybody
