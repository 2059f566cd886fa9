"""What every test may ask for."""

import fcntl
import gc
import logging
import os
import shutil
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import hypothesis
import pytest
from channels.layers import get_channel_layer
from django.conf import settings as project_settings
from django.core.mail import EmailMessage
from django.db import connection, connections
from django.db.backends.sqlite3.creation import DatabaseCreation
from django.template import Template
from django.test import TransactionTestCase, override_settings
from pytest_django import DjangoCaptureOnCommitCallbacks

from discuss.actions import networks
from discuss.db import workers
from discuss.doorbell import bells
from discuss.doorbell.bell import Bell
from discuss.live.hub import Hub, hub
from discuss.reading.filters import known_filters
from discuss.reading.networks import known_networks
from discuss.site import site
from discuss.token_sheet import token_sheet
from tests.cast import Cast, gather
from tests.emptying import empty
from tests.migrated import TEMPLATE
from tests.server import Server
from tests.waiting import do_tasks
from tests.ways import CHOSEN_WAYS, WAYS, Chosen

# How long an example takes is the machine's affair.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

HERE = Path(__file__).parent

# As it is before Django's test environment has it tell of each template.
RENDER = Template._render  # type: ignore[attr-defined]  # the stubs do not know it

# Seconds, all of them: intervals of the hub's, and bounds of what it waits for.
LATE = (
    "live.hub.SWEEP_LOOK",
    "live.hub.REVOCATION_INTERVAL",
    "live.upkeep.DELETIONS_INTERVAL",
    "live.hub.STATUS_INTERVAL",
    "live.upkeep.TASKS_INTERVAL",
    "live.hub.LEAVE_WITHIN",
    "live.keeper.KEEPER_INTERVAL",
    "doorbell.ringer.RING_TIMEOUT",
    "doorbell.listener.DEAF_AFTER",
    "edges.consumers.page.RESUME_WITHIN",
)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords(django_test_environment: None) -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _without_limits(django_test_environment: None) -> Iterator[None]:
    """Let people do in a second what takes them an hour; tests of limits set them again."""
    with override_settings(RATE_LIMITS={}):
        yield


@pytest.fixture(autouse=True)
def _unknown_site() -> None:
    """Forget what the test before has called the site."""
    site.forget()
    token_sheet.forget()


@pytest.fixture(autouse=True)
def _no_filters() -> None:
    """Know that there are no filters, as where a hub has read that; else who posts first would ask."""
    known_filters.forget(is_none=True)


@pytest.fixture(autouse=True)
def _no_networks() -> None:
    """Know that no networks are blocked; else the first request of each test would ask."""
    known_networks.forget(is_none=True)
    networks._hits.forget()


@pytest.fixture(scope="session", autouse=True)
def _without_static_files(django_test_environment: None) -> Iterator[None]:
    """Spare each `Client` the list of all static files, which takes 0.2 s; tests/serving asks for them."""
    without = [name for name in project_settings.MIDDLEWARE if "servestatic" not in name]
    with override_settings(MIDDLEWARE=without):
        yield


@pytest.fixture(scope="session", autouse=True)
def _untold_templates(django_test_environment: None) -> Iterator[None]:
    """Spare each template a signal and a copy of all it is given, for the test client's `response.context`.

    They take a tenth of a page's time. What a view of the admin gave is in `response.context_data`.
    """
    with mock.patch.object(Template, "_render", RENDER):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Let SQLite not wait for the disk, since no power cut hits these tests, and long for a lock.

    The servers that tests start have the product's own options.
    """
    database = project_settings.DATABASES["default"]
    options = database["OPTIONS"]
    if "init_command" in options:
        options["init_command"] += " PRAGMA synchronous=OFF;"
        options["timeout"] = 60
    elif TEMPLATE in os.environ:
        database["TEST"]["TEMPLATE"] = os.environ[TEMPLATE]


@contextmanager
def _migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield where the file with all migrations is, or shall be: nobody else makes it meanwhile.

    All processes of pytest-xdist share one, and all stages of bin/test, which says where.
    """
    folder = tmp_path_factory.getbasetemp()
    if "SHARED_BY_STAGES" in os.environ:
        folder = Path(os.environ["SHARED_BY_STAGES"])
    elif "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / "migrated.sqlite3"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all migrations applied, and nobody in it: servers begin with a copy."""
    with _migrated_once(tmp_path_factory) as made:
        if not made.exists():
            unfinished = Server(tmp_path_factory.mktemp("migrated"))
            unfinished.manage("migrate", "--no-input", "-v0")
            unfinished.database.replace(made)
    return made


