"""What a site is called, and what tells it from others on its host and its Redis, are settings."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import Settings

from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from project import environment
from tests.cast import Cast, log_in
from tests.document import Document

SETTINGS = "from django.conf import settings as s"
SET_UP = "import django; django.setup()"
NAME = "Salt & <Pepper>"


def told(code: str, **changed: str) -> str:
    """Return what this code prints in a process with these settings; `s` are its settings."""
    done = subprocess.run(
        [sys.executable, "-c", f"{SETTINGS}; {code}"],
        cwd=project_settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "project.settings", **changed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.django_db
def test_pages_have_it_in_their_title_and_their_head(cast: Cast, settings: Settings):
    settings.SITE_NAME = NAME
    bob = log_in(cast.bob)
    pages = ["/", cast.kitchen.get_absolute_url(), "/groups/new/", "/nowhere/"]
    for client, path in [(Client(), "/accounts/login/"), *((bob, path) for path in pages)]:
        page = Document(client.get(path).content.decode()).document
        assert page.xpath("string(//title)").strip().endswith(f" · {NAME}"), path
        assert page.xpath("string(//a[@class='brand'])").strip() == NAME
        assert "DiscussIt" not in page.text_content()


@pytest.mark.django_db
def test_what_is_rendered_without_a_request_has_it_too(cast: Cast, settings: Settings):
    settings.SITE_NAME = NAME
    renamed = fragments.title_changed(Audience.everyone(), title="Kitchen", unread="")
    for html in (renamed, render_to_string("500.html"), render_to_string("404.html")):
        assert "Salt &amp; &lt;Pepper&gt;" in html
        assert "DiscussIt" not in html


def test_no_template_says_another_name():
    comment = re.compile(r"{# .*? #}|{% comment %}.*?{% endcomment %}", re.S)
    for file in (project_settings.BASE_DIR / "templates").rglob("*.*"):
        assert "DiscussIt" not in comment.sub("", file.read_text()), file


@pytest.mark.django_db
def test_mails_have_it(
    client: Client, cast: Cast, settings: Settings, sent: Callable[[], list[EmailMessage]]
):
    settings.SITE_NAME = NAME
    cast.bob.email = "bob@example.org"
    cast.bob.save()
    client.post("/accounts/password/reset/", {"email": "bob@example.org"})
    (mail,) = sent()
    assert NAME in str(mail.body)
    assert "DiscussIt" not in str(mail.body)


@pytest.mark.parametrize("name", ["Küche", "Salt, Pepper"])
def test_its_mails_come_from_it(name: str):
    code = (
        "from django.core.mail import EmailMessage; from email.policy import default; "
        "print(s.ACCOUNT_EMAIL_SUBJECT_PREFIX, EmailMessage('x', 'y', None, ['z@example.org'])"
        ".message(policy=default)['from'].addresses[0].display_name, sep='|')"
    )
    assert told(code, SITE_NAME=name) == f"{name}: |{name}\n"


def test_the_admin_has_it():
    code = (
        f"{SET_UP}; from django.contrib.admin import site; print(site.site_header, site.site_title)"
    )
    assert told(code, SITE_NAME="Kitchen") == "Kitchen Kitchen\n"


def test_by_default_all_is_called_as_ever():
    code = (
        "print(s.SITE_NAME, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
        "s.CHANNEL_LAYERS['default']['CONFIG']['prefix'])"
    )
    names = told(code, REDIS_URL="redis://127.0.0.1:1")
    assert names == "DiscussIt discussit_session discussit_csrf discussit\n"


def test_another_instance_shares_no_name_with_it():
    code = (
        "from discuss.edges.cookies import MessageStorage; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
        "MessageStorage.storage_classes[0].cookie_name, s.CHANNEL_LAYERS['default']['CONFIG']['prefix'])"
    )
    names = told(code, INSTANCE="kitchen", REDIS_URL="redis://127.0.0.1:1")
    assert names == "kitchen_session kitchen_csrf kitchen_messages kitchen\n"


def test_under_https_no_other_host_can_set_a_cookie_and_no_script_reads_one():
    code = (
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.KNOWN_COOKIE_NAME, s.LAST_GROUP_COOKIE_NAME, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY)"
    )
    names = told(code, PUBLIC_URL="https://chat.example.org")
    assert names.split()[:4] == [
        f"__Host-discussit_{name}" for name in ("session", "csrf", "known", "last")
    ]
    assert names.split()[4:] == ["True"] * 4


@pytest.mark.django_db
def test_every_cookie_is_named_after_the_instance(client: Client, cast: Cast):
    """Those of an instance on another port of the same host come with every request too."""
    others: dict[str, Any] = {"sessionid": "x", CookieStorage.cookie_name: "x", "csrftoken": "x"}
    client.cookies.load(others)
    client.get("/accounts/login/")
    client.force_login(cast.bob)
    client.post("/accounts/logout/")
    made = {name: cookie.value for name, cookie in client.cookies.items() if name not in others}
    assert set(made) == {"discussit_session", "discussit_csrf", "discussit_messages"}
    assert {name: client.cookies[name].value for name in others} == others


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("INSTANCE", "The Kitchen", environment.label),
        ("INSTANCE", "küche", environment.label),
        ("INSTANCE", "a;b", environment.label),
        ("INSTANCE", "-", environment.label),
        ("INSTANCE", "x" * 31, environment.label),
        ("SITE_NAME", "two\nlines", environment.title),
        ("SITE_NAME", "x" * 41, environment.title),
    ],
)
def test_a_wrong_name_is_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str, read):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=f"^DiscussIt: the setting {name} must be [^\n]+$"):
        read(name, "")
