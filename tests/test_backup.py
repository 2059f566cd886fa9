"""`manage.py backup`: a copy that is whole and consistent while people go on writing, or one line why not."""

import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from deploy.cluster.port import Port
from discuss import actions
from tests.cast import Cast
from tests.database import Database, sqlite

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chat.backup"


def ask(file: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute(query).fetchall()


def test_it_holds_every_line(cast: Cast, file: Path):
    cast.say(cast.ann, "Soup? 🎃")
    call_command("backup", str(file))
    told = [(entry.position, entry.text) for entry in cast.lines()]
    assert told[-1] == (4, "Soup? 🎃")
    assert ask(file, "SELECT position, text FROM discuss_entry ORDER BY position") == told


def test_it_is_one_file_that_stands_alone_and_is_for_its_owner_alone(cast: Cast, file: Path):
    call_command("backup", str(file))
    assert ask(file, "PRAGMA journal_mode") == [("delete",)]
    assert os.listdir(file.parent) == [file.name]
    assert file.stat().st_mode & 0o777 == 0o600


def test_it_is_on_the_disk_before_it_has_its_name_and_so_is_the_name(
    cast: Cast, file: Path, monkeypatch: pytest.MonkeyPatch
):
    done: list[tuple[str, int]] = []
    fsync, replace = os.fsync, Path.replace

    def write_and_tell(number: int) -> None:
        fsync(number)
        done.append(("on the disk", os.fstat(number).st_ino))

    def name_and_tell(self: Path, target: Path) -> Path:
        done.append(("named", self.stat().st_ino))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", write_and_tell)
    monkeypatch.setattr(Path, "replace", name_and_tell)
    call_command("backup", str(file))
    backup, folder = file.stat().st_ino, file.parent.stat().st_ino
    assert done == [("on the disk", backup), ("named", backup), ("on the disk", folder)]


def test_every_copy_is_of_one_moment_while_others_write(cast: Cast, file: Path):
    begun, enough = threading.Event(), threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        member = cast.member(cast.ann)
        while not enough.is_set():
            actions.post_message(member, text="Soup? " * 100, nonce=actions.new_nonce())
            written += 1
            begun.set()
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(60)
        for number in range(10):
            # Each copy has more than the one before, so writing did go on.
            least = written
            while written == least:
                assert writer.is_alive()
                time.sleep(0.001)
            copy = file.with_name(f"{number}")
            call_command("backup", str(copy))
            most = written + 1  # it may be committed and not counted yet
            ((messages,),) = ask(copy, "SELECT count(*) FROM discuss_entry WHERE kind = 'message'")
            assert least < messages <= most
            ((head, newest),) = ask(
                copy,
                "SELECT head, (SELECT max(change) FROM discuss_entry e WHERE e.group_id = g.id) "
                "FROM discuss_group g",
            )
            assert head == newest == messages + 3
    finally:
        enough.set()
        writer.join()


def test_a_file_that_is_there_stays_unless_forced(cast: Cast, file: Path):
    file.write_text("yesterday's")
    with pytest.raises(CommandError, match="is there already; --force replaces it"):
        call_command("backup", str(file))
    assert file.read_text() == "yesterday's"
    call_command("backup", str(file), "--force")
    assert ask(file, "SELECT name FROM discuss_group") == [("Kitchen",)]
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_no_file_is_never_replaced(cast: Cast, file: Path):
    os.mkfifo(file)
    for target in (file, file.parent):
        with pytest.raises(CommandError, match="is not a file"):
            call_command("backup", str(target), "--force")
    assert file.is_fifo()


def test_a_copy_that_breaks_off_leaves_what_was_there(cast: Cast, file: Path, monkeypatch):
    file.write_text("yesterday's")

    def fill_the_disk(*arguments: Any) -> sqlite3.Connection:
        opened = sqlite3.connect(arguments[0])
        opened.execute("PRAGMA max_page_count = 3")
        return opened

    monkeypatch.setattr("discuss.backups.sqlite._open", fill_the_disk)
    with pytest.raises(CommandError, match=r"SQLite cannot copy the database: .*full"):
        call_command("backup", str(file), "--force")
    assert file.read_text() == "yesterday's"
    assert os.listdir(file.parent) == [file.name]


# --- one line, in a process of its own --------------------------------------------------------------


def test_a_folder_that_is_not_there_is_named(cast: Cast, tmp_path: Path):
    here = sqlite(Path(connection.settings_dict["NAME"]))
    file = tmp_path / "no" / "chat.backup"
    done = here.try_anew("backup", str(file))
    told = f"CommandError: {file} cannot be written: No such file or directory.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_a_database_that_is_not_there_is_named_and_not_made(tmp_path: Path, file: Path):
    database = tmp_path / "db.sqlite3"
    assert sqlite(database).refusal("backup", str(file)) == f"There is no database at {database}."
    assert not database.exists()


def test_an_empty_database_is_not_backed_up(tmp_path: Path, file: Path):
    (tmp_path / "db.sqlite3").touch()
    assert "nothing to back up" in sqlite(tmp_path / "db.sqlite3").refusal("backup", str(file))
    assert not file.exists()


def test_a_server_that_does_not_answer_is_one_line(file: Path):
    port = Port()
    nobody = Database(f"postgres://ann:secret@127.0.0.1:{port.number}/chat")
    refusal = nobody.refusal("backup", str(file))
    assert refusal.startswith("The database cannot be reached: connection failed")
    assert "secret" not in refusal


def test_settings_that_are_wrong_elsewhere_do_not_stand_in_the_way(cast: Cast, file, monkeypatch):
    monkeypatch.setenv("PROCESSES", "4")
    here = sqlite(Path(connection.settings_dict["NAME"]))
    assert here.try_anew("check").returncode == 1
    assert here.try_anew("backup", str(file)).returncode == 0
    assert file.exists()