@pytest.fixture(scope="session")
def _begun_with_a_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have SQLite's database of this process be a copy of that file, or become it: migrations take 5 s."""
    create = DatabaseCreation.create_test_db

    def copy_or_create(creation: DatabaseCreation, *args: Any, **options: Any) -> str:
        name: str = creation._get_test_db_name()  # type: ignore[attr-defined]  # the stubs lack it
        with _migrated_once(tmp_path_factory) as made:
            if not made.exists():
                create(creation, *args, **options)
                with creation.connection.cursor() as cursor:
                    cursor.execute("VACUUM INTO %s", [str(made)])
                return name
        # What a run that was killed has left beside it would be taken for a part of it.
        for end in ("-wal", "-shm"):
            Path(name + end).unlink(missing_ok=True)
        shutil.copyfile(made, name)
        creation.connection.close()
        alias = creation.connection.alias
        project_settings.DATABASES[alias]["NAME"] = creation.connection.settings_dict["NAME"] = name
        return name

    with mock.patch.object(DatabaseCreation, "create_test_db", copy_or_create):
        yield


@pytest.fixture(scope="session")
def django_db_setup(_begun_with_a_copy: None, django_db_setup: None) -> None:
    """The databases of this process, as pytest-django sets them up."""


@pytest.fixture(scope="session", autouse=True)
def _emptied_at_once() -> Iterator[None]:
    """Keep what migrations wrote when a test with `transactional_db` ends: to write it anew takes 40 ms."""

    def empty_all(test: Any) -> None:
        for name in test._databases_names(include_mirrors=False):
            empty(connections[name])

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", empty_all):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return gather()


@pytest.fixture
def bells_of(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Callable[[Callable[[], Any]], list[Bell]]:
    """Return a function that does something and returns the bells it rang, on commit."""

    def bells_of(act: Callable[[], Any]) -> list[Bell]:
        rung: list[Bell] = []
        monkeypatch.setattr(bells._doorbell, "hand_over", rung.append)
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return rung

    return bells_of


def pytest_configure() -> None:
    # Whoever is told to end ends what it has started, too: some of that hears of nobody else.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark each test of these folders with its stage in bin/test: what has sockets is of "live".

    What is about another database is not selected.
    """
    others = [item for item in items if _is_of_another_database(item)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]
    for item in items:
        if item.path.parent in {HERE, HERE / "admin", HERE / "moderation"}:
            has_sockets = {"live", "way"} & set(getattr(item, "fixturenames", ()))
            item.add_marker(pytest.mark.live if has_sockets else pytest.mark.unit)


def _is_of_another_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("only_on")
    return marker is not None and marker.args[0] != connection.vendor


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """See that pytest-xdist keeps groups together: with a pytest too new for it, it silently does not.

    What is loaded stays: the garbage collector need not look at it again and again.
    """
    gc.collect()
    gc.freeze()
    if getattr(session.config.option, "loadgroup", False):
        for item in session.items:
            if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
                raise pytest.UsageError(f"pytest-xdist has lost the group of {item.nodeid}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "way" in metafunc.fixturenames:
        is_marked = metafunc.definition.get_closest_marker("both_ways")
        # What a database does is the same to both, so on PostgreSQL one is enough.
        is_sqlite = "sqlite" in project_settings.DATABASES["default"]["ENGINE"]
        ways = WAYS if is_marked and is_sqlite else CHOSEN_WAYS
        metafunc.parametrize("way", ways, indirect=True)


@pytest.fixture
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """How the hub's frames leave the server (tests/ways.py)."""
    # Not by `monkeypatch`, which a test may undo in its middle.
    before, Chosen.way = Chosen.way, request.param
    yield request.param
    Chosen.way = before


@pytest.fixture
async def live(
    way: str,
    transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> AsyncIterator[Hub]:
    """The hub of this process, for a test with sockets: started anew, and stopped behind it.

    What it does from time to time comes so late that no test is saved by it, nor surprised: what arrives
    came by a bell. And its patience outlasts a machine that stands still for a while. A test of one of
    these sets its own.

    What fails in a feed is logged and tried again, so it fails the test here. One that provokes it
    clears `caplog`.
    """
    for name in LATE:
        monkeypatch.setattr(f"discuss.{name}", 1000.0)
    # Else whoever waits until all is written would wait a second each time.
    monkeypatch.setattr("discuss.live.feeds.person.PersonFeed.flush_interval", 0.02)
    await get_channel_layer().flush()
    yield hub
    await hub.stop()
    # Else its threads' connections stand in the way of emptying the database.
    workers.close()
    # Each phase of a test has records of its own; what a test clears is those of its call.
    logged = [*caplog.get_records("setup"), *caplog.get_records("call"), *caplog.records]
    assert [r.getMessage() for r in logged if r.levelno >= logging.ERROR] == []


@pytest.fixture
def sent(mailoutbox: list[EmailMessage]) -> Callable[[], list[EmailMessage]]:
    """Return all mails that were sent, once a worker has done what waits."""

    def sent() -> list[EmailMessage]:
        do_tasks()
        return mailoutbox

    return sent
