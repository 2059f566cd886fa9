"""Tasks, with mails as an example: done once, tried again, never forgotten, and in nobody's way."""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import OperationalError, connection, connections, transaction
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from deploy.cluster.daemon import wait_for
from discuss import metrics
from discuss.accounts import mails
from discuss.db.workers import in_worker
from discuss.doorbell import bells
from discuss.doorbell.bell import Bell
from discuss.live.hub import hub
from discuss.tasks.worker import LOOKS, PAUSES, Worker
from tests.cast import Cast
from tests.database import Database, sqlite
from tests.mail_server import MailServer
from tests.page import PATIENCE, enter, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.log]

SECRET, ADDRESS = "https://chat.example.org/secret/", "ann@chat.invalid"


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    server = MailServer()
    settings.MAILERS = server.mailers
    server.start()
    yield server
    server.stop()


@pytest.fixture
def worker() -> Worker:
    return Worker("a worker")


def enqueue(to: str = ADDRESS) -> None:
    mails.enqueue(EmailMessage("Hello", f"Here: {SECRET}", "Chat <noreply@chat.invalid>", [to]))


def rows() -> list[Any]:
    return list(DBTaskResult.objects.all())


def here() -> Database:
    """The test's own database, for other processes."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return sqlite(Path(told["NAME"]))
    account = f"{told['USER']}:{told['PASSWORD']}"
    return Database(f"postgres://{account}@{told['HOST']}:{told['PORT']}/{told['NAME']}")


def make_due() -> None:
    """Let the pause before the next try be over."""
    assert DBTaskResult.objects.update(run_after=timezone.now()) == 1


def test_it_is_done_once_and_nothing_stays_behind(server: MailServer, worker: Worker):
    enqueue()
    assert worker.take_one()
    (mail,) = server.mails
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Hello")
    assert SECRET in mail.get_content()
    assert rows() == []
    assert not worker.take_one()


def test_it_rings_when_it_is_committed(bells_of: Callable[[Callable[[], Any]], list[Bell]]):
    assert bells_of(enqueue) == [Bell("task", 0)]


# --- what fails -------------------------------------------------------------------------------------


def test_a_mail_server_that_was_down_gets_it_when_it_is_back(
    server: MailServer, worker: Worker, caplog: pytest.LogCaptureFixture
):
    server.stop()
    enqueue()
    begin = timezone.now()
    assert worker.take_one()
    (row,) = rows()
    assert row.run_after - begin >= timedelta(seconds=PAUSES[0])
    assert not worker.take_one(), "its pause is not over"
    assert [record.getMessage() for record in caplog.records] == [
        "discuss.accounts.mails.send failed, try 1 (ConnectionRefusedError); again in 60 s."
    ]
    assert row.traceback == row.exception_class_path == ""
    server.start()
    make_due()
    assert worker.take_one()
    assert [mail["To"] for mail in server.mails] == [ADDRESS]
    assert rows() == []


def test_it_is_tried_after_growing_pauses_and_then_given_up(
    server: MailServer, worker: Worker, caplog: pytest.LogCaptureFixture
):
    server.stop()
    enqueue()
    for pause in PAUSES:
        begin = timezone.now()
        assert worker.take_one()
        (row,) = rows()
        assert pause <= (row.run_after - begin).total_seconds() < pause + PATIENCE
        make_due()
    given_up = metrics.TASKS_GIVEN_UP._value.get()
    assert worker.take_one()
    assert rows() == []
    assert metrics.TASKS_GIVEN_UP._value.get() == given_up + 1
    assert [record.levelno for record in caplog.records] == [
        *[logging.WARNING] * len(PAUSES),
        logging.ERROR,
    ]
    assert caplog.records[-1].getMessage() == (
        "discuss.accounts.mails.send failed 5 times (ConnectionRefusedError) and is given up."
    )
    # Not even what an exception says.
    assert not any(record.exc_info for record in caplog.records)


def test_each_try_sends_the_same_mail(server: MailServer, worker: Worker):
    enqueue()
    (row,) = rows()
    worker.take_one()
    row.save(force_insert=True)
    worker.take_one()
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert re.fullmatch(r"<[^@]+@chat\.invalid>", first["Message-ID"])


def test_what_was_sent_is_not_sent_again_because_the_database_was_away(
    server: MailServer, worker: Worker, monkeypatch: pytest.MonkeyPatch
):
    enqueue()

    def fail(rows: QuerySet[Any]) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "delete", fail)
        with pytest.raises(OperationalError):
            worker.take_one()
    assert len(rows()) == 1
    assert not worker.take_one()
    assert rows() == []
    assert len(server.mails) == 1


# --- several workers --------------------------------------------------------------------------------


def test_of_two_workers_each_takes_other_tasks(server: MailServer):
    people = [f"person{number}@chat.invalid" for number in range(50)]
    with transaction.atomic():
        for person in people:
            enqueue(person)
    server.be_silent()

    def work(name: str) -> None:
        worker = Worker(name)
        while worker.take_one():
            pass
        connections.close_all()

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    assert wait_for(lambda: len(server.clients) == 2, PATIENCE), "they work at the same time"
    server.answer()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(mail["To"] for mail in server.mails) == sorted(people)
    assert rows() == []


def test_what_a_killed_process_was_at_is_done_by_another(
    server: MailServer, worker: Worker, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    enqueue()
    server.be_silent()
    process = here().begin(
        "from django.conf import settings; from discuss.tasks.worker import Worker\n"
        f"settings.MAILERS = {server.mailers!r}\n"
        "print('begins', flush=True)\n"
        "Worker('killed').take_one()",
        tmp_path,
    )
    try:
        assert wait_for(lambda: len(server.clients) == 1, PATIENCE)
    finally:
        process.kill()
        process.join()
    server.answer()
    for _ in range(LOOKS):
        worker.look()
        assert not worker.take_one(), "it might be at it still"
    worker.look()
    assert caplog.messages == [
        "discuss.accounts.mails.send failed, try 1 (its process ended); again now."
    ]
    assert worker.take_one()
    assert [mail["To"] for mail in server.mails] == [ADDRESS]
    assert rows() == []


def test_a_worker_that_takes_long_keeps_its_task(server: MailServer, worker: Worker):
    enqueue()
    server.be_silent()

    def work() -> None:
        worker.take_one()
        connections.close_all()

    thread, other = threading.Thread(target=work), Worker("another")
    thread.start()
    assert wait_for(lambda: worker._running is not None, PATIENCE)
    for _ in range(2 * LOOKS):
        worker.look()
        other.look()
        assert not other.take_one()
    server.answer()
    thread.join(PATIENCE)
    assert len(server.mails) == 1
    assert rows() == []


def test_a_task_that_ends_its_process_each_time_is_given_up(worker: Worker, caplog):
    enqueue()
    for number in range(len(PAUSES) + 1):
        assert Worker(f"killed {number}")._claim()
        for _ in range(LOOKS + 1):
            worker.look()
    assert rows() == []
    assert caplog.messages[-1].endswith("failed 5 times (its process ended) and is given up.")


# --- the hub's ---------------------------------------------------------------------------------------


async def gone() -> None:
    async def is_gone() -> bool:
        return await in_worker(rows) == []

    await eventually(is_gone)


@pytest.mark.usefixtures("live")
async def test_a_request_is_answered_while_the_mail_server_hangs(cast: Cast, server: MailServer):
    await enter(cast.ann, "/")
    server.be_silent()
    fields = {"username": "dora", "email": "dora@chat.invalid"}
    passwords = {"password1": "correct horse battery", "password2": "correct horse battery"}
    answer = await in_worker(Client().post, "/accounts/signup/", fields | passwords)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    # Its bell is enough.
    await eventually(lambda: len(server.clients) == 1)
    assert server.mails == []
    server.answer()
    await gone()
    (mail,) = server.mails
    assert mail["To"] == "dora@chat.invalid"
    assert "/accounts/confirm-email/" in mail.get_content()


@pytest.mark.usefixtures("live")
async def test_what_no_bell_told_is_found_by_the_next_look(
    cast: Cast, server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    await enter(cast.ann, "/")
    monkeypatch.setattr(bells._doorbell, "hand_over", lambda bell: None)
    await in_worker(enqueue)
    await hub.upkeep.tasks.look()
    await gone()
    assert len(server.mails) == 1
    await hub.upkeep.tasks.look()
    assert metrics.TASKS_WAITING._value.get() == 0


@pytest.mark.usefixtures("live")
async def test_what_was_left_is_done_when_the_hub_starts(cast: Cast, server: MailServer):
    await in_worker(enqueue)
    assert server.mails == []
    await enter(cast.ann, "/")
    await gone()
    assert len(server.mails) == 1


@pytest.mark.usefixtures("live")
async def test_it_goes_on_after_the_database_failed(
    cast: Cast, server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog
):
    told = "No task can be taken; the next look tries again. (the database: away)"
    await enter(cast.ann, "/")
    with monkeypatch.context() as patch:

        def fail(worker: Worker) -> bool:
            raise OperationalError("away")

        patch.setattr(Worker, "take_one", fail)
        await in_worker(enqueue)
        await eventually(lambda: told in caplog.messages)
    caplog.clear()
    assert server.mails == []
    await hub.upkeep.tasks.look()
    await gone()
    assert len(server.mails) == 1
