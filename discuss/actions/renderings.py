"""Messages that another renderer rendered, or that were there before there was one, are rendered anew.

What is visible takes a number, so each of these lines gets a new one, a few at a time. It may be broken off
anywhere: what is done has the present renderer's number.
"""

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import batched, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from discuss.actions.change import next_change
from discuss.actions.pauses import pause_after
from discuss.actions.steps import LINES_AT_ONCE
from discuss.models import Entry, Kind
from discuss.rules.refusals import Refused
from discuss.rules.stored_html import RENDERER, stored_rendering

# Lines that are looked up at a time.
LINES_LOOKED_UP = 2_000


class _New(NamedTuple):
    """What is stored with a line from now on, if its text is this one still."""

    pk: int
    text: str
    fields: dict[str, Any]


def render_anew() -> int:
    """Store what the present renderer makes of all messages, the latest first; return how many changed.

    Who edits a message meanwhile wins. Outside of any transaction.
    """
    others = Entry.objects.filter(~Q(renderer=RENDERER) | Q(renderer=None), kind=Kind.MESSAGE)
    latest_first = others.order_by("-pk").values_list(
        "group_id", "pk", "text", "html", "renderer", "details"
    )
    changed, lines = 0, list(latest_first[:LINES_LOOKED_UP])
    while lines:
        for group_id, of_group in groupby(sorted(lines, key=itemgetter(0)), key=itemgetter(0)):
            for some in batched(_news(of_group), LINES_AT_ONCE):
                begin = time.monotonic()
                changed += _store(group_id, some)
                time.sleep(pause_after(begin))
        lines = list(latest_first.filter(pk__lt=lines[-1][1])[:LINES_LOOKED_UP])
    return changed


def renew_events(hours: float) -> int:
    """Give the events of the last so many hours a new number, so that open pages show them anew.

    A process of the version before may have shown them as it could. Returns how many there are. Outside of
    any transaction.
    """
    since = timezone.now() - timedelta(hours=hours)
    late = Entry.objects.exclude(kind=Kind.MESSAGE).filter(timestamp__gte=since)
    found = late.order_by("group", "pk").values_list("group_id", "pk")
    count = 0
    for group_id, of_group in groupby(list(found), key=itemgetter(0)):
        for some in batched([pk for _, pk in of_group], LINES_AT_ONCE):
            begin = time.monotonic()
            with contextlib.suppress(Refused), next_change(group_id) as change:
                # Refused: the group is gone.
                count += Entry.objects.filter(pk__in=some).update(change=change.number)
            time.sleep(pause_after(begin))
    return count


def _news(lines: Iterable[tuple[int, int, str, str | None, int | None, Any]]) -> Iterator[_New]:
    """Yield what is to be stored otherwise. This comes before any lock, because it may take a while."""
    for _, pk, text, html, renderer, details in lines:
        rendered = stored_rendering(text, (details or {}).get("mentions", {}))
        if rendered != {"html": html, "renderer": renderer}:
            yield _New(pk, text, rendered)


def _store(group_id: int, news: Sequence[_New]) -> int:
    """Write what was made of these texts, where they are the lines' still; return how many those are."""
    try:
        with next_change(group_id) as change:
            lines = Entry.objects.only("text").in_bulk([new.pk for new in news])
            same = [new for new in news if new.pk in lines and lines[new.pk].text == new.text]
            for new in same:
                for name, value in {**new.fields, "change": change.number}.items():
                    setattr(lines[new.pk], name, value)
            written = [lines[new.pk] for new in same]
            Entry.objects.bulk_update(written, ["html", "renderer", "change"])
            if not same:
                change.withdraw()
            return len(same)
    except Refused:
        return 0  # the group is gone
