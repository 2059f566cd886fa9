"""The days of a time zone: between which moments they are, also where a clock is put forward or back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


class Run(NamedTuple):
    """Days of 24 hours, one after another, from the moment `start`; or a single one of other length.

    `first` is the place of the first among all days, and `end` the moment that follows the last.
    """

    first: int
    start: datetime
    end: datetime
    is_even: bool


class Days(NamedTuple):
    """Days, the earliest first. `midnights` are when they begin, and when the last ends."""

    dates: tuple[date, ...]
    midnights: tuple[datetime, ...]

    @property
    def start(self) -> datetime:
        return self.midnights[0]

    @property
    def end(self) -> datetime:
        return self.midnights[-1]

    def runs(self) -> Iterator[Run]:
        """Yield the days, those of 24 hours together: they are counted by one division."""
        first = 0
        for place in range(1, len(self.dates) + 1):
            is_even = self._is_even(first)
            if place == len(self.dates) or not is_even or not self._is_even(place):
                yield Run(first, self.midnights[first], self.midnights[place], is_even)
                first = place

    def _is_even(self, place: int) -> bool:
        return self.midnights[place + 1] - self.midnights[place] == DAY


def latest_days(today: date, count: int, zone: ZoneInfo) -> Days:
    """Return so many days of the zone, of which the last is today."""
    dates = tuple(today - DAY * back for back in reversed(range(count)))
    midnights = (_midnight(day, zone) for day in (*dates, today + DAY))
    return Days(dates, tuple(midnights))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins. Where clocks skip midnight, it is the moment at which they do."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
