"""The doorbell: it says that there is something to read, never what.

Bells are rung from actions, on commit. They may be lost, doubled or reordered on their way (all channel
layers do that): whoever hears one reads the database, and a sweep finds what no bell told.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from channels.layers import get_channel_layer
from django.db import transaction

from discuss import metrics
from discuss.limits import limits

logger = logging.getLogger(__name__)

# The channel layer's group that every process's hub is in.
LAYER_GROUP = "doorbell"
# What this process is called among the others, from its start to its end.
PROCESS = uuid4().hex
# Seconds that one ring may take before the layer counts as down.
RING_TIMEOUT = 1.0
# Seconds between two tries to ring while the layer is down.
RING_AGAIN = 1.0
# People of whom one ring says that they are typing, and seconds between two rings for that alone.
TYPISTS_TOLD = 200
TYPING_PAUSE = 1.0


# Kinds of bells that say how far a log is.
HEADS = frozenset({"group", "looks", "hidden"})


class Bell(NamedTuple):
    """Something changed.

    Kind "group" (its log is at `head`), "looks" (the same, and only looks of lines changed), "hidden" (the
    same, and lists of groups may show what nobody shall see any more), "lobby" (a
    group's row), "presence" (who is here in a group), "deletion" (one has begun), "task" (one is to be done),
    "site" (its name or words), "filters" (some rules), "queue" (cases of a group, or of none), "answer" (a
    person's reports), "person", "read" or "draft" (by this person, somewhere), "unread" (a person has marked
    messages of the group `head` as unread).
    """

    kind: str
    pk: int
    head: int = 0

    @property
    def key(self) -> tuple[str, int, int]:
        """Return what bells have in common that tell the same: of heads, a later one tells all."""
        return (self.kind, self.pk, 0) if self.kind in HEADS else self


def ring_group(group_id: int, head: int) -> None:
    """On commit, tell every hub that this group's log has come to `head`."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("group", group_id, head)))


def ring_looks(group_id: int, head: int) -> None:
    """On commit, tell every hub that this group's log has come to `head`, for which nobody waits."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("looks", group_id, head)))


def ring_hidden(group_id: int, head: int) -> None:
    """On commit, tell every hub that lists of groups must not wait for what came into this log by `head`."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("hidden", group_id, head)))


def ring_lobby(group_id: int) -> None:
    """On commit, tell every hub that what the lobby shows of this group has changed."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("lobby", group_id)))


def ring_presence(group_id: int) -> None:
    """On commit, tell every hub that others are connected to this group now."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("presence", group_id)))


def ring_deletion(pk: int) -> None:
    """On commit, tell every hub that an account or a group is to be deleted, from beat 0 on."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("deletion", pk)))


def ring_task() -> None:
    """On commit, tell every hub that there is a task."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("task", 0)))


def ring_site() -> None:
    """On commit, tell every hub that the site's name or words have changed."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("site", 0)))


def ring_filters() -> None:
    """On commit, tell every hub that filters have changed."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("filters", 0)))


def ring_queue(group_id: int) -> None:
    """On commit, tell every hub that cases of this group (0: of none) have changed, and their reports."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("queue", group_id)))


def ring_answer(user_id: int) -> None:
    """On commit, tell every hub that this person has read what became of their reports."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("answer", user_id)))


def ring_person(user_id: int) -> None:
    """On commit, tell every hub that this person's sessions or memberships have changed."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("person", user_id)))


def ring_read(user_id: int) -> None:
    """On commit, tell every hub that this person has read further."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("read", user_id)))


def ring_unread(user_id: int, group_id: int) -> None:
    """On commit, tell every hub that this person has not read what they had, in this group."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("unread", user_id, group_id)))


def ring_draft(user_id: int) -> None:
    """On commit, tell every hub that this person has a draft where there was none, or none any more."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("draft", user_id)))


def tell_typing(group_id: int, user_id: int, name: str) -> None:
    """Tell the other processes that this person is typing, by a ring a second at most.

    The one thing that is told and not read, since it is stored nowhere. It is lost with its ring.
    """
    _doorbell.tell_typing(group_id, user_id, name)


async def beat() -> None:
    """Ring for nothing: whoever listens, this process too, hears that the layer carries its bells."""
    _doorbell.beat()


async def probe() -> None:
    """Ring at nobody's door, to see whether the layer takes a ring; raises what it raises."""
    # A channel of its own to hear it by would stay subscribed, one for every probe.
    await get_channel_layer().group_send("probe", {"type": "doorbell.probe"})


def attach(loop: asyncio.AbstractEventLoop, hear: Callable[[Bell], None]) -> None:
    """Make `hear` this process's listener: it is called on `loop` for every bell rung here."""
    _doorbell.attach(loop, hear)


async def detach() -> None:
    """Ring what waits, as far as the layer takes it at once, and be silent from then on."""
    await _doorbell.detach()


class _Doorbell:
    """Takes bells from any thread to the event loop, and rings the layer from there.

    A worker thread only hands a bell over, so that a slow layer never holds it. What waits for the layer
    is kept once per bell. Rings are numbered: whoever hears the one after a ring that was lost knows it,
    and looks for itself; so what could not be rung is forgotten.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hear: Callable[[Bell], None] | None = None
        self._waiting: dict[tuple[str, int, int], Bell] = {}
        self._ringing: asyncio.Task[None] | None = None
        self._number = 0
        # Who is typing where, by what name, for the next ring; and when that may be, by the loop's clock.
        self._typing: dict[tuple[int, int], str] = {}
        self._typing_due = 0.0
        # Rings that failed since the layer went down.
        self._failures = 0

    def attach(self, loop: asyncio.AbstractEventLoop, hear: Callable[[Bell], None]) -> None:
        with self._lock:
            self._loop, self._hear = loop, hear
            self._waiting, self._ringing, self._typing = {}, None, {}
            self._typing_due = 0.0

    async def detach(self) -> None:
        with self._lock:
            self._loop = self._hear = None
            ringing, self._ringing = self._ringing, None
        if ringing is not None:
            with suppress(TimeoutError):
                # Cancels it when its time is over.
                await asyncio.wait_for(ringing, RING_TIMEOUT)

    def hand_over(self, bell: Bell) -> None:
        with self._lock:
            # Without a hub (a management command) the others' sweeps find the change.
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._take, bell)

    def tell_typing(self, group_id: int, user_id: int, name: str) -> None:
        if self._hear is None or len(self._typing) >= TYPISTS_TOLD:
            return
        if not self._typing:
            loop = asyncio.get_running_loop()
            self._typing_due = max(self._typing_due, loop.time())
            loop.call_at(self._typing_due, self.beat)
            self._typing_due += TYPING_PAUSE
        self._typing[group_id, user_id] = name

    def beat(self) -> None:
        # A ring that is under way is one already, and goes on until the layer takes it.
        if self._ringing is None and self._hear is not None:
            self._ringing = asyncio.create_task(self._ring())

    def _take(self, bell: Bell) -> None:
        if self._hear is None:
            return
        self._hear(bell)
        earlier = self._waiting.get(bell.key, bell)
        self._waiting[bell.key] = max(bell, earlier)
        self.beat()

    async def _ring(self) -> None:
        try:
            while True:
                bells, self._waiting = list(self._waiting.values()), {}
                if not await self._ring_once(bells):
                    # Again, if for nothing else so that the others hear of the number they missed.
                    await asyncio.sleep(RING_AGAIN)
                elif not self._waiting:
                    return
        finally:
            if self._ringing is asyncio.current_task():
                self._ringing = None

    async def _ring_once(self, bells: list[Bell]) -> bool:
        self._number += 1
        typing, self._typing = self._typing, {}
        message: dict[str, Any] = {
            "type": "doorbell.rung",
            "from": PROCESS,
            "number": self._number,
            "bells": [list(bell) for bell in bells],
            # Not a bell: what people did counts in all processes. It may be lost with the ring.
            "taken": limits.untold(),
            "typing": [[*place, name] for place, name in typing.items()],
        }
        try:
            async with asyncio.timeout(RING_TIMEOUT):
                await get_channel_layer().group_send(LAYER_GROUP, message)
        except Exception as error:  # the layer may fail in its own ways; bells may be lost
            if not self._failures:
                logger.warning("The channel layer is down (%r); sweeps go on.", error)
            self._failures += 1
            metrics.RINGS_FAILED.inc()
            return False
        if self._failures:
            logger.warning("The channel layer is back; %d rings had failed.", self._failures)
            self._failures = 0
        return True


_doorbell = _Doorbell()
