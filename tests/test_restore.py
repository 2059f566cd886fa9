"""`manage.py restore`: into an empty database, whole or not at all, and pages that were open repaint."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection

from discuss.accounts import mails
from discuss.db import workers
from discuss.db.workers import in_worker
from discuss.live.hub import hub
from discuss.models import Process
from discuss.rules.stored_html import RENDERER
from tests.cast import Cast
from tests.database import Database, sqlite
from tests.page import enter, fresh_log, settled

# Most of them start several programs and wait for each.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chat.backup"


@pytest.fixture
def there(tmp_path: Path) -> Database:
    """A database that is not there yet."""
    return sqlite(tmp_path / "there.sqlite3")


@pytest.fixture
def here(cast: Cast) -> Database:
    """The test's own database, with the cast in it."""
    return sqlite(Path(connection.settings_dict["NAME"]))


def change(file: Path, statement: str) -> Any:
    """Execute a statement behind everybody's back; return the first row that it gives."""
    with closing(sqlite3.connect(file)) as opened:
        row = opened.execute(statement).fetchone()
        opened.commit()
        return row


def epochs(database: Database) -> list[str]:
    return [epoch for (epoch,) in database.execute("SELECT epoch FROM discuss_group ORDER BY id")]


def test_every_row_comes_back_and_every_group_has_a_new_epoch(
    cast: Cast, here: Database, there: Database, file: Path
):
    cast.say(cast.ann, "Soup? 🎃")
    here.manage("backup", str(file))
    told = there.manage("restore", str(file))
    assert told == "Restored (groups: 1, lines: 4, people: 4). Pages that were open will repaint.\n"
    assert there.rows() == here.rows()
    (before,), (after,) = epochs(here), epochs(there)
    assert len(after) == 16
    assert before != after


def test_what_waited_to_be_done_then_is_not_done_now(
    cast: Cast, here: Database, there: Database, file: Path
):
    mails.enqueue(EmailMessage("Hello", "Soup", "noreply@chat.invalid", ["ann@chat.invalid"]))
    here.manage("backup", str(file))
    assert change(file, "SELECT count(*) FROM django_tasks_database_dbtaskresult") == (1,)
    there.manage("restore", str(file))
    assert there.execute("SELECT count(*) FROM django_tasks_database_dbtaskresult") == [(0,)]


def test_html_of_a_backup_is_not_trusted(cast: Cast, here: Database, there: Database, file: Path):
    cast.say(cast.ann, "Look: https://example.org/")
    here.manage("backup", str(file))
    change(file, "UPDATE discuss_entry SET html = '<script>' WHERE html IS NOT NULL")
    assert change(
        file, "SELECT count(*), min(renderer) FROM discuss_entry WHERE html = '<script>'"
    ) == (1, RENDERER)
    there.manage("restore", str(file))
    assert there.execute("SELECT DISTINCT html, renderer FROM discuss_entry") == [(None, None)]
    shown = there.run("read()")
    assert "script" not in shown
    assert 'href="https://example.org/"' in shown


def test_what_is_restored_is_for_its_owner_alone(
    here: Database, there: Database, file: Path, tmp_path: Path
):
    here.manage("backup", str(file))
    there.manage("restore", str(file))
    restored = tmp_path.glob("there.sqlite3*")
    assert {stat.S_IMODE(each.stat().st_mode) for each in restored} == {0o600}


def test_the_backup_itself_is_not_touched(here: Database, there: Database, file: Path):
    here.manage("backup", str(file))
    file.chmod(0o400)
    before = file.read_bytes()
    there.manage("restore", str(file))
    assert file.read_bytes() == before


def test_what_a_person_does_goes_on_after_it(cast: Cast, here: Database, there: Database, file):
    here.manage("backup", str(file))
    there.manage("restore", str(file))
    told = there.run(
        "from discuss import actions; from discuss.models import Process, Membership\n"
        "member = Membership.objects.get(user__username='bob')\n"
        "print(actions.post_message(member, text='Soup!', nonce='1').position)"
    )
    assert told == "4\n"


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    here: Database, there: Database, tmp_path: Path, file: Path
):
    old = sqlite(tmp_path / "old.sqlite3")
    old.manage("migrate", "-v0", "discuss", "0003")
    assert "django_tasks_database_dbtaskresult" not in old.tables()
    assert "discuss_session" not in old.tables()
    old.manage("backup", str(file))
    there.manage("restore", str(file))
    assert sorted(there.tables()) == sorted(here.tables())
    there.manage("migrate", "--check")


