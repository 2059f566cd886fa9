"""The first admin, made on the command line."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from discuss.models import User
from tests.cast import log_in


def test_the_first_admin_is_made_on_the_command_line(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse")

    def create(name: str) -> None:
        call_command(
            "createsuperuser", interactive=False, username=name, email="a@example.org", verbosity=0
        )

    create("Root")
    root = User.objects.get()
    assert (root.username, root.username_key) == ("Root", "root")
    assert log_in(root).get(reverse("admin:index")).status_code == 200
    for taken in ("Root", "rOOT", "ＲＯＯＴ"):
        with pytest.raises(CommandError, match="already taken"):
            create(taken)
    assert User.objects.count() == 1
