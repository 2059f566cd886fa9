"""Everybody sees days and times in a zone of their own: at load, live and in history."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.utils.formats import date_format

from discuss import actions
from discuss.db.workers import in_worker
from discuss.live.states import Older
from discuss.models import Entry, User
from discuss.rendering.audience import Audience
from discuss.rules import time_zones
from tests.cast import Cast, log_in
from tests.document import Document, outer, text
from tests.page import Page, enter, fresh_log, settled, visit
from tests.updates import load, state_of, updates

pytestmark = pytest.mark.django_db

# They have never the same day: their clocks are 25 hours apart.
EARLY, LATE = "Pacific/Kiritimati", "Pacific/Pago_Pago"
BERLIN = "Europe/Berlin"
# A minute before midnight in Berlin.
MIDNIGHT = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)


def live(test):
    """Mark a test that needs the hub, and commits."""
    return pytest.mark.usefixtures("live")(pytest.mark.django_db(transaction=True)(test))


def move(user: User, zone: str) -> None:
    User.objects.filter(pk=user.pk).update(time_zone=zone)
    user.refresh_from_db()


def spoken(moment: datetime, zone: str) -> tuple[str, str]:
    """Return the day and the time of a moment as a line says them."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there:%A}, {there.day} {there:%B %Y}", f"{there:%H:%M}"


def last(page: Document) -> tuple[str, str]:
    """Return the last day that the log names, and the time of its last line."""
    lines = page.element("log")
    days = lines.xpath(".//p[contains(@class, 'day')]")
    return text(days[-1]), text(lines[-1].xpath(".//time")[-1])


def begins_day(page: Document, entry: Entry) -> bool:
    return "starts-day" in (page.element(f"entry-{entry.pk}").get("class") or "")


@pytest.fixture
def around_midnight(cast: Cast) -> tuple[Entry, Entry]:
    """Two messages of bob's, before midnight in Berlin and after it."""
    Entry.objects.update(timestamp=MIDNIGHT - timedelta(hours=1))
    both = cast.say(cast.bob, "Soup"), cast.say(cast.bob, "Bread")
    for minutes, entry in enumerate(both):
        moment = MIDNIGHT + timedelta(minutes=2 * minutes)
        Entry.objects.filter(pk=entry.pk).update(timestamp=moment)
    return both


# --- a line -----------------------------------------------------------------------------------------


@live
async def test_two_people_in_two_zones_see_their_own_day_and_time_of_one_message(cast: Cast):
    for user, zone in ((cast.ann, EARLY), (cast.bob, LATE)):
        await in_worker(move, user, zone)
    # The message begins a day, for everybody.
    await in_worker(Entry.objects.update, timestamp=F("timestamp") - timedelta(days=3))
    path = cast.kitchen.get_absolute_url()
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await ann.post("Soup")
    for page in (ann, bob):
        await page.until(lambda page: page.texts == ["Soup"])
    moment = (await in_worker(cast.lines))[-1].timestamp
    assert last(ann) == spoken(moment, EARLY)
    assert last(bob) == spoken(moment, LATE)
    assert last(ann) != last(bob)
    for page in (ann, bob):
        assert page.log == await fresh_log(page)


def test_where_a_day_begins_depends_on_who_reads(cast: Cast, around_midnight: tuple[Entry, Entry]):
    move(cast.ann, BERLIN)
    first, second = around_midnight
    theirs, ours = load(cast, cast.ann), load(cast, cast.bob)
    assert (begins_day(theirs, first), begins_day(theirs, second)) == (False, True)
    assert (begins_day(ours, first), begins_day(ours, second)) == (False, False)
    # Elsewhere they are one head and what goes on below it.
    names = [len(page.element("log").xpath(".//*[@class='author']")) for page in (theirs, ours)]
    assert names == [2, 1]


def test_lines_that_come_live_and_older_ones_begin_days_as_loaded_ones_do(
    cast: Cast, around_midnight: tuple[Entry, Entry]
):
    move(cast.ann, BERLIN)
    audience = Audience.of(cast.ann)
    fresh = load(cast, cast.ann)
    page = load(cast, cast.ann)
    for line in list(page.element("log"))[-2:]:
        line.getparent().remove(line)
    place = state_of(page)._replace(audience=audience, cursor=3)
    asked = Older(around_midnight[1].position + 1, audience)
    found = updates(cast, joining={place}, joining_people={cast.ann.pk}, older={asked})
    page.swap(found.joining[place].prepared.text)
    assert page.log == fresh.log
    older = found.history[asked].prepared.text
    assert older.count("starts-day") == 2


def test_a_flush_for_two_zones_asks_for_nothing_more(
    cast: Cast, django_assert_max_num_queries, django_assert_num_queries
):
    cast.say(cast.bob, "Soup")
    place = state_of(load(cast))._replace(cursor=3)
    other = place._replace(audience=Audience("en", BERLIN))
    with django_assert_max_num_queries(10) as one:
        updates(cast, 4, joining={place}, joining_people={cast.ann.pk})
    with django_assert_num_queries(len(one)):
        found = updates(cast, 4, joining={place, other}, joining_people={cast.ann.pk})
    frames = {frame.prepared.text for frame in found.joining.values()}
    assert len(frames) == 2


