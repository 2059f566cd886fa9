"""Real browsers before a real server. One server and one browser serve all tests; each begins empty."""

import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from playwright.sync_api import Browser, ViewportSize, expect
from pytest_django import DjangoDbBlocker

from discuss.models import User
from tests import forked
from tests.browser.person import PATIENCE, Person
from tests.browser.stage import Stage
from tests.browser.wire import Wire
from tests.chromium import FLAGS, find_chromium
from tests.server import TOP, Server

forked.for_servers()

expect.set_options(timeout=PATIENCE * 1000)

HERE = Path(__file__).parent
WIDE: ViewportSize = {"width": 1180, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test here more time than others have: browsers and all else may share two slow cores."""
    for item in items:
        if item.path.parent == HERE and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """The server hashes passwords as it does for everybody, so the tests' own must be of that kind."""


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
    browser_name: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    if browser_name == "firefox":
        return {**browser_type_launch_args, **_firefox(tmp_path_factory.mktemp("firefox"))}
    return {**browser_type_launch_args, "executable_path": find_chromium(), "args": list(FLAGS)}


def _firefox(folder: Path) -> dict[str, Any]:
    """Return how to launch Debian's Firefox (firefox.py)."""
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    assert firefox, "These tests need Debian's firefox-esr."
    program = folder / "firefox"
    started = shlex.join([sys.executable, "-m", "tests.browser.firefox", firefox])
    program.write_text(f'#!/bin/sh\ncd {shlex.quote(str(TOP))} && exec {started} "$@"\n')
    program.chmod(0o700)
    return {
        "channel": "moz-firefox",
        "executable_path": str(program),
        # Without it the loopback is reached past a person's wire.
        "firefox_user_prefs": {"network.proxy.allow_hijacking_localhost": True},
    }


@pytest.fixture(scope="session")
def _one_server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Server]:
    # The same key as in the tests' own process, so that a session made here is one there.
    server = Server(tmp_path_factory.mktemp("server"), SECRET_KEY=project_settings.SECRET_KEY)
    # What ends a page was a bell, then.
    server.environment["DJANGO_SETTINGS_MODULE"] = "tests.browser.late_check_settings"
    shutil.copyfile(migrated, server.database)
    yield server
    server.stop()


@pytest.fixture
def server(_one_server: Server) -> Iterator[Server]:
    """The server, running; a test may stop it."""
    if not _one_server.is_running:
        _one_server.start()
    written = _one_server.log.stat().st_size
    yield _one_server
    log = _one_server.log.read_bytes()[written:].decode()
    assert "Traceback" not in log, f"The server's log says:\n{log}"


@pytest.fixture
def stage(server: Server, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """The server's database, empty."""
    stage = Stage(server.database)
    with django_db_blocker.unblock():
        stage.clear()
        yield stage
    stage.close()


@pytest.fixture
def stranger(
    browser: Browser, browser_name: str, server: Server, stage: Stage
) -> Iterator[Callable[..., Person]]:
    """Return a function that gives a browser context to someone who is not logged in.

    In Chromium nothing moves on its way to something else, which takes it a fifth of all its time, but for
    who asks for that: `reduced_motion="no-preference"`. In Firefox all does.
    """
    people: list[Person] = []
    usual: dict[str, Any] = {"viewport": WIDE}
    if browser_name == "chromium":
        usual["reduced_motion"] = "reduce"

    def appear(user: User | None = None, **context_args: Any) -> Person:
        context = browser.new_context(**{**usual, **context_args})
        context.set_default_timeout(PATIENCE * 1000)
        people.append(Person(context, server.url, user))
        if context_args.get("java_script_enabled") is False:
            # What a page has at hand for Enter is of no use there.
            people[-1].allow(r"^warning: The resource \S+/at-hand/\S+ was preloaded ")
        return people[-1]

    yield appear
    complaints = [
        f"{person._user}: {complaint}" for person in people for complaint in person.complaints
    ]
    for person in people:
        person.context.close()
    assert complaints == []


@pytest.fixture
def person(stranger: Callable[..., Person], stage: Stage, server: Server) -> Callable[..., Person]:
    """Return a function that gives a named user (made where there is none) a context, logged in."""

    def appear(who: str | User, **context_args: Any) -> Person:
        user = stage.user(who) if isinstance(who, str) else who
        person = stranger(user, **context_args)
        person.context.add_cookies(
            [
                {
                    "name": project_settings.SESSION_COOKIE_NAME,
                    "value": stage.session(user),
                    "url": server.url,
                    "httpOnly": True,
                }
            ]
        )
        return person

    return appear


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A network for one person: `person("ann", proxy=wire.proxy)`."""
    wire = Wire()
    yield wire
    wire.close()
