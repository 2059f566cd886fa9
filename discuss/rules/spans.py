"""Spans of time in words, in the language of whoever reads them."""

import math
from datetime import datetime, timedelta

from django.utils.formats import localize
from django.utils.timesince import timesince
from django.utils.translation import ngettext

from discuss.limits import spoken

MINUTE, HOUR, DAY = 60, 3600, 86400


def span(seconds: int) -> str:
    """Return a span that somebody chose from a list, in the largest unit of which it is so many."""
    if seconds and not seconds % DAY:
        n = seconds // DAY
        return ngettext("%(n)s day", "%(n)s days", n) % {"n": localize(n)}
    if seconds and not seconds % HOUR:
        n = seconds // HOUR
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": localize(n)}
    if seconds and not seconds % MINUTE:
        n = seconds // MINUTE
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": localize(n)}
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": localize(seconds)}


def lasted(seconds: float) -> str:
    """Return how long something took, in its two largest units."""
    if seconds < MINUTE:
        return span(round(seconds))
    start = datetime(2001, 1, 1)
    return timesince(start, start + timedelta(seconds=seconds))


class Wait:
    """How long somebody has to wait, as a value of a refusal: never less than it is."""

    def __init__(self, seconds: float) -> None:
        self.seconds = math.ceil(seconds)

    def __str__(self) -> str:
        if self.seconds >= DAY:
            return span(math.ceil(self.seconds / HOUR) * HOUR)
        return spoken(self.seconds)

    def __repr__(self) -> str:
        return f"Wait({self.seconds})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wait) and other.seconds == self.seconds

    def __hash__(self) -> int:
        return hash(self.seconds)
