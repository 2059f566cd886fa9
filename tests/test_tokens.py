"""The custom properties: what each is called, and that a theme of the version before goes on working."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from pytest_django import Settings

from discuss import checks
from discuss.design.rules.tokens import KINDS, tokens
from discuss.old_tokens import SHEET, find_old_names, old_names

STATIC = Path(project_settings.BASE_DIR, "static")
TOKENS = (STATIC / "discuss/tokens.css").read_text()
BEFORE = (STATIC / SHEET).read_text()
_RULE = re.compile(r"(@media[^{]*{\s*)?(:root[^{]*){([^}]*)}")
# What is so, of a line and of the page: they are no tokens.
FACTS = {"--is-own", "--is-called", "--side"}


def made_of_tokens() -> str:
    """Return the rules of the old names: each gives its value to the new one."""
    css = TOKENS[TOKENS.index("@layer tokens {") :]
    rules = []
    for media, selector, body in _RULE.findall(re.sub(r"/\*.*?\*/\s*", "", css, flags=re.DOTALL)):
        set_here = re.findall(r"--discuss-([\w-]+):\s*([^;]+);", body)
        lines = [f"--{name}: {value}; --discuss-{name}: var(--{name});" for name, value in set_here]
        if lines and media:
            inner = "".join(f"      {line}\n" for line in lines)
            rules.append(f"  {media.strip()}\n    {selector.strip()} {{\n{inner}    }}\n  }}\n")
        elif lines:
            inner = "".join(f"    {line}\n" for line in lines)
            rules.append(f"  {selector.strip()} {{\n{inner}  }}\n")
    return "@layer tokens {\n" + "\n".join(rules) + "}\n"


def test_each_is_called_ours():
    names = set(re.findall(r"(?<![\w(-])(--[\w-]+):", TOKENS))
    assert {name for name in names if not name.startswith("--discuss-")} == FACTS


def test_the_docs_say_what_each_is():
    rows = [
        f"| `{each.property}` | {KINDS[each.kind]} | {'yes' if each.is_open else 'no'} | {each.meaning} |"
        for each in tokens()
    ]
    table = "\n".join(
        ["| Property | Kind | In the admin | What it is for |", "|---|---|---|---|", *rows]
    )
    doc = Path(project_settings.BASE_DIR, "docs/designers.md").read_text()
    assert f"\n\n{table}\n\n" in doc, f"docs/designers.md has to say:\n\n{table}\n"


# --- the names of the version before ----------------------------------------------------------------------


def test_the_old_names_give_their_values_to_the_new_ones():
    assert BEFORE[BEFORE.index("@layer") :] == made_of_tokens()
    assert {"accent", "hue-7"} <= old_names(STATIC)


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """A theme of the version before."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static/theme.css").write_text(":root {\n  --accent: red;\n  --mine: 1px;\n}\n")
    (tmp_path / "templates").mkdir()
    page = "<style>.a--line { color: var(--ink); --discuss-ink: var(--is-own); }</style>"
    (tmp_path / "templates/base.html").write_text(page)
    (tmp_path / "static/latin.css").write_bytes(b"/* caf\xe9 */")
    return tmp_path


def test_a_theme_that_has_them_is_told_where(theme: Path, settings: Settings):
    settings.THEME_DIR = theme
    assert [check.msg for check in checks.properties_have_their_names()] == [
        f"{theme}/static/theme.css:2 names --accent, which is called --discuss-accent now.",
        f"{theme}/templates/base.html:1 names --ink, which is called --discuss-ink now.",
    ]


def sheets_with(theme: Path) -> list[str]:
    asked = "from project.settings import STYLE_SHEETS; print(*STYLE_SHEETS)"
    environment = os.environ | {"THEME": str(theme)}
    return subprocess.check_output(
        [sys.executable, "-c", asked], env=environment, cwd=project_settings.BASE_DIR, text=True
    ).split()


def test_they_are_on_pages_where_a_theme_has_them_and_nowhere_else(theme: Path, tmp_path: Path):
    assert sheets_with(theme)[:2] == ["discuss/tokens.css", SHEET]
    assert SHEET not in project_settings.STYLE_SHEETS
    (theme / "static/theme.css").write_text(":root { --discuss-accent: red; }")
    (theme / "templates/base.html").write_text("")
    assert [*find_old_names(theme, STATIC)] == []
    assert sheets_with(theme) == project_settings.STYLE_SHEETS
