"""On a real PostgreSQL: moving there from SQLite with 10,000 lines, backups, and restoring them."""

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from deploy.cluster.daemon import wait_for
from deploy.cluster.postgres import Postgres
from tests.database import Database, sqlite
from tests.test_restore import change, epochs

# Each of these starts programs and waits for them, and shares what the module has prepared.
pytestmark = [pytest.mark.xdist_group("move"), pytest.mark.timeout(600)]
# Seconds that anything may take on a slow machine.
PATIENCE = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    postgres = Postgres(tmp_path_factory.mktemp("postgres"))
    try:
        postgres.start()
        yield postgres.url
    finally:
        postgres.close()


@pytest.fixture
def there(server: str) -> Database:
    """An empty database of that server."""
    return empty(server)


@pytest.fixture(scope="module")
def migrated_there(server: str) -> str:
    """The name of a database of that server in which nobody is yet."""
    database = empty(server)
    database.manage("migrate", "-v0")
    return name_of(database)


@pytest.fixture
def nobodys(server: str, migrated_there: str) -> Database:
    """A copy of it."""
    return empty(server, template=migrated_there)


@pytest.fixture(scope="module")
def restored(server: str, file: Path) -> tuple[str, str]:
    """The name of a database of that server into which the backup was restored, and what was told of that."""
    database = empty(server)
    told = database.manage("restore", str(file))
    return name_of(database), told


@pytest.fixture
def moved(server: str, restored: tuple[str, str]) -> Database:
    """A copy of it."""
    return empty(server, template=restored[0])


def name_of(database: Database) -> str:
    return unquote(urlsplit(database.url).path.removeprefix("/"))


names = (f"chat {number}='\\" for number in itertools.count())  # as awkward as names may be


def empty(server: str, *, template: str = "template1") -> Database:
    name = next(names)
    create = psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(server, autocommit=True) as opened:
        opened.execute(create.format(*map(psycopg.sql.Identifier, (name, template))))
    quoted = "".join(f"%{byte:02x}" for byte in name.encode())
    return Database(urlsplit(server)._replace(path=f"/{quoted}").geturl())


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> tuple[Database, str]:
    """A database in SQLite with 10,000 lines and more, and the session of a browser in it."""
    copy = shutil.copy(migrated, tmp_path_factory.mktemp("source") / "db.sqlite3")
    database = sqlite(Path(copy))
    return database, database.run("fill()").strip()


