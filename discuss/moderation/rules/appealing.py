"""When somebody may appeal."""

from datetime import timedelta

# How long after an act, where it has no end of its own.
WITHIN = timedelta(days=90)
# Appeals of one person that may wait at a time.
MOST_WAITING = 5
