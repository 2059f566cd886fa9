"""Whoever answers a request gives way to what is urgent: at statements, lines, templates and their loops."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client, RequestFactory

from discuss.db import giving_way
from discuss.db.batching import Batcher
from discuss.db.giving_way import give_way, patient, urgent
from discuss.edges.consumers import posting
from discuss.live.flushes import flushes, slow_flushes
from discuss.rendering import bounds
from discuss.rendering.backend import ours
from tests.cast import Cast

# Far longer than a test takes.
AGES = 1000.0
# Seconds in which whoever does not wait would go on.
A_MOMENT = 0.1


class Waits:
    """Who has waited for what is urgent, or was about to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: list[int] = []
        self.has_one = threading.Event()
        self._spend = giving_way._Patience.spend
        monkeypatch.setattr(giving_way._Patience, "spend", lambda patience: self._note(patience))
        monkeypatch.setattr(giving_way, "PATIENCE", AGES)

    def _note(self, patience: giving_way._Patience) -> None:
        self.threads.append(threading.get_ident())
        self.has_one.set()
        self._spend(patience)

    def are_kept(self, done: Future[Any]) -> bool:
        """Whether this comes to wait, and goes on waiting."""
        if not self.has_one.wait(60):
            return False
        time.sleep(A_MOMENT)
        return not done.done()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    """Requests are very patient."""
    return Waits(monkeypatch)


class Answering:
    """A thread that answers a request, or does what somebody else does."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1)

    def begin(self, work: Callable[[], Any], *, is_patient: bool = True) -> Future[Any]:
        def done() -> Any:
            try:
                with patient() if is_patient else nullcontext():
                    return work()
            finally:
                connection.close()

        return self._threads.submit(done)

    def end(self) -> None:
        self._threads.shutdown()


@pytest.fixture
def answering() -> Iterator[Answering]:
    answering = Answering()
    yield answering
    answering.end()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited each time, where something is always urgent."""
    waited: list[float] = []

    class Never:
        def is_set(self) -> bool:
            return False

        def wait(self, seconds: float) -> None:
            waited.append(seconds)
            time.sleep(seconds)

    monkeypatch.setattr(giving_way, "_calm", Never())
    return waited


def ask() -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()


def render_loop() -> str:
    """Render a page's loop, which asks for nothing and is no template of its own."""
    template = ours().engine.from_string("{% for each in rounds %}{{ each }}{% endfor %}")
    rounds = {"rounds": range(3 * bounds.STEPS)}
    return str(template.render(bounds.bounded(rounds, RequestFactory().get("/"))))


WORK: dict[str, Callable[[], Any]] = {
    "itself": give_way,
    "a statement": ask,
    "a template": lambda: ours().get_template("discuss/brand.html").render({}),
    "a page's loop": render_loop,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_a_request_waits_for_what_is_urgent_and_goes_on(
    work: Callable[[], Any], answering: Answering, waits: Waits
):
    with urgent():
        done = answering.begin(work)
        assert waits.are_kept(done)
    done.result(60)


@pytest.mark.django_db(transaction=True)
def test_it_waits_until_the_last_has_ended(answering: Answering, waits: Waits):
    with urgent():
        with urgent():
            done = answering.begin(ask)
        assert waits.are_kept(done)
    assert done.result(60) == (1,)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_where_nothing_is_urgent_any_more(answering: Answering, waits: Waits):
    with pytest.raises(ValueError, match="broken"), urgent():
        raise ValueError("broken")
    assert answering.begin(ask).result(60) == (1,)
    assert waits.threads == []


@pytest.mark.django_db(transaction=True)
def test_whoever_answers_no_request_waits_for_nobody(answering: Answering, waits: Waits):
    with urgent():
        assert answering.begin(ask, is_patient=False).result(60) == (1,)
        assert answering.begin(lambda: None).result(60) is None
        # Nor does the same thread after a request.
        assert answering.begin(give_way, is_patient=False).result(60) is None
    assert waits.threads == []


async def test_the_event_loop_does_not_wait_for_what_a_request_has_it_do(waits: Waits):
    """A bell is rung so; else what is urgent could not end, which does so on the loop."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def heard() -> None:
        give_way()
        done.set()

    def ring() -> None:
        with patient():
            loop.call_soon_threadsafe(heard)

    with urgent():
        await asyncio.to_thread(ring)
        await done.wait()
    assert waits.threads == []


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_locks_does_not_wait(answering: Answering, waits: Waits):
    """Else what is urgent could wait for them."""
    has_begun, go_on = threading.Event(), threading.Event()

    def write() -> Any:
        with transaction.atomic():
            has_begun.set()
            go_on.wait(60)
            return ask()

    done = answering.begin(write)
    has_begun.wait(60)
    with urgent():
        go_on.set()
        assert done.result(60) == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_request_waits_so_long_in_all_where_something_is_always_urgent(waited: list[float]):
    with patient():
        for _ in range(5):
            ask()
    assert waited == [giving_way.PATIENCE]


@pytest.mark.django_db(transaction=True)
def test_each_request_has_its_own_patience(waited: list[float]):
    for _ in range(2):
        with patient():
            give_way()
    assert waited == [giving_way.PATIENCE] * 2


@pytest.mark.django_db(transaction=True)
def test_pages_give_way(cast: Cast, answering: Answering, waits: Waits):
    def look() -> int:
        return Client().get("/accounts/login/").status_code

    with urgent():
        done = answering.begin(look, is_patient=False)
        assert waits.are_kept(done)
    assert done.result(60) == 200


@pytest.mark.parametrize(
    ("batcher", "is_urgent"), [(posting._together, True), (flushes, True), (slow_flushes, False)]
)
async def test_posts_and_the_flushes_of_quick_groups_are_urgent(
    batcher: Batcher[Any, Any], is_urgent: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batcher, "_work", lambda asked: [giving_way._calm.is_set() for _ in asked])
    assert await batcher.ask(None) is not is_urgent
    assert giving_way._calm.is_set()
