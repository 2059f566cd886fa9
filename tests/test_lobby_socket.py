"""The lobby and its socket: joining, leaving, and the list that stays current."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live import lobby_updates
from discuss.live.hub import hub
from discuss.models import Group, Kind, Membership, User
from discuss.models.group_query import GroupQuerySet
from discuss.reading import lobby
from discuss.rules.text import clean_name
from tests.cast import Cast
from tests.document import text
from tests.page import PATIENCE, Page, enter, eventually, settled, visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


def buttons(page: Page, group: Group) -> str:
    """What the buttons beside a group say; not what the question does that one of them asks."""
    actions = page.element(f"group-{group.uuid}-actions")
    return " ".join(text(each) for each in actions if "popover" not in each.attrib)


def about(page: Page, group: Group) -> str:
    tile, *words = page.element(f"group-{group.uuid}-about")
    assert tile.get("aria-hidden") == "true"
    return " ".join(map(text, words))


def names(page: Page) -> list[str]:
    return [text(heading) for heading in page.element("group-list").xpath("./li//h3")]


@pytest.fixture
def sam(transactional_db: None) -> User:
    return User.objects.create_user("sam", is_staff=True)


class Reading:
    """Reads of the list that wait until they may go on, once each of them has begun."""

    def __init__(self, read: Callable[..., Any]) -> None:
        self.is_held, self.may_go_on = threading.Event(), threading.Event()
        self._read = read

    def before_it_is_done(self, *args: Any) -> Any:
        """Read the list first, and then wait."""
        reading = self._read(*args)
        self._hold()
        return reading

    def after_it_is_done(self, *args: Any) -> Any:
        """Wait first, and then read the list."""
        self._hold()
        return self._read(*args)

    def _hold(self) -> None:
        self.is_held.set()
        self.may_go_on.wait(PATIENCE)


# --- join and leave ---------------------------------------------------------------------------------


async def test_joining_changes_ones_buttons_in_every_tab_and_the_count_in_everybodys(cast: Cast):
    cleo, other, ann = [await enter(user, "/") for user in (cast.cleo, cast.cleo, cast.ann)]
    assert buttons(cleo, cast.kitchen) == "Join"
    cleo.submit("join-form", group=str(cast.kitchen.uuid))
    for page in (cleo, other):
        await page.until(lambda page: buttons(page, cast.kitchen) == "Open")
    for page in (cleo, other, ann):
        await page.until(lambda page: "4 members" in about(page, cast.kitchen))
    assert await in_worker(cast.member, cast.cleo)


async def test_only_the_actors_own_page_takes_the_focus(cast: Cast):
    cleo, other = await enter(cast.cleo, "/"), await enter(cast.cleo, "/")
    cleo.submit("join-form", group=str(cast.kitchen.uuid))
    await other.until(lambda page: "Open" in buttons(page, cast.kitchen))
    await cleo.until(lambda page: page.focus == f"group-{cast.kitchen.uuid}-actions")
    await settled()
    other.read()
    assert other.focus is None


@pytest.mark.parametrize("when", ["before_it_is_done", "after_it_is_done"])
async def test_who_joins_before_the_page_is_live_has_the_focus_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, when: str
):
    reading = Reading(lobby_updates.read_lobby_updates)
    monkeypatch.setattr("discuss.live.feeds.lobby.read_lobby_updates", getattr(reading, when))
    cleo = await visit(cast.cleo, "/")
    await cleo.connect()
    await eventually(reading.is_held.is_set)
    cleo.submit("join-form", group=str(cast.kitchen.uuid))
    await eventually(lambda: in_worker(Membership.objects.filter(user=cast.cleo).exists))
    # The action's own answer comes before the list is read to its end.
    cleo.send("nonsense")
    await cleo.until(lambda page: page.notice)
    reading.may_go_on.set()
    await cleo.until(lambda page: buttons(page, cast.kitchen) == "Open")
    await settled()
    cleo.read()
    assert cleo.focus == f"group-{cast.kitchen.uuid}-actions"
    last = [frame for frame in cleo.frames if "-actions" in frame][-1]
    assert "autofocus" in last


async def test_leaving_changes_ones_buttons_back(cast: Cast):
    bob, ann = await enter(cast.bob, "/"), await enter(cast.ann, "/")
    bob.leave_group(cast.kitchen.uuid)
    await bob.until(lambda page: buttons(page, cast.kitchen) == "Join")
    await ann.until(lambda page: "2 members" in about(page, cast.kitchen))
    assert buttons(ann, cast.kitchen) == "Open"


async def test_joining_and_leaving_twice_are_one_change_each(cast: Cast):
    cleo = await enter(cast.cleo, "/")

    def has_buttons(expected: str, page: Page) -> bool:
        return buttons(page, cast.kitchen) == expected

    for _ in range(3):
        cleo.submit("join-form", group=str(cast.kitchen.uuid))
    await cleo.until(partial(has_buttons, "Open"))
    for _ in range(3):
        cleo.leave_group(cast.kitchen.uuid)
    await cleo.until(partial(has_buttons, "Join"))
    # Frames are answered in order: after this one's notice all the others are done.
    cleo.send("?")
    await cleo.until(lambda page: page.notice)
    (line,) = (await in_worker(cast.lines))[3:]
    assert (line.kind, line.text, await in_worker(cast.head)) == (Kind.LEFT, Kind.JOINED, 5)


async def test_the_last_owner_is_told_why_not_and_stays(cast: Cast):
    ann = await enter(cast.ann, "/")
    ann.leave_group(cast.kitchen.uuid)
    await ann.until(lambda page: page.notice.startswith("Kitchen: ") and "hand it" in page.notice)
    assert buttons(ann, cast.kitchen) == "Open"
    assert await in_worker(cast.member, cast.ann)


async def test_a_group_that_is_gone_is_called_so(cast: Cast, sam: User):
    cleo = await enter(cast.cleo, "/")
    uuid = str(cast.kitchen.uuid)
    await in_worker(actions.delete_group, sam, group=cast.kitchen)
    cleo.submit("join-form", group=uuid)
    await cleo.until(lambda page: page.notice == "This group is gone.")


async def test_a_membership_that_a_moderator_ended_shows_in_the_lobby(cast: Cast):
    bob = await enter(cast.bob, "/")
    await in_worker(
        lambda: actions.remove_member(cast.member(cast.mod), membership=cast.member(cast.bob))
    )
    await bob.until(lambda page: buttons(page, cast.kitchen) == "Join")
    assert bob.close_code is None


# --- rows -------------------------------------------------------------------------------------------


async def test_new_groups_appear_in_their_place(cast: Cast):
    bob, cleo = await enter(cast.bob, "/"), await enter(cast.cleo, "/")
    made = {}
    for name in ("Zebra", "Allotment", "lounge"):
        made[name] = await in_worker(actions.create_group, cast.cleo, name=name)
    for page in (bob, cleo):
        await page.until(lambda page: names(page) == ["Allotment", "Kitchen", "lounge", "Zebra"])
    await cleo.until(lambda page: buttons(page, made["Zebra"]) == "Open")
    assert buttons(bob, made["Zebra"]) == "Join"


async def test_a_new_name_appears(cast: Cast, sam: User):
    bob = await enter(cast.bob, "/")
    await in_worker(
        actions.change_group, sam, group=cast.kitchen, name="Canteen", description="Lunch"
    )
    await bob.until(lambda page: about(page, cast.kitchen) == "Canteen Lunch 3 members")


async def test_a_group_that_is_deleted_disappears(cast: Cast, sam: User):
    await in_worker(actions.create_group, cast.cleo, name="Garden")
    bob = await enter(cast.bob, "/")
    await in_worker(actions.delete_group, sam, group=cast.kitchen)
    await bob.until(lambda page: names(page) == ["Garden"])


async def test_a_group_of_ones_own_that_is_deleted_does_not_hold_up_the_others(
    cast: Cast, sam: User
):
    garden = await in_worker(actions.create_group, cast.bob, name="Garden")
    bob = await enter(cast.bob, "/")
    await in_worker(actions.delete_group, sam, group=garden)
    await bob.until(lambda page: names(page) == ["Kitchen"])
    await in_worker(actions.leave_from_lobby, cast.bob, group=cast.kitchen)
    await bob.until(lambda page: buttons(page, cast.kitchen) == "Join")
    await settled()


async def test_what_no_bell_told_is_found_by_the_sweep(cast: Cast, sam: User, monkeypatch):
    garden = await in_worker(actions.create_group, cast.cleo, name="Garden")
    bob, cleo = await enter(cast.bob, "/"), await enter(cast.cleo, "/")
    heard = len(bob.frames)
    monkeypatch.setattr("discuss.doorbell.bells._doorbell.hand_over", lambda bell: None)
    await in_worker(actions.join_group, cast.cleo, group=cast.kitchen)
    await in_worker(actions.create_group, cast.cleo, name="Allotment")
    await in_worker(actions.delete_group, sam, group=garden)
    await settled()
    bob.read()
    assert len(bob.frames) == heard
    await hub.subscriptions.sweep()
    for page in (bob, cleo):
        await page.until(lambda page: names(page) == ["Allotment", "Kitchen"])
        await page.until(lambda page: "4 members" in about(page, cast.kitchen))
    await cleo.until(lambda page: buttons(page, cast.kitchen) == "Open")


async def test_a_page_that_returns_is_brought_up_to_date(cast: Cast):
    cleo = await enter(cast.cleo, "/")
    await cleo.disconnect()
    await in_worker(actions.join_group, cast.cleo, group=cast.kitchen)
    await in_worker(actions.create_group, cast.bob, name="Garden")
    await cleo.join_in()
    await cleo.until(lambda page: names(page) == ["Garden", "Kitchen"])
    assert buttons(cleo, cast.kitchen) == "Open"


async def test_a_page_that_is_up_to_date_is_not_painted_again(cast: Cast):
    cleo = await enter(cast.cleo, "/")
    await settled()
    cleo.read()
    assert len(cleo.frames) == 1
    assert 'id="group-list"' not in cleo.frames[0]


# --- searches and pages of the list -----------------------------------------------------------------


async def test_a_search_stays_one(cast: Cast):
    bob = await enter(cast.bob, "/?q=kit")
    everything = await enter(cast.bob, "/")
    for name in ("Garden", "Kite flying"):
        await in_worker(actions.create_group, cast.cleo, name=name)
    await bob.until(lambda page: names(page) == ["Kitchen", "Kite flying"])
    await everything.until(lambda page: len(names(page)) == 3)
    await bob.disconnect()
    await bob.join_in()
    assert names(bob) == ["Kitchen", "Kite flying"]


@pytest.mark.parametrize(
    ("words", "name", "description"),
    [
        ("ÜBER", "Loft", "Über den Dächern"),
        ("da\u0308chern", "Loft", "Über den DÄCHERN"),
        ("STRASSE", "Große Straße", ""),
        ("❤\ufe0f", "Love ❤\ufe0f", ""),
    ],
)
async def test_what_is_found_live_is_found_by_a_reload(
    cast: Cast, words: str, name: str, description: str
):
    address = f"/?q={quote(words)}"
    bob, other = await enter(cast.bob, address), await enter(cast.bob, "/?q=zebra")
    name = clean_name(name)
    make = partial(actions.create_group, cast.cleo, name=name, description=description)
    await in_worker(make)
    await bob.until(lambda page: names(page) == [name])
    assert names(await visit(cast.bob, address)) == [name]
    await settled()
    other.read()
    assert names(other) == []


async def test_a_description_that_a_search_finds_now_appears_there_and_goes_again(
    cast: Cast, sam: User
):
    bob = await enter(cast.bob, "/?q=DÄCHER")
    describe = partial(actions.change_group, sam, group=cast.kitchen, name="Kitchen")
    await in_worker(partial(describe, description="Über den Dächern"))
    await bob.until(lambda page: names(page) == ["Kitchen"])
    await in_worker(partial(describe, description="In the cellar"))
    await bob.until(lambda page: names(page) == [])


async def test_the_database_says_where_a_row_belongs(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    by_name = GroupQuerySet.in_order
    monkeypatch.setattr(GroupQuerySet, "in_order", lambda groups: by_name(groups).reverse())
    bob = await enter(cast.bob, "/")
    for name in ("Zebra", "Allotment", "Lounge"):
        await in_worker(partial(actions.create_group, cast.cleo, name=name))
    in_order = ["Zebra", "Lounge", "Kitchen", "Allotment"]
    await bob.until(lambda page: names(page) == in_order)
    assert names(await visit(cast.bob, "/")) == in_order


async def test_a_page_of_the_list_takes_what_belongs_on_it(cast: Cast, monkeypatch):
    monkeypatch.setattr(lobby, "PAGE_GROUPS", 2)
    for name in ("Allotment", "Lounge", "Zebra"):
        await in_worker(actions.create_group, cast.cleo, name=name)
    first, second = await enter(cast.bob, "/"), await enter(cast.bob, "/?page=2")
    assert (names(first), names(second)) == (["Allotment", "Kitchen"], ["Lounge", "Zebra"])
    await in_worker(actions.create_group, cast.cleo, name="Bakery")
    await in_worker(actions.create_group, cast.cleo, name="Museum")
    await first.until(lambda page: names(page) == ["Allotment", "Bakery", "Kitchen"])
    await second.until(lambda page: names(page) == ["Lounge", "Museum", "Zebra"])


async def test_a_page_whose_rows_are_all_gone_does_not_hold_up_the_others(
    cast: Cast, sam: User, monkeypatch
):
    monkeypatch.setattr(lobby, "PAGE_GROUPS", 1)
    zebra = await in_worker(actions.create_group, cast.cleo, name="Zebra")
    first, second = await enter(cast.bob, "/"), await enter(cast.bob, "/?page=2")
    await in_worker(actions.delete_group, sam, group=zebra)
    await second.until(lambda page: names(page) == [])
    await in_worker(actions.create_group, cast.cleo, name="Allotment")
    await first.until(lambda page: names(page) == ["Allotment", "Kitchen"])


async def test_the_feed_ends_with_its_last_page(cast: Cast):
    bob, ann = await enter(cast.bob, "/"), await enter(cast.ann, "/")
    await bob.disconnect()
    await settled()
    assert hub.subscriptions.lobby
    await ann.disconnect()
    await eventually(lambda: hub.subscriptions.lobby is None)
    await ann.join_in()
    assert hub.subscriptions.lobby


async def test_memberships_of_others_change_nothing_in_ones_buttons(cast: Cast):
    cleo, bob = await enter(cast.cleo, "/"), await enter(cast.bob, "/")
    await in_worker(actions.leave_from_lobby, cast.bob, group=cast.kitchen)
    await bob.until(lambda page: buttons(page, cast.kitchen) == "Join")
    await cleo.until(lambda page: "2 members" in about(page, cast.kitchen))
    assert f"group-{cast.kitchen.uuid}-actions" not in "".join(cleo.frames)
    assert await in_worker(Membership.objects.count) == 2


# --- renamed: a row may belong elsewhere --------------------------------------------------------------


async def test_a_renamed_group_moves_to_its_place(cast: Cast, sam: User):
    await in_worker(partial(actions.create_group, cast.ann, name="Middle"))
    bob = await enter(cast.bob, "/")
    assert names(bob) == ["Kitchen", "Middle"]
    rename = partial(actions.change_group, sam, group=cast.kitchen, description="")
    await in_worker(partial(rename, name="Zoo"))
    await bob.until(lambda page: names(page) == ["Middle", "Zoo"])


async def test_a_group_renamed_into_a_search_appears_there_and_goes_again(cast: Cast, sam: User):
    bob = await enter(cast.bob, "/?q=garden")
    assert names(bob) == []
    rename = partial(actions.change_group, sam, group=cast.kitchen, description="")
    await in_worker(partial(rename, name="Garden"))
    await bob.until(lambda page: names(page) == ["Garden"])
    await in_worker(partial(rename, name="Kitchen"))
    await bob.until(lambda page: names(page) == [])


async def test_a_notice_goes_when_the_next_thing_goes_right(cast: Cast):
    other = await in_worker(partial(actions.create_group, cast.mod, name="Other"))
    ann = await enter(cast.ann, "/")
    ann.leave_group(cast.kitchen.uuid)
    await ann.until(lambda page: "only owner" in page.notice)
    ann.submit("join-form", group=str(other.uuid))
    await ann.until(lambda page: page.notice == "")
