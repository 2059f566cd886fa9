"""Pages that show a part of the log which is not its end: they are live as far as they show."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.live.states import PageState, UpdateRequest, Updates
from discuss.live.updates import read_updates
from discuss.models import Entry, Membership
from discuss.reading import lines as windows
from discuss.rendering.audience import Audience
from tests.cast import Cast, log_in
from tests.document import Document
from tests.page import Page, enter, eventually, fresh_log, settled, visit
from tests.updates import updates

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def soups(cast: Cast) -> list[Entry]:
    """A hundred and twenty messages."""
    return cast.say_all(cast.bob, (f"Soup {number}" for number in range(120)))


def address(cast: Cast, entry: Entry) -> str:
    return reverse("line", args=[cast.kitchen.uuid, entry.position])


async def equals_a_fresh_load(page: Page) -> None:
    await settled()
    page.read()
    assert page.log == await fresh_log(page)


# --- where they begin -------------------------------------------------------------------------------


def test_the_page_of_a_line_says_where_it_ends_and_how_much_is_below(
    cast: Cast, soups: list[Entry]
):
    page = Document(log_in(cast.ann).get(address(cast, soups[90])).content.decode())
    assert page.newest == soups[114].position
    assert page.to_newest == "5 newer messages ↓"
    first = Document(log_in(cast.ann).get(address(cast, soups[5])).content.decode())
    assert first.to_newest == "90 newer messages ↓"
    for number in range(20):
        cast.say(cast.bob, f"Salad {number}")
    first = Document(log_in(cast.ann).get(address(cast, soups[0])).content.decode())
    assert first.to_newest == "More than 99 newer messages ↓"


def test_one_that_shows_the_end_is_as_any_other(cast: Cast, soups: list[Entry]):
    page = Document(log_in(cast.ann).get(address(cast, soups[-1])).content.decode())
    assert page.newest is None
    assert page.to_newest == ""
    assert page.element("end").get("hx-trigger") == "intersect once"


def test_it_has_an_address_of_its_own_at_which_the_version_before_answers_nothing(
    cast: Cast, soups: list[Entry]
):
    """That would take it for the end of the log, and write new lines below the wrong ones."""
    ann, group = log_in(cast.ann), cast.kitchen.get_absolute_url()
    for path in (address(cast, soups[60]), f"{group}?before={soups[60].position}"):
        page = Document(ann.get(path).content.decode())
        assert page.element("live").get("ws-connect") == f"/ws{group}part/"
        # And so has the new socket of one that fell silent.
        assert page.element("status").get("hx-include") == "#newest, #status"
        assert page.element("status").get("hx-disinherit") == "hx-include"
        again = Document(ann.get(f"{group}live/", {"newest": str(page.newest)}).content.decode())
        assert again.element("live").get("ws-connect") == f"/ws{group}part/"
    for path in (address(cast, soups[-1]), group):
        page = Document(ann.get(path).content.decode())
        assert page.element("live").get("ws-connect") == f"/ws{group}"
    again = Document(ann.get(f"{group}live/", {"newest": ""}).content.decode())
    assert again.element("live").get("ws-connect") == f"/ws{group}"


def test_a_part_of_the_log_is_not_read_by_being_seen(cast: Cast, soups: list[Entry]):
    page = Document(log_in(cast.ann).get(address(cast, soups[0])).content.decode())
    assert page.element("end").get("hx-trigger") is None


def test_links_beyond_its_lines_lead_on(cast: Cast, soups: list[Entry]):
    ann, here = log_in(cast.ann), cast.kitchen.get_absolute_url()
    page = Document(ann.get(address(cast, soups[60])).content.decode())
    (older,) = page.element("older").xpath(".//a/@href")
    answer = ann.get(address(cast, soups[60]) + older)
    assert answer.headers["Location"] == f"{here}?before={page.oldest}"
    (newer,) = page.element("newer-lines").xpath(".//a/@href")
    after = Document(ann.get(newer).content.decode())
    assert after.texts[0] == "Soup 85"
    assert ann.get(f"{address(cast, soups[60])}live/").status_code == 200


def test_after_the_last_line_comes_the_end(cast: Cast, soups: list[Entry]):
    answer = log_in(cast.ann).get(cast.kitchen.get_absolute_url(), {"after": 10**6})
    page = Document(answer.content.decode())
    assert (page.texts[-1], page.newest) == ("Soup 119", None)


def test_what_comes_while_lines_are_read_is_not_shown_yet(
    cast: Cast, soups: list[Entry], monkeypatch: pytest.MonkeyPatch
):
    """Two statements are of two moments, and a page has one cursor."""
    the_real_one = windows._from

    def read(*args: int) -> object:
        cast.say(cast.bob, "Salad")
        return the_real_one(*args)

    monkeypatch.setattr(windows, "_from", read)
    page = windows.read_around(cast.kitchen.pk, soups[-1].position)
    assert page.lines[0].head == page.newest == soups[-1].position
    assert not page.has_newer


# --- while they stand -------------------------------------------------------------------------------


@pytest.mark.usefixtures("live")
async def test_what_it_shows_follows_and_what_it_does_not_is_counted(
    cast: Cast, soups: list[Entry]
):
    page = await enter(cast.ann, await in_worker(address, cast, soups[60]))
    count = len(page.log)
    bob = await in_worker(cast.member, cast.bob)
    await in_worker(actions.edit_message, bob, entry=soups[60], text="Salad")
    await page.until(lambda page: "Salad (edited)" in page.texts)
    await in_worker(cast.say, cast.bob, "Bread")
    await page.until(lambda page: page.to_newest == "36 newer messages ↓")
    await in_worker(actions.edit_message, bob, entry=soups[0], text="Above")
    await in_worker(actions.hide_message, bob, entry=soups[119])
    await page.until(lambda page: page.to_newest == "35 newer messages ↓")
    assert len(page.log) == count
    assert "Above" not in "".join(page.log)
    # Nothing is read out that is not shown.
    assert len(page.element("announced")) == 0
    await equals_a_fresh_load(page)


@pytest.mark.usefixtures("live")
async def test_newer_lines_come_until_it_is_at_the_end_and_then_it_is_live(
    cast: Cast, soups: list[Entry]
):
    page = await enter(cast.ann, await in_worker(address, cast, soups[40]))
    page.ask_newer()
    await page.until(lambda page: page.newest == soups[114].position)
    assert page.to_newest == "5 newer messages ↓"
    await equals_a_fresh_load(page)
    page.ask_newer()
    await page.until(lambda page: page.newest is None)
    assert page.to_newest == ""
    await page.until(lambda page: page.element("end").get("hx-trigger") == "intersect once")
    await in_worker(cast.say, cast.bob, "Bread")
    await page.until(lambda page: page.texts[-1] == "Bread")
    page.ask_older()
    await page.until(lambda page: not page.has_older)
    await equals_a_fresh_load(page)


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("verb", ["newer", "older"])
async def test_what_is_asked_for_while_the_page_is_being_admitted_comes(
    cast: Cast, soups: list[Entry], monkeypatch: pytest.MonkeyPatch, verb: str
):
    """Its first request may come while the flush reads that it joins in."""
    reads, goes_on = threading.Event(), threading.Event()
    the_real_one = read_updates

    def read(request: UpdateRequest) -> Updates | None:
        reads.set()
        assert goes_on.wait(60)
        return the_real_one(request)

    monkeypatch.setattr("discuss.live.updates.read_updates", read)
    page = await visit(cast.ann, await in_worker(address, cast, soups[60]))
    await page.connect()
    await eventually(reads.is_set)
    page.submit(f"{verb}-form")
    await eventually(lambda: page.is_heard)
    goes_on.set()
    await page.until(lambda page: len(page.log) > 50)


@pytest.mark.usefixtures("live")
async def test_asked_twice_newer_lines_come_once(cast: Cast, soups: list[Entry]):
    page = await enter(cast.ann, await in_worker(address, cast, soups[40]))
    page.ask_newer()
    page.ask_newer()
    await page.until(lambda page: page.newest == soups[114].position)
    await equals_a_fresh_load(page)


@pytest.mark.usefixtures("live")
async def test_one_that_was_away_is_caught_up_within_its_lines(cast: Cast, soups: list[Entry]):
    page = await visit(cast.ann, await in_worker(address, cast, soups[60]))
    bob = await in_worker(cast.member, cast.bob)
    await in_worker(actions.edit_message, bob, entry=soups[60], text="Salad")
    await in_worker(cast.say, cast.bob, "Bread")
    await page.join_in()
    await page.until(lambda page: "Salad (edited)" in page.texts)
    assert page.to_newest == "36 newer messages ↓"
    await equals_a_fresh_load(page)


@pytest.mark.usefixtures("live")
async def test_one_that_missed_very_much_keeps_its_place(
    cast: Cast, soups: list[Entry], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.reading.log.CATCH_UP_LINES", 5)
    page = await visit(cast.ann, await in_worker(address, cast, soups[60]))
    before, newest = page.texts, page.newest
    for number in range(8):
        await in_worker(cast.say, cast.bob, f"Bread {number}")
    await page.join_in()
    await page.until(lambda page: page.to_newest == "43 newer messages ↓")
    assert (page.texts, page.newest) == (before, newest)
    await equals_a_fresh_load(page)


@pytest.mark.usefixtures("live")
async def test_a_page_of_the_version_before_is_at_the_end(cast: Cast, soups: list[Entry]):
    page = await visit(cast.ann, cast.kitchen.get_absolute_url())
    for name in ("newest", "newer-lines", "to-newest"):
        page.element(name).drop_tree()
    await page.join_in()
    await in_worker(cast.say, cast.bob, "Bread")
    await page.until(lambda page: page.texts[-1] == "Bread")


@pytest.mark.usefixtures("live")
async def test_a_part_of_the_log_reads_nothing(cast: Cast, soups: list[Entry]):
    page = await enter(cast.ann, await in_worker(address, cast, soups[60]))
    page.submit("read-form", read=soups[-1].position)
    await eventually(lambda: page.is_heard)
    await in_worker(cast.say, cast.bob, "Bread")
    await page.until(lambda page: page.to_newest == "36 newer messages ↓")
    await page.disconnect()
    await hub.subscriptions.marks.write()
    membership = await in_worker(Membership.objects.get, user=cast.ann, group=cast.kitchen)
    assert membership.read_upto < soups[0].position


# --- many of them -----------------------------------------------------------------------------------


def states(cast: Cast, windows: list[tuple[int, int]], cursor: int) -> set[PageState]:
    """Live pages that show the lines between these positions."""
    epoch, everyone = cast.kitchen.epoch, Audience.everyone()
    return {
        PageState(cursor, epoch, oldest, "", everyone, newest=newest) for oldest, newest in windows
    }


def flushed(cast: Cast, windows: list[tuple[int, int]], cursor: int) -> Updates:
    """What a flush writes to such pages."""
    found = updates(cast, cursor, live=states(cast, windows, cursor))
    assert found is not None
    return found


def rendered(found: Updates) -> int:
    """How many different frames there are."""
    return len({id(frame.prepared) for frame in found.live.values()})


def test_what_different_windows_lack_is_read_once(cast: Cast, soups: list[Entry]):
    """The group, and how much is below, besides the log and the members."""
    cursor = cast.head()
    cast.say(cast.bob, "Bread")
    for count in (1, 40):
        some = [(entry.position, entry.position + 4) for entry in soups[:count]]
        with CaptureQueriesContext(connection) as taken:
            found = flushed(cast, some, cursor)
        assert len(found.live) == count
        assert len(taken) <= 6, [each["sql"] for each in taken]


def test_windows_share_a_frame_where_they_lack_the_same(cast: Cast, soups: list[Entry]):
    cursor = cast.head()
    cast.say(cast.bob, "Bread")
    assert len(soups) == 120
    far = [(entry.position, entry.position + 1) for entry in soups[:15]]
    found = flushed(cast, far, cursor)
    assert (len(found.live), rendered(found)) == (15, 1)
    # Each of these has another number below; no more than a hundred have.
    near = [(entry.position, entry.position) for entry in soups[-5:]]
    assert rendered(flushed(cast, near, cursor)) == 5
    # Of a line that changes, those hear that show it.
    actions.edit_message(cast.member(cast.bob), entry=soups[7], text="Salad")
    found = flushed(cast, far, cursor)
    assert rendered(found) == 2
    line = f'id="entry-{soups[7].pk}"'
    heard = {state.oldest for state, frame in found.live.items() if line in frame.prepared.text}
    assert heard == {soups[6].position, soups[7].position}


def test_windows_that_are_read_anew_are_some_at_a_time(
    cast: Cast, soups: list[Entry], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.reading.log.CATCH_UP_LINES", 5)
    cursor = cast.head()
    for _ in range(8):
        cast.say(cast.bob, "Bread")
    some = [(entry.position, entry.position + 4) for entry in soups[:30]]
    with CaptureQueriesContext(connection) as taken:
        found = flushed(cast, some, cursor)
    assert (len(found.live), len(found.later)) == (20, 10)
    assert len(taken) <= 6 + 3 * 20


@pytest.mark.usefixtures("live")
async def test_those_that_wait_meanwhile_are_right_soon(
    cast: Cast, soups: list[Entry], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.reading.log.CATCH_UP_LINES", 5)
    monkeypatch.setattr("discuss.live.states.AT_ONCE", 1)
    pages = [await enter(cast.ann, await in_worker(address, cast, each)) for each in soups[60:63]]

    def talk() -> None:
        with transaction.atomic():
            actions.edit_message(cast.member(cast.bob), entry=soups[61], text="Salad")
            for number in range(8):
                cast.say(cast.bob, f"Bread {number}")

    await in_worker(talk)
    for page in pages:
        await page.until(lambda page: "Salad (edited)" in page.texts)
        await equals_a_fresh_load(page)
    # And they go on to be live.
    await in_worker(cast.say, cast.bob, "Soup again")
    for page in pages:
        await page.until(lambda page: "newer messages" in page.to_newest)
        await equals_a_fresh_load(page)
