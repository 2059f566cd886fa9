"""A theme may have mistakes: pages are shown all the same, and `manage.py check` names each of them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.management import load_command_class
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch
from django.views.defaults import server_error
from pytest_django import Settings

from discuss import checks
from discuss.models import Entry
from discuss.rendering import contract, faults, fragments, kept, outline, templates
from discuss.rendering.audience import Audience
from tests.cast import Cast, log_in

Theme = Callable[[str, str], None]

TYPO = """{% extends "base.html" %}
{% load static %}
{% block styles %}<link href="{% static "theme.cs" %}">{% endblock %}
"""
GROUP = "discuss/group.html"


@pytest.fixture
def theme(settings: Settings, tmp_path: Path) -> Theme:
    """Write a file of a theme that is in use."""
    (templates,) = settings.TEMPLATES
    settings.TEMPLATES = [templates | {"DIRS": [tmp_path, *templates["DIRS"]]}]

    def write(name: str, text: str) -> None:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return write


def lost_ids() -> list[str]:
    found = checks.pages_have_what_the_server_names()
    return [f"{page} {name}" for check in found for page, name in [_page_and_id(check.msg)]]


def _page_and_id(message: str) -> tuple[str, str]:
    page, _, rest = message.partition(" has no element with id=")
    return page, rest.strip('".')


def found_faults() -> list[str]:
    return [check.msg for check in checks.templates_can_be_read()]


# --- a static file that is missing ------------------------------------------------------------------


@pytest.mark.django_db
def test_a_missing_static_file_leaves_pages_as_they_are(client: Client, theme: Theme):
    theme("base.html", TYPO)
    response = client.get("/accounts/login/")
    assert response.status_code == 200
    assert '<link href="/static/theme.cs">' in response.content.decode()


def test_files_that_are_there_keep_the_hash_in_their_names():
    assert re.search(r"/static/discuss/all\.\w{12}\.css", render_to_string("404.html"))


def test_the_check_names_it(theme: Theme):
    theme("base.html", TYPO)
    assert found_faults() == ["base.html names a static file that is missing: theme.cs"]


def test_the_check_names_a_template_that_cannot_be_read(theme: Theme):
    theme("discuss/lobby.html", "{% block main %}")
    (fault,) = found_faults()
    assert fault.startswith("discuss/lobby.html cannot be read: ")
    assert "Unclosed tag on line 1" in fault


@pytest.mark.parametrize(
    "text", [b"caf\xe9", b'{% include "gone.html" %}{% extends "base.html" %}']
)
def test_a_template_that_cannot_be_read_is_a_fault_of_one_page(
    theme: Theme, tmp_path: Path, text: bytes
):
    theme(GROUP, "")
    (tmp_path / GROUP).write_bytes(text)
    assert any(fault.startswith(f"{GROUP} cannot be read: ") for fault in found_faults())
    checks.pages_have_what_the_server_names()


def test_what_an_editor_hides_beside_a_template_is_none(theme: Theme, tmp_path: Path):
    theme(GROUP, '{% extends "discuss/group.html" %}')
    (tmp_path / "discuss/.#group.html").symlink_to("ann@laptop.1234")
    theme(".git/discuss/lobby.html", "{% block main %}")
    assert found_faults() == []


@pytest.mark.parametrize(
    ("path", "is_missing"),
    [
        ("discuss/base.css?v=1", False),
        ("discuss/icon.svg#dot", False),
        ("/discuss/base.css", True),
        ("../base.css", True),
    ],
)
def test_an_address_may_have_more_than_a_path(theme: Theme, path: str, is_missing: bool):
    theme("base.html", f'{{% load static %}}{{% static "{path}" %}}')
    missing = [f"base.html names a static file that is missing: {path}"]
    assert found_faults() == (missing if is_missing else [])


def test_the_check_names_a_template_that_is_missing(theme: Theme):
    theme(GROUP, '{% extends "bse.html" %}')
    (check,) = checks.pages_have_what_the_server_names()
    assert check.msg == f"{GROUP} needs a template that is missing: bse.html"


def test_our_own_templates_have_no_faults():
    assert (found_faults(), lost_ids()) == ([], [])


# --- an error page that needs nothing ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["base.html", "500.html"])
def test_the_page_for_a_fault_of_the_server_needs_nothing_of_a_theme(theme: Theme, name: str):
    theme(name, "{% nonsense %}")
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()


# --- ids that must stay -----------------------------------------------------------------------------


def test_the_ids_are_those_that_the_designers_page_names():
    doc = (project_settings.BASE_DIR / "docs" / "designers.md").read_text()
    listed = doc.split("\n## What must stay\n")[1]
    places = (f"\n- In {where}:" for where in ("a group", "the lobby"))
    group, lobby = (listed.split(place)[1].split("\n- ")[0] for place in places)
    assert set(re.findall(r"`#([\w-]+)`", group)) == contract.GROUP_IDS
    assert set(re.findall(r"`#([\w-]+)`", lobby)) == contract.LOBBY_IDS


def test_an_id_that_an_included_file_has_lost_is_named(theme: Theme):
    theme("discuss/fragments/cursor.html", "<input>")
    assert lost_ids() == [f"{GROUP} cursor"]


def test_all_that_a_block_has_lost_is_named(theme: Theme):
    theme(GROUP, '{% extends "discuss/group.html" %}{% block main %}<p id="log">{% endblock %}')
    lost = {name for line in lost_ids() for page, name in [line.split()] if page == GROUP}
    # The icon, the skin and the token sheet are in the head.
    assert lost == contract.GROUP_IDS - {"log", "icon", "skin", "sheet"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{% block main %}<b>{{ block.super }}</b>{% endblock %}",
        "{% block title %}Ours{% endblock %}",
        "{% block main %}{% if 1 %}{{ block.super }}{% endif %}{% endblock %}",
    ],
)
def test_what_a_theme_takes_over_is_not_lost(theme: Theme, text: str):
    theme(GROUP, f'{{% extends "discuss/group.html" %}}{text}')
    assert lost_ids() == []


def test_a_base_without_its_main_part_has_lost_all(theme: Theme):
    theme("base.html", "<body>{% block body %}{% endblock %}</body>")
    assert {line.split()[0] for line in lost_ids()} == set(contract.PAGES)
    assert len(lost_ids()) == len(contract.GROUP_IDS) + len(contract.LOBBY_IDS)


def test_a_template_that_includes_itself_is_read_once(theme: Theme):
    theme("tree.html", '<i id="leaf">{% if more %}{% include "tree.html" %}{% endif %}</i>')
    assert outline.ids("tree.html") == {"leaf"}


@pytest.mark.parametrize("written", ['id="x"', "id='x'", "id=x", 'class="y"\n  id = "x"'])
def test_an_id_is_found_however_it_is_written(theme: Theme, written: str):
    theme("one.html", f'<p data-id="y" {written}></p>')
    assert outline.ids("one.html") == {"x"}


@pytest.mark.django_db
def test_the_ids_are_in_the_pages_that_are_served(cast: Cast):
    """What the outline finds in the files is what a browser gets."""
    bob = log_in(cast.bob)
    for path, wanted in (
        (cast.kitchen.get_absolute_url(), contract.GROUP_IDS),
        ("/", contract.LOBBY_IDS),
    ):
        page: Any = bob.get(path).content.decode()
        assert {name for name in wanted if f'id="{name}"' not in page} <= {"older"}


# --- while one writes it ----------------------------------------------------------------------------


def test_runserver_lets_the_middleware_serve_static_files():
    """It tells browsers to ask each time. Without that they show a style sheet as it was."""
    parser = load_command_class("servestatic", "runserver").create_parser("manage.py", "runserver")
    assert parser.parse_args([]).use_static_handler is False
    first = next(app for app in project_settings.INSTALLED_APPS if app in {"daphne", "servestatic"})
    assert first == "servestatic"


# --- a fragment that cannot be rendered -------------------------------------------------------------


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each fault be told of as if it were the first, and nothing be there that was rendered before."""
    kept.forget()
    monkeypatch.setattr(faults, "_faulty", set())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("discuss/fragments/line.html", "{% if %}"),
        ("discuss/fragments/line.html", "{% include 'nothing.html' %}"),
        (
            "discuss/fragments/line.html",
            "{{ entry.text|date:entry|add:1|slice:entry.pk.x.y }}{% url 'x' %}",
        ),
        # A part of it.
        ("discuss/avatar.html", "{% url 'nowhere' %}"),
    ],
)
@pytest.mark.usefixtures("forgotten")
@pytest.mark.django_db
def test_a_fragment_with_a_fault_is_ours_and_the_log_says_so_once(
    cast: Cast, theme: Theme, caplog: pytest.LogCaptureFixture, name: str, text: str
):
    theme(name, text)
    line = cast.say(cast.bob, "Soup")
    (entry,) = Entry.objects.for_display().filter(pk=line.pk)
    for _ in range(2):
        html = fragments.line(entry, Audience.everyone())
        assert "Soup" in html
        assert "cannot be shown" not in html
    assert caplog.text.count(f"{name} of the theme") == 1


@pytest.mark.usefixtures("forgotten")
@pytest.mark.django_db
def test_a_fault_that_is_not_the_themes_is_not_hidden(theme: Theme):
    theme("discuss/fragments/theirs.html", "{% url 'nowhere' %}")
    with pytest.raises(NoReverseMatch):
        templates.render("theirs", Audience.everyone())
