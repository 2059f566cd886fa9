"""Charts as geometry, and days of time zones: pure rules."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from discuss.moderation.rules.charts import Area, bars_of, percentile, ticks_of, top_of
from discuss.rules.days import latest_days
from discuss.rules.spans import lasted

AREA = Area(30, 10, 280, 100)


@pytest.mark.parametrize(
    ("most", "top"),
    [(0, 2), (1, 2), (2, 2), (3, 4), (5, 6), (9, 10), (11, 20), (21, 40), (99, 100), (1001, 2000)],
)
def test_a_scale_ends_above_what_it_shows_with_a_whole_number_in_its_middle(most: int, top: int):
    assert top_of(most) == top
    low, middle, high = ticks_of(top, AREA)
    assert (low.value, middle.value * 2, high.value) == (0, top, top)
    assert (low.y, middle.y, high.y) == (110, 60, 10)


def test_bars_stand_side_by_side_on_the_ground():
    bars = bars_of([0, 5, 10, 20], 20, AREA)
    assert [bar.height for bar in bars] == [0, 25, 50, 100]
    assert {bar.y + bar.height for bar in bars} == {110}
    assert [bar.room for bar in bars] == [30, 100, 170, 240]
    assert bars[-1].room + bars[-1].room_width == 310
    for bar in bars:
        assert bar.room < bar.x
        assert bar.x + bar.width < bar.room + bar.room_width


def test_one_of_very_many_is_seen():
    one, none, _ = bars_of([1, 0, 1_000_000], 1_000_000, AREA)
    assert one.height > 1
    assert none.height == 0


def test_no_bars_of_no_numbers():
    assert bars_of([], 2, AREA) == []


def test_a_percentile_is_one_of_the_numbers():
    assert percentile([], 50) is None
    assert percentile([7], 50) == percentile([7], 90) == 7
    assert percentile([1, 2, 3, 4], 50) == 2
    assert percentile([*range(1, 101)], 90) == 90
    assert percentile([1, 1, 9], 90) == 9


def test_days_end_with_today_and_each_begins_at_midnight():
    days = latest_days(date(2026, 3, 1), 3, ZoneInfo("Asia/Kathmandu"))
    assert days.dates == (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1))
    assert days.start == datetime(2026, 2, 26, 18, 15, tzinfo=UTC)
    assert days.end - days.start == timedelta(days=3)
    (run,) = days.runs()
    assert run == (0, days.start, days.end, True)


def test_a_day_of_another_length_is_a_run_of_its_own():
    days = latest_days(date(2026, 3, 31), 5, ZoneInfo("Europe/Berlin"))
    assert [(run.first, run.is_even) for run in days.runs()] == [(0, True), (2, False), (3, True)]
    last = latest_days(date(2026, 3, 29), 2, ZoneInfo("Europe/Berlin"))
    assert [(run.first, run.is_even) for run in last.runs()] == [(0, True), (1, False)]
    assert [*last.runs()][1].end - [*last.runs()][1].start == timedelta(hours=23)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (59.4, "59 seconds"),
        (60, "1 minute"),
        (7_500, "2 hours, 5 minutes"),
        (90_000, "1 day, 1 hour"),
        (86_400 * 9, "1 week, 2 days"),
    ],
)
def test_how_long_something_took_is_said_in_two_units(seconds: float, words: str):
    assert lasted(seconds).replace("\xa0", " ") == words
