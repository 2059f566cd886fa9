"""Each fragment says what it is and is given, and has samples: they are the fragment's contract."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import _lru_cache_wrapper
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.conf import settings as project_settings
from django.core.management import CommandError, call_command
from django.test import override_settings
from pytest_django import Settings

from discuss.rendering import kept
from discuss.rendering.audience import Audience
from discuss.rendering.registry import FOLDER, VARIABLES, fragments
from discuss.rendering.samples import SAMPLES
from discuss.rendering.variables import variables

# What Django gives to every page that is made for a request.
OF_EVERY_PAGE = {"csrf_token", "user"}
# What somebody who is gone does not have.
OF_PEOPLE = {"entry.author.name", "entry.subject.name", "person.name"}
BLOCKS_OF_LINE = (
    "blocks: day, message, avatar, byline, author, time, body, revealed, meta, pin, reactions, line_menu, "
    "event"
)
ALL = {each.name: each for each in fragments()}
each_fragment = pytest.mark.parametrize("name", ALL)


@each_fragment
def test_a_fragment_says_what_it_is_and_all_that_it_is_given(name: str):
    assert ALL[name].meaning.endswith(".")
    assert set(ALL[name].given) == variables(ALL[name].template)
    assert len(set(ALL[name].given)) == len(ALL[name].given)


def test_every_variable_has_a_meaning_and_no_other_has():
    given = {name for each in ALL.values() for name in each.given}
    assert VARIABLES.keys() == given - OF_EVERY_PAGE


def parts() -> Iterator[str]:
    """Yield the fragments that others include."""
    for file in Path(project_settings.BASE_DIR, "templates").rglob("*.html"):
        yield from re.findall(rf'include "{FOLDER}(\w+)\.html"', file.read_text())


def test_every_fragment_has_samples_or_is_a_part_of_others():
    assert SAMPLES.keys() <= ALL.keys()
    assert ALL.keys() - SAMPLES.keys() <= set(parts())


class Missing(str):
    """What stands in for a variable that is not there: it is shown by nothing."""

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, name: object) -> str:
        if str(name) in OF_PEOPLE:
            return ""
        raise AssertionError(f"{name} was not given.")


def forget_what_is_rendered() -> None:
    """Have each fragment be rendered anew, whatever any test has rendered before."""
    kept.forget()
    for name, module in list(sys.modules.items()):
        if name.startswith("discuss.rendering."):
            for each in vars(module).values():
                if isinstance(each, _lru_cache_wrapper):
                    each.cache_clear()


@contextmanager
def strictly() -> Iterator[None]:
    """Have a variable that was not given fail, instead of being shown as nothing.

    Nothing stands in the place of what fails, and nothing else sees what is rendered like this.
    """

    def fail(what: object, error: Exception) -> NoReturn:
        raise error

    templates: dict[str, Any] = dict(project_settings.TEMPLATES[0])
    options = templates["OPTIONS"] | {"string_if_invalid": Missing("%s")}
    with (
        override_settings(TEMPLATES=[templates | {"OPTIONS": options}]),
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setattr("discuss.rendering.faults.tell_of_fault", fail)
        patched.setattr("discuss.rendering.fragments.lines._tell_of_unshown", fail)
        forget_what_is_rendered()
        yield
    forget_what_is_rendered()


@pytest.fixture
def strict() -> Iterator[None]:
    with strictly():
        yield


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("name", ["line", "log_moved", "message_answered", "unread_changed"])
def test_a_variable_that_is_not_given_fails_however_it_is_rendered(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
):
    (templates,) = settings.TEMPLATES
    settings.TEMPLATES = [templates | {"DIRS": [tmp_path, *templates["DIRS"]]}]
    file = tmp_path / FOLDER / f"{name}.html"
    file.parent.mkdir(parents=True)
    file.write_text("{{ soup }}")
    # What has to stay is not what this is about.
    monkeypatch.setattr("discuss.rendering.contract.look_at", lambda template, ours: None)
    for sample in SAMPLES[name].values():
        with pytest.raises(AssertionError, match="soup was not given"):
            sample(Audience.everyone())


# --- manage.py fragments ----------------------------------------------------------------------------


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("fragments", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_lists_all_fragments():
    names = [re.sub(r" \(.*\)$", "", line.partition(":")[0]) for line in told().splitlines()]
    assert names == sorted(ALL)
    # One of the skins that ship has a block of its own.
    assert "line (dense's): One line of the log." in told()


def test_the_command_tells_of_one():
    text = told("line")
    assert "file: templates/discuss/fragments/line.html" in text
    assert BLOCKS_OF_LINE in text
    assert "one long word" in text
    assert f"  entry: {VARIABLES['entry']}" in text


def test_the_command_says_which_ones_a_theme_has(settings: Settings, tmp_path: Path):
    (templates,) = settings.TEMPLATES
    settings.TEMPLATES = [templates | {"DIRS": [tmp_path, *templates["DIRS"]]}]
    file = tmp_path / FOLDER / "line.html"
    file.parent.mkdir(parents=True)
    file.write_text('{% extends "discuss/fragments/line.html" %}{% block byline %}{% endblock %}')
    assert "line (a theme's, dense's): One line of the log." in told()
    assert BLOCKS_OF_LINE in told("line")


def test_the_command_knows_no_other():
    with pytest.raises(CommandError, match="There is no fragment soup"):
        told("soup")
