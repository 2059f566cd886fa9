"""The demo: people to log in as, and a password that can be read again."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from discuss.models import Entry, Group, User

pytestmark = pytest.mark.django_db


def demo() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_its_password_is_kept_for_its_owner_alone(settings: Settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    said = demo()
    file = tmp_path / "demo-password"
    password = file.read_text().strip()
    assert password in said
    assert str(file) in said
    assert file.stat().st_mode & 0o777 == 0o600
    for name in ("ann", "bob", "cleo"):
        assert Client().login(username=name, password=password)
    assert (Group.objects.count(), Entry.objects.filter(kind="message").count()) == (4, 6)


def test_again_it_changes_nothing_and_says_where_the_password_is(
    settings: Settings, tmp_path: Path
):
    settings.DATA_DIR = tmp_path
    demo()
    file = tmp_path / "demo-password"
    before = file.read_text(), User.objects.count(), Entry.objects.count()
    assert f"its password is in {file}" in demo()
    assert (file.read_text(), User.objects.count(), Entry.objects.count()) == before


@pytest.mark.parametrize("other", ["another", "", None])
def test_what_is_not_the_password_any_more_is_not_said_to_be(
    settings: Settings, tmp_path: Path, other: str | None
):
    settings.DATA_DIR = tmp_path
    demo()
    file = tmp_path / "demo-password"
    file.unlink() if other is None else file.write_text(other)
    assert "changepassword ann" in demo()


def test_one_that_was_left_over_is_written_anew(settings: Settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "demo-password").write_text("of another database")
    (tmp_path / "demo-password").chmod(0o644)
    demo()
    assert (tmp_path / "demo-password").stat().st_mode & 0o777 == 0o600
