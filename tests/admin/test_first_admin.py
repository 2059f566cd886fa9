"""The first admin, made on the command line, or by a link that it printed."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from discuss import actions
from discuss.accounts.first_admin import new_link
from discuss.models import User
from tests.cast import Cast, log_in
from tests.test_accounts import SECRET, errors_of, page


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


# --- in the browser ---------------------------------------------------------------------------------


def path_of_link() -> str:
    return urlsplit(new_link()).path


def choose_name(client: Client, path: str, name: str = "ann", **values: str) -> Any:
    fields = {"username": name, "password1": SECRET, "password2": SECRET}
    return client.post(path, fields | values)


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("first_admin", *arguments, stdout=out)
    return out.getvalue()


def test_a_printed_link_makes_the_first_admin_and_logs_them_in(
    db: None, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://chat.example.org"
    User.objects.create_user("bob", is_staff=True)
    (link,) = re.findall(r"https://chat\.example\.org/first/\S+/", printed())
    client, path = Client(), urlsplit(link).path
    (name, *passwords) = page(client.get(path)).xpath("//main//input[not(@type='hidden')]")
    assert (name.get("name"), name.get("autocomplete")) == ("username", "username")
    assert [each.get("autocomplete") for each in passwords] == ["new-password"] * 2
    # Whose server it is may be called so.
    assert choose_name(client, path, "admin")["Location"] == "/"
    admin = User.objects.get(username="admin")
    assert (admin.is_superuser, admin.is_staff, admin.check_password(SECRET)) == (True, True, True)
    assert client.get(reverse("admin:index")).status_code == 200
    assert settings.KNOWN_COOKIE_NAME in client.cookies
    assert printed("--if-none") == ""
    assert "already" in printed()


def test_it_ends_with_the_first_admin(db: None) -> None:
    path = path_of_link()
    assert Client().get(path).status_code == 200
    User.objects.create_superuser("root", is_active=False)
    for response in (Client().get(path), choose_name(Client(), path)):
        assert response.status_code == 404
        assert "This link has ended" in response.content.decode()
    assert User.objects.count() == 1


def test_it_ends_after_a_day(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    path, now = path_of_link(), time.time()
    for hours, status in ((23, 200), (25, 404)):
        monkeypatch.setattr("django.core.signing.time.time", lambda hours=hours: now + hours * 3600)
        assert Client().get(path).status_code == status


@pytest.mark.parametrize("token", ["x", "first", "first.1.x", "%00", "a" * 1000])
def test_nothing_else_is_such_a_link(cast: Cast, token: str) -> None:
    invitation = actions.make_invitation(cast.member(cast.ann), group=cast.kitchen, uses=1, days=1)
    for path in (f"/first/{token}/", f"/first/{invitation.token}/"):
        assert choose_name(Client(), path).status_code == 404
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password2": "another"}, "password2"),
        ({"password1": "12345678", "password2": "12345678"}, "password2"),
        ({"username": "a b"}, "username"),
        ({"username": "B0B"}, "username"),
        ({"username": ""}, "username"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    db: None, values: dict[str, str], field: str
) -> None:
    User.objects.create_user("bob")
    response = choose_name(Client(), path_of_link(), **values)
    assert response.status_code == 400
    assert errors_of(response, field)
    assert User.objects.count() == 1


@pytest.mark.log
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("names", [("ann", "bob"), ("ann", "ANN")])
def test_of_two_at_once_one_is_the_first(
    names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, both, set_password = path_of_link(), Barrier(2, timeout=60), User.set_password

    def set_together(user: User, password: str | None) -> None:
        # Behind all looks, and before anything is written.
        both.wait()
        set_password(user, password)

    def try_to(name: str) -> int:
        try:
            return int(choose_name(Client(), path, name).status_code)
        finally:
            connection.close()

    monkeypatch.setattr(User, "set_password", set_together)
    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(try_to, names)) == [302, 404]
    assert User.objects.filter(is_superuser=True).count() == User.objects.count() == 1
