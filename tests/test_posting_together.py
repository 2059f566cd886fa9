"""Many people post at one moment, while somebody is removed, a group is locked and another is deleted.

Their posts are joined in one transaction (discuss/db/batching.py), and each page equals a fresh load.
"""

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from discuss import actions
from discuss.db.workers import in_actor, in_worker
from discuss.edges.consumers.posting import post_together
from discuss.models import Entry, Group, Membership, User
from discuss.server.protocol import CLOSE_NO_MEMBER
from tests.cast import Cast
from tests.history import count_joined, lines_of_strangers
from tests.page import Page, enter, eventually, fresh_log, settled

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.log,
    pytest.mark.usefixtures("live"),
]

numbers = itertools.count(1)


@pytest.fixture
def sam(transactional_db: None) -> User:
    return User.objects.create_superuser("sam")


def another_group(name: str, *members: User) -> Group:
    owner, *others = members
    group = actions.create_group(owner, name=name)
    for other in others:
        actions.join_group(other, group=group)
    return group


def press_enter(*pages: Page) -> list[str]:
    """Have all of them sent at one moment: nothing of ours runs in between. Returns what they wrote."""
    texts = [f"message {next(numbers)}" for _ in pages]
    for page, text in zip(pages, texts, strict=True):
        page.write(text)
    return texts


async def are_answered(*pages: Page) -> None:
    for page in pages:
        await page.until(lambda page: page.close_code or not page.sent)


def stored(group: Group) -> list[str]:
    return list(Entry.objects.filter(group=group, kind="message").values_list("text", flat=True))


async def equal_fresh_loads(*pages: Page) -> None:
    await settled()
    for page in pages:
        page.read()
        assert page.close_code is None
        assert page.log == await fresh_log(page)


@contextmanager
def before_they_are_written(
    monkeypatch: pytest.MonkeyPatch, do: Callable[[], None]
) -> Iterator[None]:
    """Do something once the posts of several are on their way and before their transaction begins."""
    joined: list[int] = []

    def do_before(asked: Any) -> Any:
        if len(asked) > 1 and not joined:
            joined.append(len(asked))
            do()
        return post_together(asked)

    with monkeypatch.context() as patched:
        patched.setattr("discuss.edges.consumers.posting.post_together", do_before)
        yield
    assert joined, "Nobody's posts were joined"


@asynccontextmanager
async def locked(group: Group) -> AsyncIterator[Callable[[], None]]:
    """Have somebody else hold the group's lock, and give a function that makes them let go.

    SQLite has one lock for everything, which nobody is kept waiting for longer than a moment here.
    """
    is_locked, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Group.objects.take_number(group.pk)
            is_locked.set()
            may_go.wait(0.3 if connection.vendor == "sqlite" else 60)
            transaction.set_rollback(True)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    await eventually(is_locked.is_set)
    try:
        yield may_go.set
    finally:
        may_go.set()
        await asyncio.to_thread(holder.join)


async def test_who_is_removed_meanwhile_is_left_out_and_all_others_are_heard(
    cast: Cast, sam: User, monkeypatch
):
    attic = await in_worker(another_group, "Attic", cast.bob, cast.ann)
    kitchen, path = cast.kitchen, cast.kitchen.get_absolute_url()
    ann, bob, mod = [await enter(user, path) for user in (cast.ann, cast.bob, cast.mod)]
    second = await enter(cast.ann, path)
    gone = [await enter(user, attic.get_absolute_url()) for user in (cast.ann, cast.bob)]
    bobs = await in_worker(cast.member, cast.bob)

    def happen() -> None:
        actions.remove_member(sam, membership=bobs)
        actions.delete_group(sam, group=attic)

    with before_they_are_written(monkeypatch, happen):
        texts = press_enter(ann, bob, mod, second, *gone)
        await are_answered(ann, bob, mod, second, *gone)
    for page in (bob, *gone):
        await page.until(lambda page: page.close_code == CLOSE_NO_MEMBER)
    await equal_fresh_loads(ann, mod, second)
    assert await in_worker(stored, kitchen) == [texts[0], texts[2], texts[3]]
    assert await in_worker(lines_of_strangers, kitchen) == []
    # He may have heard the first, which had nothing to be joined with, and gets his own back.
    assert not {text for text in texts[2:] if f">{text}<" in "".join(bob.frames)}
    assert f">{texts[2]}<" in "".join(ann.frames)


async def test_a_group_that_somebody_holds_keeps_nobody_elses_posts_waiting(cast: Cast):
    garden = await in_worker(another_group, "Garden", cast.ann, cast.bob)
    users, path = (cast.ann, cast.bob), cast.kitchen.get_absolute_url()
    kept = [await enter(user, garden.get_absolute_url()) for user in users]
    others = [await enter(user, path) for user in users]
    async with locked(garden) as let_go:
        texts = press_enter(*kept, *others)
        # Where rows have locks, these are answered while the garden is still held.
        await are_answered(*others)
        let_go()
        await are_answered(*kept)
    assert sorted(await in_worker(stored, garden)) == sorted(texts[:2])
    assert await in_worker(stored, cast.kitchen) == texts[2:]
    await equal_fresh_loads(*kept, *others)


async def test_in_any_order_nobodys_line_stands_after_their_removal(
    cast: Cast, sam: User, monkeypatch
):
    """Nothing is arranged here: what comes before what is as it happens."""
    counts = count_joined(monkeypatch)
    rounds = 6
    guests = [await in_worker(User.objects.create_user, f"guest-{n}") for n in range(rounds)]
    members = [cast.ann, cast.bob, cast.mod]
    kitchen, path = cast.kitchen, cast.kitchen.get_absolute_url()
    garden = await in_worker(another_group, "Garden", *members)
    for guest in guests:
        await in_worker(actions.join_group, guest, group=kitchen)
    staying = [
        await enter(user, each) for user in members for each in (path, garden.get_absolute_url())
    ]
    leaving = [await enter(guest, path) for guest in guests]
    sent: list[str] = []
    for guest, leaver in zip(guests, leaving, strict=True):
        attic = await in_worker(another_group, f"Attic of {guest.username}", *members)
        upstairs = [await enter(user, attic.get_absolute_url()) for user in members]
        removed = await in_worker(Membership.objects.get, group=kitchen, user=guest)
        present = [page for page in (*staying, *leaving, *upstairs) if page.is_connected]
        async with locked(garden) as let_go:
            texts = press_enter(*present)
            await asyncio.gather(
                in_actor(actions.remove_member, sam, membership=removed),
                in_actor(actions.delete_group, sam, group=attic),
                asyncio.to_thread(let_go),
            )
        await are_answered(*present)
        for page in (leaver, *upstairs):
            await page.until(lambda page: page.close_code == CLOSE_NO_MEMBER)
        sent += [text for page, text in zip(present, texts, strict=True) if page.is_connected]
    found = [*await in_worker(stored, kitchen), *await in_worker(stored, garden)]
    assert len(found) == len(set(found))
    assert set(sent) <= set(found)
    assert await in_worker(lines_of_strangers, kitchen) == []
    assert max(counts) > len(staying)
    await equal_fresh_loads(*staying)
