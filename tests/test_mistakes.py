"""What is wrong with style sheets of a theme and its skins, where no browser tells of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from discuss.design.forms.token_sheets import defaults
from discuss.design.rules.mistakes import files_in, hard_to_read, known_properties, mistakes_in
from discuss.skins import skins

KNOWN = frozenset({"--discuss-paper", "--discuss-ink"})
SHEET = "@layer skin {\n  :root {\n%s  }\n}\n"


@pytest.mark.parametrize(
    ("css", "mistakes"),
    [
        (":root { --discuss-paper: red; color: var(--discuss-ink); }", []),
        (
            "\n:root { --discuss-papper: red; }",
            [(2, "There is no property --discuss-papper. Is it --discuss-paper?")],
        ),
        ("p { color: var(--discuss-xyz) }", [(1, "There is no property --discuss-xyz.")]),
        # One of its own.
        ("p { --discuss-mine: red; color: var( --discuss-mine ) }", []),
        # Not ours, and what nothing is made of.
        (
            'p { --papper: red; content: \'{\'; } /* --discuss-papper { \n */ q::before { content: "\\"}" }',
            [],
        ),
        ("@layer skin {\np {\n}\n", [(1, "This bracket is never closed.")]),
        ("p { }\n}", [(2, "This bracket closes nothing.")]),
        ("/* never\nclosed {", []),
        ("", []),
    ],
)
def test_mistakes_are_named_with_their_lines(css: str, mistakes: list[tuple[int, str]]):
    assert list(mistakes_in(css, KNOWN)) == mistakes


def test_files_are_those_beside_the_sheet():
    css = (
        "a { background: url(moon.svg) }\nb { background: url( '../sun.svg?1' ) }\n"
        "/* url(x.svg) */ c { background: url(data:image/png;base64,x) url(https://example.org/a.png)"
        " url(/static/b.png) url(#mask) }"
    )
    assert list(files_in(css)) == [(1, "moon.svg"), (2, "../sun.svg?1")]


def test_what_is_hard_to_read_is_named_in_light_or_in_dark():
    css = SHEET % "    --discuss-radius: 1px;\n    --discuss-ink-soft: light-dark(#ccc, #aaa);\n"
    found = hard_to_read(css, defaults())
    assert {line for line, _ in found} == {4}
    # Comments in code are made of it.
    assert {(each.pair.front, each.theme) for _, each in found} == {
        ("ink-soft", "light"),
        ("code-comment", "light"),
    }
    assert (
        hard_to_read(SHEET % "    --discuss-accent: light-dark(#8a4b0f, #f0b36b);\n", defaults())
        == []
    )


@pytest.mark.parametrize(
    "value", ["oklch(from red l c h)", "var(--discuss-ink)", "nonsense", "url(x)"]
)
def test_of_colours_that_are_written_otherwise_nothing_is_said(value: str):
    css = SHEET % f"    --discuss-ink: {value};\n    --discuss-paper: {value};\n"
    assert hard_to_read(css, defaults()) == []


def test_our_own_looks_are_without_mistakes(settings: Settings):
    ours = Path(settings.BASE_DIR, "static").rglob("*.css")
    known = frozenset[str]().union(*(known_properties(sheet.read_text()) for sheet in ours))
    for skin in settings.SKINS.values():
        for file in skin.static.rglob("*.css"):
            css = file.read_text()
            assert [*mistakes_in(css, known), *hard_to_read(css, defaults())] == [], file


@pytest.fixture
def soup(settings: Settings, tmp_path: Path) -> Callable[[str, str], None]:
    """Write a file of the skin "soup" of a theme."""
    settings.THEME_DIR = tmp_path

    def write(name: str, text: str) -> None:
        file = tmp_path / "skins" / "soup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        settings.SKINS = skins(tmp_path / "skins")

    write("skin.toml", 'title = "Soup"\n')
    write("static/skin.css", "@layer skin {\n}\n")
    return write


def told() -> list[str]:
    return [str(each.id) for each in run_checks(tags=["templates"])]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("static/skin.css", SHEET % "    --discuss-papper: red;\n", ["discuss.W013"]),
        ("static/more/deep.css", "p { background: url(moon.svg) }", ["discuss.W014"]),
        ("static/skin.css", SHEET % "    --discuss-danger: #fee;\n", ["discuss.W015"] * 2),
        ("skin.toml", 'title = "Soup"\nword = "Hot"\n', ["discuss.W016"]),
        ("static/skin.css", SHEET % "    --discuss-paper: var(--discuss-raised);\n", []),
    ],
)
def test_a_check_says_so(
    soup: Callable[[str, str], None], name: str, text: str, expected: list[str]
):
    assert told() == []
    soup(name, text)
    assert told() == expected


def test_a_file_that_is_there_is_none_to_name(soup: Callable[[str, str], None]):
    soup("static/skin.css", "p { background: url(moon.svg) }")
    assert told() == ["discuss.W014"]
    soup("static/moon.svg", "<svg/>")
    assert told() == []