def test_who_was_connected_then_is_not_here_now(cast: Cast, here: Database, there: Database, file):
    process = Process.objects.create(name="gone")
    process.presences.create(group=cast.kitchen, people=["ann"])
    here.manage("backup", str(file))
    assert change(file, "SELECT count(*) FROM discuss_presence") == (1,)
    there.manage("restore", str(file))
    rows = here.rows()
    assert len(rows.pop("discuss.process")) == len(rows.pop("discuss.presence")) == 1
    assert there.rows() == rows


# --- refusals: one line each, and the database is as it was -----------------------------------------


def test_a_database_that_is_not_empty_is_left_alone(here: Database, file: Path):
    here.manage("backup", str(file))
    before = here.rows(), epochs(here)
    assert "The database is not empty" in here.refusal("restore", str(file))
    assert (here.rows(), epochs(here)) == before


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read: No such file or directory."),
        (b"", "is neither an SQLite database nor a dump of PostgreSQL."),
        (b"PK\x03\x04", "is neither an SQLite database nor a dump of PostgreSQL."),
        (b"PGDMP\x01\x0e\x00", "is a dump of PostgreSQL; SQLite cannot read it."),
        (
            b"SQLite format 3\x00" + b"\x00" * 1000,
            "cannot be read by SQLite: file is not a database.",
        ),
    ],
    ids=["no file", "empty", "zip", "a dump", "damaged"],
)
def test_what_is_no_backup_is_refused(there: Database, file: Path, content: bytes | None, why: str):
    if content is not None:
        file.write_bytes(content)
    assert there.refusal("restore", str(file)) == f"{file} {why}"
    assert there.tables() == []


def test_half_a_file_is_refused(here: Database, there: Database, file: Path):
    here.manage("backup", str(file))
    file.write_bytes(file.read_bytes()[: 20 * 4096])
    assert str(file) in there.refusal("restore", str(file))
    assert there.tables() == []


def test_another_programs_database_is_refused(there: Database, file: Path):
    change(file, "CREATE TABLE bookmarks (url text)")
    done = there.try_anew("restore", str(file))
    told = "CommandError: This is a database, but not one of DiscussIt.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)
    assert there.tables() == []


def test_a_backup_of_a_newer_version_is_refused(here: Database, there: Database, file: Path):
    here.manage("backup", str(file))
    values = "'discuss', '0999_threads', '2030-01-01'"
    change(file, f"INSERT INTO django_migrations (app, name, applied) VALUES ({values})")  # noqa: S608
    assert "newer version, which has 0999_threads: update first" in there.refusal(
        "restore", str(file)
    )
    assert there.tables() == []


# --- pages that were open ---------------------------------------------------------------------------


def put_back(file: Path) -> None:
    """Put the backup in the place of the test's own database, as with the server stopped."""
    database = Path(connection.settings_dict["NAME"])
    # Emptied in its place, because the test's own connections have it open.
    with (
        closing(sqlite3.connect(":memory:")) as nothing,
        closing(sqlite3.connect(database)) as all_,
    ):
        nothing.backup(all_)
    sqlite(database).manage("restore", str(file))


@pytest.mark.usefixtures("live")
async def test_a_page_that_was_open_repaints_and_equals_a_fresh_load(cast: Cast, file: Path):
    ann, bob = [await enter(user, cast.kitchen.get_absolute_url()) for user in (cast.ann, cast.bob)]
    await ann.post("Soup?")
    await in_worker(call_command, "backup", str(file))
    await ann.post("Salad!")
    await bob.until(lambda page: page.texts == ["Soup?", "Salad!"])
    cursor = bob.cursor
    ann.draft.set("value", "Not sent yet")
    for page in (ann, bob):
        await page.disconnect()
    await hub.stop()
    workers.close()
    await sync_to_async(put_back)(file)
    # The same number again, for another line: without a new epoch nobody could tell.
    again = await in_worker(cast.say, cast.bob, "Pancakes!")
    assert again.change == cursor
    for page in (ann, bob):
        await page.join_in()
        await page.until(lambda page: page.texts == ["Soup?", "Pancakes!"])
    await ann.until(lambda page: page.typed == "Not sent yet")
    await bob.post("With jam")
    await ann.until(lambda page: page.texts[-1] == "With jam")
    await settled()
    for page in (ann, bob):
        page.read()
        assert page.log == await fresh_log(page)
