"""How much somebody may report: much, and little where it mostly turned out to be nothing."""

from datetime import timedelta

# Reports in a day: of anybody, and of somebody whose reports are mostly dismissed.
A_DAY, SELDOM = 20, 2
# How far back it is looked at what became of them, and how many dismissed ones are no accident.
LOOKED_BACK = timedelta(days=90)
NO_ACCIDENT = 5
# When a case that nobody has closed stands out.
OLD_AFTER = timedelta(hours=48)


def reports_a_day(right: int, dismissed: int) -> int:
    """Return how many times in a day somebody may report, of whose cases so many were right or dismissed."""
    return SELDOM if dismissed >= NO_ACCIDENT and dismissed > right else A_DAY