@pytest.fixture(scope="module")
def file(source: tuple[Database, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it. Tests that change one copy it first."""
    file = tmp_path_factory.mktemp("backup") / "chat.backup"
    source[0].manage("backup", str(file))
    return file


def test_ten_thousand_lines_move_from_sqlite_to_postgresql(
    source: tuple[Database, str], moved: Database, restored: tuple[str, str]
):
    sqlite, session = source
    assert restored[1].startswith("Restored (groups: 3, lines: 10,002, people: 4).")
    rows = sqlite.rows()
    assert len(rows["discuss.entry"]) == 10_002
    filled = {
        name
        for model in ("entry", "group", "membership")
        for row in rows[f"discuss.{model}"]
        for name, value in row.items()
        if value
    }
    assert {"details", "reply_to_id", "slow_mode", "muted_until", "read_upto"} <= filled
    assert {"discuss.session", "admin.logentry", "account.emailaddress", "auth.group"} <= set(rows)
    assert moved.rows() == rows
    assert moved.run("read()") == sqlite.run("read()")
    assert not set(epochs(moved)) & set(epochs(sqlite))
    assert moved.run(f"go_on({session!r})") == "went on\n"
    moved.manage("migrate", "--check")


def test_postgresql_is_backed_up_and_restored_while_others_write(
    source: tuple[Database, str],
    server: str,
    moved: Database,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
):
    dump, second = tmp_path / "chat.dump", empty(server)
    writer = moved.begin("write()", tmp_path_factory.mktemp("writer"))
    try:
        moved.manage("backup", str(dump))
        meanwhile = count_lines(moved)
        assert wait_for(lambda: count_lines(moved) > meanwhile, PATIENCE), "it writes on"
    finally:
        writer.kill()
        writer.join()
    assert dump.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == [dump.name]

    second.manage("restore", str(dump))
    saved, head, newest = map(int, second.run("tell_written()").split())
    assert saved > 0
    assert count_lines(second) < count_lines(moved), "it was not written all the while"
    assert head == newest == saved + 1
    assert not set(epochs(second)) & set(epochs(moved))
    session = source[1]
    assert second.run(f"go_on({session!r})") == "went on\n"


def count_lines(database: Database) -> int:
    ((count,),) = database.execute("SELECT count(*) FROM discuss_entry")
    return int(count)


def test_every_row_comes_back_from_a_dump(server: str, moved: Database, tmp_path: Path):
    dump, second = tmp_path / "chat.dump", empty(server)
    moved.manage("backup", str(dump))
    second.manage("restore", str(dump))
    assert second.rows() == moved.rows()


def test_groups_stand_in_one_order_whatever_the_database_is_made_for(
    server: str, tmp_path: Path, migrated: Path
):
    icu = psycopg.sql.SQL(
        "CREATE DATABASE {} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'sv-SE' LOCALE 'C'"
    )
    with psycopg.connect(server, autocommit=True) as opened:
        opened.execute(icu.format(psycopg.sql.Identifier("swedish")))
    swedish = Database(urlsplit(server)._replace(path="/swedish").geturl())
    here = sqlite(Path(shutil.copy(migrated, tmp_path / "here.sqlite3")))
    swedish.manage("migrate", "-v0")
    assert swedish.execute("SELECT 'é' < 'z'") == [(True,)], "its own order"
    assert swedish.run("tell_order()") == here.run("tell_order()")


# --- refusals: one line each, and the database is as empty as it was --------------------------------


def test_a_row_that_postgresql_cannot_hold_stops_the_move_and_leaves_nothing(
    there: Database, file: Path, tmp_path: Path
):
    copy = Path(shutil.copy(file, tmp_path / "copy"))
    change(copy, "UPDATE discuss_entry SET text = 'a' || char(0) || 'b' WHERE position = 9000")
    refusal = there.refusal("restore", str(copy))
    assert refusal.startswith("discuss_entry cannot be copied: ")
    assert "NUL" in refusal
    assert there.tables() == []
    # What stopped it was that row: without it the backup is `restored`.


def test_a_row_that_points_nowhere_stops_the_move_and_leaves_nothing(
    there: Database, file: Path, tmp_path: Path
):
    copy = Path(shutil.copy(file, tmp_path / "copy"))
    change(copy, "UPDATE discuss_membership SET user_id = 999 WHERE id = 1")
    assert there.refusal("restore", str(copy)).startswith("The rows do not fit each other: ")
    assert there.tables() == []


def test_a_database_that_is_not_empty_is_left_alone(there: Database, file: Path):
    there.manage("migrate", "-v0", "contenttypes")
    before = there.tables()
    assert "The database is not empty" in there.refusal("restore", str(file))
    assert there.tables() == before


def test_half_a_dump_leaves_nothing(server: str, nobodys: Database, tmp_path: Path):
    dump, second = tmp_path / "chat.dump", empty(server)
    nobodys.manage("backup", str(dump))
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    assert "pg_restore" in second.refusal("restore", str(dump))
    assert second.tables() == []


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DROP TABLE django_migrations", "This is a database, but not one of DiscussIt."),
        (
            "INSERT INTO django_migrations (app, name, applied) VALUES ('discuss', '0999_x', now())",
            "It is from a newer version, which has 0999_x: update first.",
        ),
    ],
)
def test_a_dump_that_does_not_fit_leaves_nothing(
    server: str, nobodys: Database, tmp_path: Path, statement: str, why: str
):
    nobodys.execute(statement)
    dump, second = tmp_path / "chat.dump", empty(server)
    nobodys.manage("backup", str(dump))
    assert second.refusal("restore", str(dump)) == why
    assert second.tables() == []


def test_without_pg_dump_it_says_what_is_missing(nobodys: Database, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    nobodys.run(
        "from pathlib import Path; from discuss.backups import *; from discuss.backups import postgres\n"
        f"postgres.VERSIONS = Path({str(tmp_path)!r})\n"
        "try:\n"
        f"    take_backup(Path({str(tmp_path / 'chat.dump')!r}))\n"
        "except BackupError as error:\n"
        "    assert str(error).startswith('pg_dump was not found: install'), error\n"
        "else:\n"
        "    raise AssertionError('it found one')"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_password_is_one_line_without_it(there: Database, tmp_path: Path):
    parts = urlsplit(there.url)
    wrong = Database(
        parts._replace(netloc=f"postgres:wrong@{parts.hostname}:{parts.port}").geturl()
    )
    refusal = wrong.refusal("backup", str(tmp_path / "chat.dump"))
    assert refusal.startswith("The database cannot be reached: ")
    assert "password authentication failed" in refusal
