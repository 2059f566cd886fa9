"""Settings come from the environment: a wrong one is one line on the way out, never a traceback."""

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from project import environment, private_file, services
from tests.database import sqlite

WRONG = [
    ("RATE_LIMITS", "maybe"),
    ("RATE_LIMITS", "post"),
    ("RATE_LIMITS", "post=5"),
    ("RATE_LIMITS", "post=0/s"),
    ("RATE_LIMITS", "post=5/d"),
    ("RATE_LIMITS", "shout=5/s"),
    ("PAGES_PER_PERSON", "0"),
    ("SENTRY_DSN", "nonsense"),
    ("SENTRY_DSN", "https://sentry.example.org/1"),
    ("SENTRY_DSN", "https://key@sentry.example.org/project"),
    ("SENTRY_DSN", "https://["),
    ("SIGN_UP", "maybe"),
    ("SIGN_UP_CODE", "soup"),
    ("SIGN_UP_CODE", "soup\x07at seven"),
    ("SIGN_UP_CODE", "x" * 61),
    ("LOG_FORMAT", "xml"),
    ("METRICS_TOKEN", "too-short"),
    ("METRICS_TOKEN", "a token with spaces in it"),
    ("DEBUG", "maybe"),
    ("PORT", "x"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("PORT", "８０００"),
    ("PUBLIC_URL", "chat.example.org"),
    ("PUBLIC_URL", "ftp://chat.example.org"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://chat.example.org/chat"),
    ("PUBLIC_URL", "https://ann@chat.example.org"),
    ("PUBLIC_URL", "https://chat.example.org?x"),
    ("PUBLIC_URL", "https://chat.example.org:x"),
    ("PUBLIC_URL", "https://chat.example.org:99999"),
    ("PUBLIC_URL", "https://["),
    ("PUBLIC_URL", "https://:secret@chat.example.org"),
    # Django answers no Host of these, or every Host.
    ("PUBLIC_URL", "http://*"),
    ("PUBLIC_URL", "*"),
    ("PUBLIC_URL", "http://*.example.org"),
    ("PUBLIC_URL", "http://.example.org"),
    ("PUBLIC_URL", "http://chat_1.example.org"),
    ("PUBLIC_URL", "http://chat.example.org."),
    ("PUBLIC_URL", "http://chat..example.org"),
    ("PUBLIC_URL", "http://chat example.org"),
    ("PUBLIC_URL", "http://chat.example.org "),
    ("PUBLIC_URL", "http://chat%2eexample.org"),
    ("PUBLIC_URL", "http://chat.example.org,b.example.org"),
    ("PUBLIC_URL", "http://bücher.example"),
    ("PUBLIC_URL", "http://चैट.example"),
    ("PUBLIC_URL", f"http://{'x' * 64}.example"),
    ("PUBLIC_URL", "http://" + "x." * 127 + "example"),
    # Browsers would send another Host than this.
    ("PUBLIC_URL", "http://127.1"),
    ("PUBLIC_URL", "http://2130706433"),
    ("PUBLIC_URL", "http://0x7f.0.0.1"),
    ("PUBLIC_URL", "http://0177.0.0.1"),
    ("PUBLIC_URL", "http://192.0.2.256"),
    ("PUBLIC_URL", "http://chat.example.123"),
    ("PUBLIC_URL", "http://[fe80::1%eth0]:8000"),
    ("PUBLIC_URL", "http://[::ffff:127.0.0.1]"),
    ("PUBLIC_URL", "http://[v1.x]"),
    ("PUBLIC_URL", "http://[::g]"),
    ("PUBLIC_URL", "http://::1:8000"),
    # Browsers open no page there.
    ("PUBLIC_URL", "http://chat.example.org:0"),
    ("PUBLIC_URL", "http://chat.example.org:6000"),
    ("TIME_ZONE", "Mars/Olympus"),
    ("TIME_ZONE", "../etc/passwd"),
    ("DATABASE_URL", "nonsense"),
    ("DATABASE_URL", "mysql://localhost/chat"),
    ("DATABASE_URL", "postgres://localhost:x/chat"),
    ("DATABASE_URL", "postgres://["),
    ("EMAIL_URL", "nonsense"),
    ("EMAIL_URL", "http://mail.example.org"),
    ("EMAIL_URL", "smtp://mail.example.org:x"),
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_URL", "http://localhost"),
    ("REDIS_URL", "redis://["),
    ("SECRET_KEY", "short"),
    ("THEME", "/nowhere"),
    ("THEME", "manage.py"),
]
READERS: dict[str, Callable[[], Any]] = {
    "DEBUG": lambda: environment.flag("DEBUG"),
    "PORT": lambda: environment.port("PORT", 8000),
    "PUBLIC_URL": lambda: environment.origin("PUBLIC_URL", "http://127.0.0.1:8000"),
    "THEME": lambda: environment.folder("THEME", Path(settings.BASE_DIR, "theme")),
    "TIME_ZONE": lambda: environment.time_zone("TIME_ZONE", "UTC"),
    "DATABASE_URL": lambda: services.database("DATABASE_URL", Path("/tmp/db.sqlite3")),  # noqa: S108
    "EMAIL_URL": lambda: services.mailer("EMAIL_URL"),
    "REDIS_URL": lambda: services.redis("REDIS_URL"),
    "RATE_LIMITS": lambda: environment.rates("RATE_LIMITS", {"post": "20+5/s"}),
    "LOG_FORMAT": lambda: environment.choice("LOG_FORMAT", "text", "json"),
    "SIGN_UP": lambda: environment.choice("SIGN_UP", "open", "code", "invited", "closed"),
    "SIGN_UP_CODE": lambda: environment.code("SIGN_UP_CODE", is_needed=False),
    "SENTRY_DSN": lambda: services.sentry_dsn("SENTRY_DSN"),
    "METRICS_TOKEN": lambda: environment.token("METRICS_TOKEN"),
    "PAGES_PER_PERSON": lambda: environment.count("PAGES_PER_PERSON", 20),
    "SECRET_KEY": lambda: environment.secret_key("SECRET_KEY", Path("/nowhere/secret_key")),
}


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_one_line_that_names_the_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as end:
        READERS[name]()
    message = str(end.value)
    assert message.startswith(f"DiscussIt: the setting {name} ")
    assert "\n" not in message


# As `python manage.py check`, once for each setting: forked where its imports are done, and no settings read.
CHECK = """
import json, os, runpy, sys
import django.core.management, environ

for name, value in json.loads(sys.argv.pop()).items():
    if os.fork() == 0:
        for number, stream in (1, "out"), (2, "err"):
            os.dup2(os.open(f"{name}.{stream}", os.O_WRONLY | os.O_CREAT, 0o600), number)
        os.environ[name] = value
        sys.path[0], sys.argv = sys.argv[1], ["manage.py", "check"]
        runpy.run_path(f"{sys.path[0]}/manage.py", run_name="__main__")
        sys.exit()
    _, status = os.wait()
    print(name, os.waitstatus_to_exitcode(status))
"""


def test_the_program_ends_with_that_line_and_no_traceback(tmp_path: Path):
    wrong = dict(WRONG)
    done = subprocess.run(
        [sys.executable, "-c", CHECK, str(settings.BASE_DIR), json.dumps(wrong)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [word for name in wrong for word in (name, "1")]
    for name in wrong:
        out, err = ((tmp_path / f"{name}.{stream}").read_text() for stream in ("out", "err"))
        assert out == ""
        assert err.startswith(f"DiscussIt: the setting {name} ")
        assert err.count("\n") == 1


def test_a_code_is_needed_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SIGN_UP_CODE", raising=False)
    assert environment.code("SIGN_UP_CODE", is_needed=False) == ""
    with pytest.raises(SystemExit, match="SIGN_UP_CODE is needed where SIGN_UP is code"):
        environment.code("SIGN_UP_CODE", is_needed=True)
    monkeypatch.setenv("SIGN_UP_CODE", "  pumpkin   soup ")
    assert environment.code("SIGN_UP_CODE", is_needed=True) == "pumpkin soup"


def test_without_its_package_errors_cannot_be_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SENTRY_DSN", "https://key@sentry.example.org/1")
    assert services.sentry_dsn("SENTRY_DSN") == "https://key@sentry.example.org/1"
    monkeypatch.setattr(services, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="not installed") as end:
        services.sentry_dsn("SENTRY_DSN")
    (file,) = re.findall(r"requirements-\S+\.txt", str(end.value))
    assert (Path(settings.BASE_DIR) / file).is_file()


# --- right values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "flag"),
    [("", False), ("0", False), ("off", False), ("1", True), ("On", True), ("yes", True)],
)
def test_a_flag_is_said_in_many_ways(monkeypatch: pytest.MonkeyPatch, value: str, flag: bool):
    monkeypatch.setenv("DEBUG", value)
    assert environment.flag("DEBUG") is flag


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        ("https://chat.example.org", "https://chat.example.org"),
        ("https://chat.example.org/", "https://chat.example.org"),
        ("https://Chat.Example.org:443", "https://chat.example.org"),
        ("http://chat.example.org:80", "http://chat.example.org"),
        ("http://chat.example.org:443", "http://chat.example.org:443"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
        ("http://[2001:DB8::1]", "http://[2001:db8::1]"),
        ("http://192.0.2.1:8000", "http://192.0.2.1:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://1.chat-2.example", "https://1.chat-2.example"),
    ],
)
def test_an_origin_is_as_browsers_send_it(monkeypatch: pytest.MonkeyPatch, value: str, origin: str):
    monkeypatch.setenv("PUBLIC_URL", value)
    assert environment.origin("PUBLIC_URL", "") == origin


def test_without_an_environment_everything_just_works(monkeypatch: pytest.MonkeyPatch):
    for name in READERS:
        monkeypatch.delenv(name, raising=False)
    assert READERS["DEBUG"]() is False
    assert READERS["PORT"]() == 8000
    assert READERS["PUBLIC_URL"]() == "http://127.0.0.1:8000"
    assert READERS["TIME_ZONE"]() == "UTC"
    assert READERS["DATABASE_URL"]()["NAME"] == "/tmp/db.sqlite3"  # noqa: S108
    assert READERS["EMAIL_URL"]()["BACKEND"].endswith(".console.EmailBackend")
    assert READERS["REDIS_URL"]() == ""


THEMED = """
import django
django.setup()
from django.contrib.staticfiles import finders
from django.template.loader import get_template
print(get_template("base.html").origin.name, finders.find("theme.css"), get_template("404.html").origin.name)
"""


@pytest.mark.parametrize("templates", ["templates", "."])
def test_a_theme_is_where_it_is_said_to_be(tmp_path: Path, templates: str):
    written = {f"{templates}/base.html": '{% extends "base.html" %}', "static/theme.css": ""}
    for name, text in written.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    told = subprocess.run(
        [sys.executable, "-c", THEMED],
        env=os.environ | {"THEME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "project.settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    base, sheet, ours = told.stdout.split()
    assert Path(base) == tmp_path / templates / "base.html"
    assert Path(sheet) == tmp_path / "static" / "theme.css"
    assert Path(ours) == settings.BASE_DIR / "templates" / "404.html"


def test_a_folder_may_be_named_as_it_stands_below_the_project(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("THEME", "static/discuss")
    assert READERS["THEME"]() == Path(settings.BASE_DIR, "static", "discuss")


def test_sqlite_waits_for_its_lock_instead_of_failing_halfway():
    options = READERS["DATABASE_URL"]()["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_a_new_sqlite_file_and_those_beside_it_are_for_their_owner_alone(tmp_path: Path):
    chat = sqlite(tmp_path / "db.sqlite3")
    chat.manage("migrate", "-v0", "contenttypes")
    modes = modes_in(tmp_path)
    working = chat.begin(STAYS_CONNECTED, tmp_path)
    try:
        modes |= modes_in(tmp_path)
    finally:
        working.kill()
        working.join()
    assert set(modes) == {"db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"}
    assert set(modes.values()) == {0o600}


# Beside a file that is in use stand two more.
STAYS_CONNECTED = """
import signal
from django.db import connection
connection.cursor().execute("CREATE TABLE soup (x)")
print("connected", flush=True)
signal.pause()
"""


def modes_in(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.glob("db*")}


def test_the_mode_that_somebody_gave_an_sqlite_file_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    file = tmp_path / "db.sqlite3"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    factory = READERS["DATABASE_URL"]()["OPTIONS"]["factory"]
    for mode in (0o600, 0o660):
        with closing(sqlite3.connect(file, factory=factory)) as connection:
            connection.execute(f"CREATE TABLE t{mode} (x)")
        assert stat.S_IMODE(file.stat().st_mode) == mode
        file.chmod(0o660)


@pytest.mark.parametrize("name", [":memory:", "file:a?mode=memory"])
def test_no_file_is_made_for_a_database_in_memory(name: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with closing(private_file.Connection(name, uri=True)) as connection:
        connection.execute("CREATE TABLE t (x)")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_still_sqlites_to_say(tmp_path: Path):
    with pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
        private_file.Connection(str(tmp_path / "missing" / "db.sqlite3"))


def test_postgresql_is_named_in_full(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://ann:pass%40word@db.example.org:5433/chat")
    config = READERS["DATABASE_URL"]()
    assert config["ENGINE"] == "django.db.backends.postgresql"
    assert [config[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "ann",
        "pass@word",
        "db.example.org",
        5433,
        "chat",
    ]


def test_postgresql_keeps_nobody_waiting_for_ever(monkeypatch: pytest.MonkeyPatch):
    url = "postgres://db.example.org/chat"
    monkeypatch.setenv("DATABASE_URL", f"{url}?connect_timeout=2&options=-c%20lock_timeout=1s")
    options = READERS["DATABASE_URL"]()["OPTIONS"]
    assert options["connect_timeout"] == 2
    assert options["options"].startswith("-c lock_timeout=10s ")
    assert options["options"].endswith(" -c lock_timeout=1s")


def test_mail_goes_where_the_url_says(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://ann:secret@mail.example.org:587")
    mailer = READERS["EMAIL_URL"]()
    assert mailer["BACKEND"].endswith(".smtp.EmailBackend")
    assert mailer["OPTIONS"] == {
        "host": "mail.example.org",
        "port": 587,
        "username": "ann",
        "password": "secret",
        "use_tls": True,
        "timeout": 10,
    }


def test_the_secret_key_is_made_once_and_for_its_owner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    file = tmp_path / "secret_key"
    key = environment.secret_key("SECRET_KEY", file)
    assert len(key) >= 50
    assert environment.secret_key("SECRET_KEY", file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert environment.secret_key("SECRET_KEY", tmp_path / "another") != key


def test_https_turns_on_what_https_needs():
    code = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
        "s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, s.PUBLIC_ORIGINS, s.CSRF_TRUSTED_ORIGINS)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "PUBLIC_URL": "https://chat.example.org",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    own = "['https://chat.example.org']"
    assert done.stdout == f"True True True True {own} {own}\n"
