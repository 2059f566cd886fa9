"""An error in a template of a theme or a skin takes nothing down: what is below is shown in its place."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.template.autoreload import reset_loaders
from django.test import Client
from pytest_django import Settings

from discuss.models import Entry
from discuss.rendering import backend, bounds, faults, fragments, kept
from discuss.rendering.audience import Audience
from discuss.skins import Skin
from tests.cast import Cast, log_in
from tests.test_skins import wear
from tests.test_theme import GROUP, Theme, theme as theme

LINE = "discuss/fragments/line.html"
EXTENDS = f'{{% extends "{LINE}" %}}'
EVERYONE = Audience.everyone()

# What is wrong with a template of lines, where, and how the log tells of it.
FAULTS = {
    "syntax": (
        f"{EXTENDS}\n{{% block byline %}}{{% if %}}{{% endblock %}}",
        2,
        "TemplateSyntaxError",
    ),
    "no end": (f"{EXTENDS}\n\n{{% block byline %}}", 3, "Unclosed tag"),
    "bytes": (b"caf\xe9", 0, "UnicodeDecodeError"),
    "extends what is not there": ('{% extends "gone.html" %}', 0, "gone.html"),
    "includes what is not there": (
        f'{EXTENDS}\n{{% block byline %}}{{% include "gone.html" %}}{{% endblock %}}',
        2,
        "gone.html",
    ),
    "ids": (f"{EXTENDS}\n\n{{% block message %}}{{{{ entry.text }}}}{{% endblock %}}", 3, "#more-"),
    "all of it": ("<li>{{ entry.text }}</li>", 1, "#entry-"),
    "error": (
        f"{EXTENDS}\n{{% block byline %}}{{% url 'nowhere' %}}{{% endblock %}}",
        2,
        "NoReverse",
    ),
    "includes itself": (
        f'{EXTENDS}\n{{% block byline %}}{{% include "{LINE}" %}}{{% endblock %}}',
        2,
        "RecursionError",
    ),
    "query": (
        f"{EXTENDS}\n{{% block byline %}}{{{{ entry.group.memberships.count }}}}{{% endblock %}}",
        2,
        "QueryRefused",
    ),
    "work": (
        f"{EXTENDS}\n{{% block byline %}}{{% for a in entry.text %}}{{% for b in entry.text %}}"
        f"{{% for c in entry.text %}}x{{% endfor %}}{{% endfor %}}{{% endfor %}}{{% endblock %}}",
        2,
        "TooMuchWork",
    ),
}


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    kept.forget()
    monkeypatch.setattr(faults, "_faulty", set())


@pytest.fixture
def soup(settings: Settings, tmp_path: Path) -> Callable[[str, str | bytes], None]:
    """Write a template of the skin "soup"."""

    def lay(name: str, text: str | bytes) -> None:
        file = tmp_path / "soup" / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        settings.SKINS = {**settings.SKINS, "soup": Skin("Soup", "", tmp_path / "soup")}

    return lay


def said(cast: Cast, text: str) -> Entry:
    line = cast.say(cast.bob, text)
    (entry,) = Entry.objects.for_display().filter(pk=line.pk)
    return entry


def told(log: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in log.records if "cannot be shown" in each.getMessage()]


@pytest.mark.django_db
@pytest.mark.parametrize("of_skin", [False, True])
@pytest.mark.parametrize(("text", "line", "name"), FAULTS.values(), ids=FAULTS)
def test_lines_are_ours_and_the_log_names_file_and_line_once(
    cast: Cast,
    theme: Theme,
    soup: Theme,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    text: str | bytes,
    line: int,
    name: str,
    of_skin: bool,
):
    entry = said(cast, "Soup " * 100)
    # The first time all that it includes is read.
    expected = fragments.line(entry, EVERYONE)
    if name == "TooMuchWork":
        monkeypatch.setattr(bounds, "MOST_SECONDS_OF_A_FRAGMENT", 0.05)
    if of_skin:
        soup(LINE, text)  # type: ignore[arg-type]
    else:
        theme(LINE, "")
        (tmp_path / LINE).write_bytes(text.encode() if isinstance(text, str) else text)
        reset_loaders()
    audience = EVERYONE.wearing("soup" if of_skin else "")
    assert bool(audience.skin) == of_skin
    for _ in range(2):
        assert fragments.line(entry, audience) == expected
    (message,) = told(caplog)
    assert f"of {'the skin soup' if of_skin else 'the theme'}" in message
    assert name in message
    if line:
        assert f"{LINE}, line {line}: " in message


@pytest.mark.django_db
def test_pages_and_what_comes_to_them_are_shown_whatever_a_theme_has(cast: Cast, theme: Theme):
    said(cast, "Hot")
    bob = log_in(cast.bob)
    for name, text in (
        ("base.html", "{% nonsense %}"),
        (GROUP, '{% extends "discuss/group.html" %}{% block main %}{% url "x" %}{% endblock %}'),
        ("discuss/brand.html", "{% include 'discuss/brand.html' %}"),
        ("discuss/fragments/cursor.html", "<input>"),
        ("account/login.html", "{{ form.nothing|date:1|slice:form }}{% url 'nowhere' %}"),
        ("django/forms/field.html", "{% if %}"),
    ):
        theme(name, text)
    for path in (cast.kitchen.get_absolute_url(), "/", "/accounts/"):
        page = bob.get(path)
        assert page.status_code == 200, path
    assert 'id="cursor"' in bob.get(cast.kitchen.get_absolute_url()).content.decode()
    assert Client().get("/accounts/login/").status_code == 200
    assert bob.get("/nothing-is-here/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        (
            GROUP,
            '{% extends "discuss/group.html" %}{% block main %}<p id="log">{% endblock %}',
            "#cursor",
        ),
        ("base.html", "<body>{% block body %}{% endblock %}</body>", "#icon"),
    ],
)
def test_a_page_that_has_lost_what_the_server_names_is_ours(
    cast: Cast, theme: Theme, caplog: pytest.LogCaptureFixture, name: str, text: str, what: str
):
    theme(name, text)
    page = log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode()
    assert 'id="cursor"' in page
    assert 'id="log"' in page
    assert any(what in message for message in told(caplog))


@pytest.mark.django_db
def test_a_mistake_in_one_template_leaves_the_others_of_a_skin(cast: Cast, soup: Theme):
    soup(LINE, f"{EXTENDS}{{% block byline %}}<i>Spoon</i>{{% endblock %}}")
    soup("discuss/text.html", "{% if %}")
    wear(cast, "soup")
    said(cast, "Hot")
    assert "<i>Spoon</i>" in log_in(cast.bob).get(cast.kitchen.get_absolute_url()).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("times", [1, 2])
def test_what_took_too_long_twice_is_asked_for_nothing_for_a_while(
    cast: Cast, theme: Theme, monkeypatch: pytest.MonkeyPatch, times: int
):
    monkeypatch.setattr(bounds, "MOST_SECONDS_OF_A_FRAGMENT", 0.05)
    # In a block that each line has.
    theme(LINE, str(FAULTS["work"][0]).replace("byline", "day"))
    hot = said(cast, "Soup " * 100)
    for _ in range(times):
        kept.forget()
        fragments.line(hot, EVERYONE)
    reset_loaders()
    steps: list[object] = []
    monkeypatch.setattr(bounds._Bounded, "_step", lambda context: steps.append(context))
    fragments.line(said(cast, "Soup"), EVERYONE)
    # The first time may be the machine's doing.
    assert bool(steps) == (times == 1)
    steps.clear()
    monkeypatch.setattr(backend, "monotonic", lambda: 1e9)
    fragments.line(said(cast, "Salad"), EVERYONE)
    assert steps


@pytest.mark.django_db
def test_a_slow_avatar_is_nothing_against_the_line(
    cast: Cast, theme: Theme, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bounds, "MOST_SECONDS_OF_A_FRAGMENT", 0.2)
    work = "{% for a in many %}{% for b in many %}{% for c in many %}{% endfor %}{% endfor %}{% endfor %}"
    theme("discuss/avatar.html", f"{{% with many={'x' * 500!r} %}}{work}{{% endwith %}}")
    theme(LINE, f"{EXTENDS}{{% block byline %}}soup{{% endblock %}}")
    entry = said(cast, "Hot")
    for _ in range(3):
        kept.forget()
        assert "soup" in fragments.line(entry, EVERYONE)


@pytest.mark.django_db
def test_what_is_wrong_with_an_attribute_of_a_line_is_named(
    cast: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    def fails(entry: object) -> str:
        raise AttributeError("the real fault")

    # Others' lines have the same keys.
    monkeypatch.setattr("discuss.rendering.fragments.lines._unshown", set())
    monkeypatch.setattr("discuss.rendering.fragments.shown_line.name_of", fails)
    fragments.line(said(cast, "Hot"), EVERYONE)
    assert "the real fault" in caplog.text


@pytest.mark.django_db
def test_what_was_quick_often_enough_since_is_forgiven(
    cast: Cast, theme: Theme, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(backend, "QUICK_ENOUGH", 3)
    theme(LINE, f"{EXTENDS}{{% block byline %}}soup{{% endblock %}}")
    entry = said(cast, "Hot")

    def is_shown(seconds: float = 0.25) -> bool:
        kept.forget()
        with monkeypatch.context() as patch:
            patch.setattr(bounds, "MOST_SECONDS_OF_A_FRAGMENT", seconds)
            return "soup" in fragments.line(entry, EVERYONE)

    for times in (3, 2):
        # It takes too long, and it ends by itself.
        assert is_shown(-1.0)
        assert all(is_shown() for _ in range(times))
    assert is_shown(-1.0)
    assert not is_shown()


@pytest.mark.django_db
def test_the_gallery_names_each_of_them(cast: Cast, theme: Theme, settings: Settings):
    settings.DEBUG = True
    theme(LINE, f"{EXTENDS}\n\n{{% block message %}}{{{{ entry.text }}}}{{% endblock %}}")
    cast.bob.user_permissions.add(Permission.objects.get(codename="view_design"))
    page = log_in(cast.bob).get("/design/line/").content.decode()
    assert "#more-" in page
    assert "line 3" in page
