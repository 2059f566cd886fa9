"""Whoever answers a request gives way to what is urgent: at statements, lines, templates and their loops."""

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
from discuss.db.giving_way import give_way, patient, urgent
from discuss.rendering import bounds
from discuss.rendering.backend import ours
from discuss.rendering.kept import Kept
from tests.cast import Cast

# Far longer than a test takes.
AGES = 1000.0
# Seconds after which what has not ended is taken to wait.
A_MOMENT = 0.2


@pytest.fixture
def ages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests be very patient."""
    monkeypatch.setattr(giving_way, "PATIENCE", AGES)


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


def waits(done: Future[Any]) -> bool:
    """Whether it has not ended a moment later."""
    time.sleep(A_MOMENT)
    return not done.done()


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
    "a piece that is not kept": lambda: Kept(1, 100).rendered("this", lambda: "html"),
    "a template": lambda: ours().get_template("discuss/brand.html").render({}),
    "a page's loop": render_loop,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_a_request_waits_for_what_is_urgent_and_goes_on(
    work: Callable[[], Any], answering: Answering, ages: None
):
    with urgent():
        done = answering.begin(work)
        assert waits(done)
    done.result(60)


@pytest.mark.django_db(transaction=True)
def test_it_waits_until_the_last_has_ended(answering: Answering, ages: None):
    with urgent():
        with urgent():
            done = answering.begin(ask)
        assert waits(done)
    assert done.result(60) == (1,)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_where_nothing_is_urgent_any_more(answering: Answering, ages: None):
    with pytest.raises(ValueError, match="broken"), urgent():
        raise ValueError("broken")
    assert answering.begin(ask).result(60) == (1,)


@pytest.mark.django_db(transaction=True)
def test_whoever_answers_no_request_waits_for_nobody(answering: Answering, ages: None):
    with urgent():
        assert answering.begin(lambda: None).result(60) is None
        # Nor does the same thread after a request.
        assert answering.begin(ask, is_patient=False).result(60) == (1,)


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_locks_does_not_wait(answering: Answering, ages: None):
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
def test_a_request_is_answered_where_something_is_always_urgent(answering: Answering):
    def ask_often() -> float:
        begin = time.monotonic()
        for _ in range(20):
            ask()
        return time.monotonic() - begin

    with urgent():
        waited = answering.begin(ask_often).result(60)
    # It has waited, all in all so long and not at each statement.
    assert waited >= giving_way.PATIENCE


@pytest.mark.django_db(transaction=True)
def test_pages_give_way(cast: Cast, answering: Answering, ages: None):
    def look() -> int:
        return Client().get("/accounts/login/").status_code

    with urgent():
        done = answering.begin(look, is_patient=False)
        assert waits(done)
    assert done.result(60) == 200


def test_patience_is_a_requests_own(monkeypatch: pytest.MonkeyPatch):
    """One that waits keeps no other from waiting for as long."""
    monkeypatch.setattr(giving_way, "PATIENCE", 0.05)
    waited: list[float] = []

    def wait() -> None:
        begin = time.monotonic()
        with patient():
            give_way()
            give_way()
        waited.append(time.monotonic() - begin)

    threads = [threading.Thread(target=wait) for _ in range(2)]
    with urgent():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert min(waited) >= 0.05
