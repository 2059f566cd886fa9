"""Long work in short steps, each a transaction of its own: others write between two of them.

A row says how far the work is, and its `beat` moves with each step. A process takes the next step only from
the beat that it knows: so two never go on with one work, and whoever was killed is followed by another, where
the beat stands still (discuss/live/long_work.py).
"""

import time
from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.db.models import F

from discuss.actions.pauses import pause_after
from discuss.models import Group

# Lines that one step changes or deletes. A page that lacks two steps still gets its lines one by one
# (CATCH_UP_LINES).
LINES_AT_ONCE = 100
# Lines that are looked up at a time.
LINES_LOOKED_UP = 20_000


class TakenOver(Exception):
    """Another process took the step."""


def take_step(work: models.Model, act: Callable[[], Any], *, group_id: int | None = None) -> float:
    """Do it in a transaction that moves the beat, and return the seconds that others get afterwards.

    The group, where there is one, is locked before the row of the work: whoever asks for the work to be
    stopped takes them in this order. Raises TakenOver where the beat has moved already.
    """
    begin = time.monotonic()
    row: Any = work
    with transaction.atomic(durable=True):
        if group_id is not None:
            Group.objects.locked([group_id]).first()
        known = type(row)._base_manager.filter(pk=row.pk, beat=row.beat)
        if not known.update(beat=F("beat") + 1):
            raise TakenOver
        act()
    row.beat += 1
    return pause_after(begin)
