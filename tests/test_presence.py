"""Who is here now, when some of them are connected through other processes."""

import asyncio
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from discuss import actions
from discuss.db.workers import in_worker
from discuss.doorbell.ringer import PROCESS
from discuss.live import presence
from discuss.live.hub import hub
from discuss.models import Presence, Process, User
from discuss.reading.presence import NAMED_HERE, Here
from tests.cast import Cast, log_in
from tests.page import Page, enter, eventually

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("live"),
    pytest.mark.log,
]

ELSEWHERE = "another process"
# Seconds in which a process beats many times.
DEAD_AFTER = 0.5


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


@pytest.fixture
def shared(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """There may be other processes; the layer between them is this process's own here."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr("discuss.live.here.PRESENCE_INTERVAL", 0.01)
    # So late that no test is saved by it: what is shown came by a bell.
    monkeypatch.setattr("discuss.live.presence.BEAT_INTERVAL", 1000.0)


class Elsewhere:
    """Another process, which beats each time before this one looks, for as long as it lives.

    So its beat never stands still meanwhile, however long this machine does.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lives = True
        # How often it will not have beaten; how often this process has looked.
        self.misses = self.looks = 0
        self._exchange = presence._exchange
        monkeypatch.setattr("discuss.live.presence._exchange", self._beat_and_exchange)

    def _beat_and_exchange(self, *args: Any, **kwargs: Any) -> Any:
        self.looks += 1
        if self.misses:
            self.misses -= 1
        elif self.lives:
            actions.beat(ELSEWHERE)
        return self._exchange(*args, **kwargs)


@pytest.fixture
def elsewhere(shared: None, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """It is there, and both processes beat often."""
    monkeypatch.setattr("discuss.live.presence.BEAT_INTERVAL", 0.05)
    monkeypatch.setattr("discuss.live.presence.DEAD_AFTER", DEAD_AFTER)
    return Elsewhere(monkeypatch)


async def show_elsewhere(cast: Cast, *names: str) -> None:
    people = {getattr(cast, name).pk: name for name in names}
    await in_worker(actions.show_presence, ELSEWHERE, {cast.kitchen.pk: Here.of(people)})


async def shown_by_this_process() -> list[str]:
    def read() -> list[str]:
        rows = list(Presence.objects.filter(process__name=PROCESS))
        assert {name for row in rows for name in row.people} == set(
            User.objects.filter(pk__in=[pk for row in rows for pk in row.user_ids]).values_list(
                "username", flat=True
            )
        )
        return [name for row in rows for name in row.people]

    return await in_worker(read)


@pytest.mark.usefixtures("shared")
async def test_people_connected_through_another_process_are_here_too(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    await ann.until(lambda page: page.here == ["ann"])
    await show_elsewhere(cast, "cleo", "ann")
    await ann.until(lambda page: page.here == ["ann", "cleo"])
    await show_elsewhere(cast)
    await ann.until(lambda page: page.here == ["ann"])
    assert not await in_worker(Presence.objects.filter(process__name=ELSEWHERE).exists)


@pytest.mark.usefixtures("shared")
async def test_of_many_some_are_named_and_all_are_counted_once(cast: Cast, path: str):
    """Nobody reads a thousand names, and to store them each second would be most of what is written."""
    people = {cast.ann.pk: "ann"} | {1000 + n: f"Person {n:03}" for n in range(100)}
    ours, more = dict(list(people.items())[:60]), dict(list(people.items())[40:])
    ann = await enter(cast.ann, path)
    for process, some in (ELSEWHERE, ours), ("a third", more):
        await in_worker(actions.show_presence, process, {cast.kitchen.pk: Here.of(some)})
    await ann.until(lambda page: "101 here" in page.element("here").text_content())
    assert ann.here == ["ann", *(f"Person {n:03}" for n in range(NAMED_HERE - 1))]
    row = await in_worker(Presence.objects.get, process__name="a third")
    assert sorted(row.user_ids) == sorted(more)
    assert len(row.people) == NAMED_HERE


@pytest.mark.usefixtures("shared")
async def test_a_process_of_the_version_before_is_understood(cast: Cast, path: str):
    """While processes are restarted one after the other; it writes names alone."""

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO discuss_presence (process_id, group_id, people) VALUES (%s, %s, %s)",
                [Process.objects.create(name=ELSEWHERE).pk, cast.kitchen.pk, '["cleo"]'],
            )

    await in_worker(write)
    ann = await enter(cast.ann, path)
    await ann.until(lambda page: page.here == ["ann", "cleo"])
    assert "2 here" in ann.element("here").text_content()


@pytest.mark.usefixtures("shared")
async def test_who_was_here_before_the_first_page_is_read(cast: Cast, path: str):
    await show_elsewhere(cast, "cleo")
    ann = await enter(cast.ann, path)
    await ann.until(lambda page: page.here == ["ann", "cleo"])


@pytest.mark.usefixtures("shared")
async def test_a_page_of_a_process_with_no_sockets_in_the_group_names_them(cast: Cast, path: str):
    await show_elsewhere(cast, "cleo")
    page = await Page.open(await in_worker(log_in, cast.ann), path)
    assert page.here == ["cleo"]


@pytest.mark.usefixtures("shared")
async def test_this_process_shows_who_is_connected_through_it_until_they_go(cast: Cast, path: str):
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    await eventually(_shows({"ann", "bob"}))
    await ann.disconnect()
    await eventually(_shows({"bob"}))
    await bob.disconnect()
    await eventually(_shows(set()))


async def test_a_process_whose_beat_stands_still_is_forgotten_and_a_living_one_is_not(
    cast: Cast, path: str, elsewhere: Elsewhere
):
    ann = await enter(cast.ann, path)
    await show_elsewhere(cast, "cleo")
    await ann.until(lambda page: page.here == ["ann", "cleo"])
    begin = asyncio.get_running_loop().time()
    while asyncio.get_running_loop().time() < begin + 3 * DEAD_AFTER:
        await asyncio.sleep(0.05)
        ann.read()
        assert ann.here == ["ann", "cleo"]
    # It is killed.
    elsewhere.lives = False
    await ann.until(lambda page: page.here == ["ann"])
    names = await in_worker(lambda: list(Process.objects.values_list("name", flat=True)))
    assert names == [PROCESS]


@pytest.mark.usefixtures("shared")
async def test_a_process_taken_for_dead_shows_itself_again(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.live.presence.BEAT_INTERVAL", 0.05)
    ann = await enter(cast.ann, path)
    await eventually(_shows({"ann"}))
    await in_worker(actions.forget_process, PROCESS)
    await eventually(_shows({"ann"}))
    assert ann.is_connected


@pytest.mark.usefixtures("shared")
async def test_what_no_bell_told_is_found_with_the_next_beat(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.live.presence.BEAT_INTERVAL", 0.05)
    ann = await enter(cast.ann, path)
    monkeypatch.setattr(hub, "hear", lambda bell: None)
    monkeypatch.setattr("discuss.doorbell.bells.ring_presence", lambda group_id: None)
    await show_elsewhere(cast, "cleo")
    await ann.until(lambda page: page.here == ["ann", "cleo"])


@pytest.mark.usefixtures("shared")
async def test_a_board_that_cannot_be_written_is_tried_again(
    cast: Cast, path: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
):
    monkeypatch.setattr("discuss.live.presence.RETRY_INTERVAL", 0.01)
    with monkeypatch.context() as broken:
        broken.setattr("discuss.live.presence._exchange", lambda *args, **kwargs: 1 / 0)
        ann = await enter(cast.ann, path)
        # Who is connected here is told all the same.
        await ann.until(lambda page: page.here == ["ann"])
        await eventually(lambda: "could not be exchanged" in caplog.text)
        assert await shown_by_this_process() == []
    await eventually(_shows({"ann"}))


@pytest.mark.usefixtures("shared")
async def test_a_process_that_ends_takes_itself_from_the_board(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    await eventually(_shows({"ann"}))
    assert ann.is_connected
    await hub.stop()
    assert not await in_worker(Process.objects.exists)


async def test_one_process_alone_writes_nothing(cast: Cast, path: str):
    ann = await enter(cast.ann, path)
    await ann.until(lambda page: page.here == ["ann"])
    assert not await in_worker(Process.objects.exists)


def _shows(names: set[str]) -> Any:
    async def look() -> bool:
        return set(await shown_by_this_process()) == names

    return look


async def test_while_nobody_could_beat_nobody_is_taken_for_dead(
    cast: Cast, path: str, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.live.presence.RETRY_INTERVAL", 0.01)
    ann = await enter(cast.ann, path)
    await show_elsewhere(cast, "cleo")
    await ann.until(lambda page: page.here == ["ann", "cleo"])
    with monkeypatch.context() as broken:
        broken.setattr("discuss.live.presence._exchange", lambda *args, **kwargs: 1 / 0)
        await asyncio.sleep(3 * DEAD_AFTER)
        # The database is back, and the other process has not beaten yet.
        elsewhere.misses, looks = 1, elsewhere.looks
    await eventually(lambda: elsewhere.looks > looks + 1)
    assert await in_worker(Presence.objects.filter(process__name=ELSEWHERE).exists)
    ann.read()
    assert ann.here == ["ann", "cleo"]
