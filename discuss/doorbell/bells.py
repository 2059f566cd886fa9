"""The doorbell: it says that there is something to read, never what.

Bells are rung from actions, on commit. They may be lost, doubled or reordered on their way (all channel
layers do that): whoever hears one reads the database, and a sweep finds what no bell told.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from channels.layers import get_channel_layer
from django.db import transaction

from discuss.doorbell.bell import Bell
from discuss.doorbell.ringer import Ringer

_doorbell = Ringer()


def ring_group(group_id: int, head: int) -> None:
    """On commit, tell every hub that this group's log has come to `head`."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("group", group_id, head)))


def ring_looks(group_id: int, head: int) -> None:
    """On commit, tell every hub that this group's log has come to `head`, for which nobody waits."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("looks", group_id, head)))


def ring_lost(group_id: int) -> None:
    """On commit, tell every hub that pages of this group are to lose their connection, for a play."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("lost", group_id)))


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


def ring_long_act(pk: int, beat: int) -> None:
    """On commit, tell every hub that an act over many lines is to be gone on with, from this beat on."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("long_act", pk, beat)))


def ring_erased() -> None:
    """On commit, tell every hub that something was erased: no process keeps what is made of texts."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("erased", 0)))


def ring_task() -> None:
    """On commit, tell every hub that there is a task."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("task", 0)))


def ring_site() -> None:
    """On commit, tell every hub that the site's name or words have changed."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("site", 0)))


def ring_filters() -> None:
    """On commit, tell every hub that filters have changed."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("filters", 0)))


def ring_networks() -> None:
    """On commit, tell every hub that other networks are blocked than before."""
    transaction.on_commit(partial(_doorbell.hand_over, Bell("networks", 0)))


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