@pytest.mark.parametrize("query", ["", "?live=off", "?before=5"])
def test_pages_without_a_socket_have_it_too(
    cast: Cast, around_midnight: tuple[Entry, Entry], query: str
):
    move(cast.ann, BERLIN)
    for address in (cast.kitchen.get_absolute_url(), f"{cast.kitchen.get_absolute_url()}log/"):
        html = log_in(cast.ann).get(f"{address}{query}").content.decode()
        if 'id="log"' in html:
            assert re.search(r"<time [^>]*>23:59</time>", html)
        else:
            # The log stands in a frame of its own.
            assert "live=off" in query


def test_a_zone_that_is_none_any_more_is_the_servers(cast: Cast, settings):
    settings.TIME_ZONE = BERLIN
    for zone in ("", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "a\x00b"):
        assert Audience.of(User(time_zone=zone)) == Audience("en", BERLIN)
    assert Audience.of(None) == Audience.everyone() == Audience("en", BERLIN)
    assert Audience.of(User(time_zone=EARLY)) == Audience("en", EARLY)


def test_places_to_choose_from_are_zones_by_region():
    places = time_zones.places()
    assert "Europe/Berlin" in places["Europe"]
    assert "America/Argentina/Buenos_Aires" in places["America"]
    # Old names, and offsets without a place.
    assert not {"US", "Etc", "posix", "SystemV"} & places.keys()
    assert all(time_zones.zone_of(name) for names in places.values() for name in names)


# --- the rest of a page -----------------------------------------------------------------------------


def test_a_page_and_the_admin_show_times_in_the_zone_of_who_asks(cast: Cast):
    boss = User.objects.create_superuser("boss")
    move(boss, EARLY)
    page = log_in(boss).get("/admin/discuss/message/").content.decode()
    assert f'data-admin-server-timezone="{EARLY}"' in page
    # And leaves it to nobody else.
    assert 'data-admin-server-timezone="UTC"' in (
        log_in(User.objects.create_superuser("chef")).get("/admin/").content.decode()
    )


def test_what_is_the_same_for_everybody_asks_for_no_person(cast: Cast, django_assert_num_queries):
    client = log_in(cast.ann)
    with django_assert_num_queries(0):
        client.get("/live/")
        response = client.get("/favicon.ico")
    assert "Cookie" not in response.get("Vary", "")


# --- a zone that changes ----------------------------------------------------------------------------


@live
async def test_open_pages_follow_when_their_person_chooses_another_zone(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    page, bystander = await enter(cast.ann, path), await enter(cast.bob, path)
    await page.post("Soup")
    await bystander.until(lambda page: page.texts)
    before = page.log
    page.draft.set("value", "What I am about to say")
    await in_worker(actions.change_settings, cast.ann, time_zone=EARLY)
    await page.until(lambda page: page.close_code)
    # After it htmx comes back by itself.
    assert page.close_code == 1012
    await page.join_in()
    await page.until(lambda page: page.log != before)
    await settled()
    page.read()
    assert page.log == await fresh_log(page)
    assert page.typed == "What I am about to say"
    bystander.read()
    assert bystander.close_code is None
    # From now on it is as others that come back are: it gets what it lacks, and no more.
    await page.disconnect()
    frames = len(page.frames)
    await page.join_in()
    assert not any("innerHTML:#log" in frame for frame in page.frames[frames:])


@live
async def test_the_lobby_is_written_anew_then(cast: Cast):
    await in_worker(cast.say, cast.bob, "Soup?")
    page = await enter(cast.ann, "/")
    assert not any('id="own-groups"' in frame for frame in page.frames)
    await in_worker(actions.change_settings, cast.ann, time_zone=EARLY)
    await page.until(lambda page: page.close_code == 1012)
    await page.join_in()
    await page.until(lambda page: any('id="own-groups"' in each for each in page.frames))
    fresh = await visit(cast.ann, "/")
    assert outer(page.element("own-groups")) == outer(fresh.element("own-groups"))
    time = page.element(f"last-{cast.kitchen.uuid}").find(".//time")
    (line,) = (await in_worker(cast.lines))[-1:]
    moment = line.timestamp.astimezone(ZoneInfo(EARLY))
    assert text(time) in {moment.strftime("%H:%M"), date_format(moment, "j M")}


@live
async def test_a_page_that_does_not_say_its_zone_is_taken_to_have_the_servers(cast: Cast):
    """One of the version before, or of a theme that has lost the field."""
    page = await Page.open(await in_worker(log_in, cast.ann), cast.kitchen.get_absolute_url())
    zone = page.element("zone")
    zone.getparent().remove(zone)
    await page.join_in()
    assert not any("innerHTML:#log" in frame for frame in page.frames)


def test_what_does_not_change_rings_nobody(cast: Cast, bells_of):
    move(cast.ann, EARLY)
    assert bells_of(lambda: actions.change_settings(cast.ann, time_zone=EARLY)) == []
    (bell,) = bells_of(lambda: actions.change_settings(cast.ann, time_zone=""))
    assert (bell.kind, bell.pk) == ("person", cast.ann.pk)
    assert User.objects.get(pk=cast.ann.pk).time_zone == ""
