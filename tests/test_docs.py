"""What the docs say of the code is so: settings, files, names, numbers, versions, packages."""

import ast
import os
import re
import struct
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django_htmx
import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
README = ROOT / "README.md"
HOW_IT_WORKS = ROOT / "docs" / "how-it-works.md"
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
REQUIREMENTS = sorted(ROOT.glob("requirements*.in"))

# A time zone, what the first start makes, and what whoever follows docs/designers.md makes.
NO_FILES = {
    "Europe/Berlin",
    "data/",
    "data/demo-password",
    "data/pictures/index.html",
    "theme/",
    "theme/templates/",
    "theme/templates/base.html",
    "theme/templates/discuss/fragments/line.html",
    "theme/scenes/",
    "theme/scenes/soup.toml",
    "theme/skins/soup/",
    "theme/skins/soup/skin.toml",
    "theme/skins/soup/static/skin.css",
    "theme/skins/soup/templates/discuss/fragments/line.html",
    "theme/static/",
    "theme/static/discuss/icon.svg",
    "theme/static/theme.css",
}

each_doc = pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)


def test_the_settings_table_names_what_is_read_from_the_environment():
    assert _first_column(_section(README, "Settings")) == sorted(_settings_read())


def test_bin_test_unsets_or_sets_every_setting():
    script = (ROOT / "bin" / "test").read_text()
    unset = re.findall(r"^ *unset (.*)$", script, re.M)[0].split()
    exported = re.findall(r"^ *export ([A-Z_ ]+)(?:=.*)?$", script, re.M)
    handled = {*unset, *" ".join(exported).split(), *re.findall(r"export .*?\b([A-Z_]+)=", script)}
    assert set(_settings_read()) <= handled


@each_doc
def test_every_link_leads_somewhere(doc):
    for target in _links(doc):
        path, _, anchor = target.partition("#")
        file = doc.parent / path if path else doc
        assert file.is_file(), f"{doc.name} links to {target}"
        if anchor:
            assert anchor in _anchors(file), f"{doc.name} links to {target}"


def test_the_readme_shows_a_picture_for_light_and_for_dark():
    pictures = re.findall(r'(?:src|srcset)="(.+?)"', README.read_text())
    assert [Path(picture).name for picture in pictures] == ["group-dark.png", "group-light.png"]
    for picture in pictures:
        start = (ROOT / picture).read_bytes()[:24]
        assert start[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", start[16:]) == (1180, 760)
        assert (ROOT / picture).stat().st_size < 120_000


@each_doc
def test_every_file_that_it_names_exists(doc):
    for name in _code(doc):
        is_path = re.fullmatch(
            r"[\w.-]+(/[\w.-]+)+/?|[\w-]+/|[\w-]+\.(py|md|in|toml|html|css)", name
        )
        if is_path and name not in NO_FILES:
            assert (ROOT / name).exists(), f"{doc.name} names {name}"


@each_doc
def test_every_function_class_and_constant_that_it_names_exists(doc):
    known = _names()
    for name in _code(doc):
        if re.fullmatch(r"(_?[A-Z]\w+\.)?[a-z]\w+\(\)", name):
            # Not ours, but said of ours.
            assert name[:-2] in known | {"save"}, f"{doc.name} names {name}"
        elif re.fullmatch(r"[A-Z][a-z]+[A-Z]\w+", name):
            assert name in known, f"{doc.name} names {name}"


def test_the_numbers_are_those_of_the_constants():
    """What stands in brackets behind a number, in the same sentence, has it, wherever it is defined."""
    constants: dict[str, set[float]] = {}
    for file in (ROOT / "discuss").rglob("*.py"):
        for name, value in re.findall(r"^([A-Z_]+) = ([\d_.]+)$", file.read_text(), re.M):
            constants.setdefault(name, set()).add(float(value.replace("_", "")))
    named = re.findall(r"(\d[\d,.]*) (?:[^`(.\d]|\.\d)*\(`([A-Z_]+)`\)", HOW_IT_WORKS.read_text())
    # Some are no numbers of their own.
    numbers = [(number, name) for number, name in named if name in constants]
    assert len(numbers) >= 40
    for number, name in numbers:
        assert float(number.replace(",", "")) in constants[name], f"{name} is {constants[name]}"


@each_doc
def test_every_id_that_it_names_is_in_a_template(doc):
    templates = "".join(file.read_text() for file in (ROOT / "templates").rglob("*.html"))
    for name in _code(doc):
        if re.fullmatch(r"#[a-z-]+", name):
            assert f'id="{name[1:]}"' in templates, f"{doc.name} names {name}"


def test_the_designers_page_names_the_blocks_and_properties_that_there_are():
    doc = ROOT / "docs" / "designers.md"
    for file, blocks in re.findall(r"^\| `(templates/.+?)` \| (.+) \|$", doc.read_text(), re.M):
        present = re.findall(r"{% block (\w+) %}", (ROOT / file).read_text())
        assert sorted(re.findall(r"`(\w+)`", blocks)) == sorted(present)
    tokens = (ROOT / "static" / "discuss" / "tokens.css").read_text()
    for name in _code(doc):
        if name.startswith("--"):
            assert f"{name}:" in tokens


def test_the_order_of_the_rooms_is_the_one_that_is_checked():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = (c["layers"] for c in contracts["contracts"] if c.get("containers") == ["discuss"])
    shown = re.findall(r"```text\n(.*?)\n```", HOW_IT_WORKS.read_text(), re.S)
    assert shown == ["\n".join(layers)]


def test_every_package_has_its_reason_and_no_other_has():
    wanted = []
    for file in REQUIREMENTS:
        lines = [line.strip() for line in file.read_text().splitlines()]
        packages = [line for line in lines if line and not line.startswith(("#", "-r "))]
        wanted += [re.split(r"[\[<>=~!;, ]", line)[0] for line in packages]
    assert _first_column((ROOT / "docs" / "dependencies.md").read_text()) == sorted(wanted)


def test_the_versions_are_those_of_the_code():
    said = {
        (product, version)
        for doc in DOCS
        for product, version in re.findall(
            r"\b(Python|Django|htmx) (\d+(?:\.\d+)+)", doc.read_text()
        )
    }
    ((major, minor),) = set(
        re.findall(r"version_info < \((\d+), (\d+)\)", (ROOT / "bin" / "setup.sh").read_text())
    )
    static = Path(django_htmx.__file__).parent / "static" / "django_htmx"
    (htmx,) = re.findall(r'version:"(\d[\d.]*)"', (static / "htmx-2.min.js").read_text())
    (django,) = re.findall(r"^django>=([\d.]+)", (ROOT / "requirements.in").read_text(), re.M)
    assert ("Python", f"{major}.{minor}") in said
    assert said <= {("Python", f"{major}.{minor}"), ("Django", django), ("htmx", htmx)}

    chosen = tuple(map(int, (ROOT / ".python-version").read_text().split(".")))
    assert chosen >= (int(major), int(minor))
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert tools["ruff"]["target-version"] == f"py{major}{minor}"
    assert tools["mypy"]["python_version"] == f"{major}.{minor}"


def test_every_command_that_is_shown_is_there():
    for doc in DOCS:
        for command in re.findall(r"^(?:[A-Z_]+=\S+ )*(bin/\S+)", _shell(doc), re.M):
            assert os.access(ROOT / command, os.X_OK), f"{doc.name} shows {command}"
        for command in re.findall(r"manage\.py (\w+)", _shell(doc)):
            assert command in get_commands(), f"{doc.name} shows {command}"


def _settings_read() -> list[str]:
    """Return the names that project/settings.py asks project/environment.py and project/services.py for."""
    tree = ast.parse((ROOT / "project" / "settings.py").read_text())
    return [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"environment", "services"}
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


@cache
def _names() -> frozenset[str]:
    """Return every function, class and method of the code; methods also as `Class.method`."""
    return frozenset(
        name
        for folder in ("discuss", "project")
        for file in (ROOT / folder).rglob("*.py")
        for name in _names_in(ast.parse(file.read_text()))
    )


def _names_in(tree: ast.AST, owner: str = "") -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
            yield from _names_in(node, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
            yield owner + node.name


def _code(doc: Path) -> list[str]:
    """Return what stands in backticks within a line."""
    prose = re.sub(r"^```.*?^```$", "", doc.read_text(), flags=re.M | re.S)
    return re.findall(r"`([^`\n]+)`", prose)


def _shell(doc: Path) -> str:
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", doc.read_text(), re.M | re.S))


def _links(doc: Path) -> list[str]:
    text = doc.read_text()
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def _anchors(doc: Path) -> list[str]:
    """Return the names under which headings can be linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", doc.read_text(), re.M)
    return [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


def _section(doc: Path, heading: str) -> str:
    return re.split(r"^## ", doc.read_text().split(f"\n## {heading}\n")[1], flags=re.M)[0]


def _first_column(text: str) -> list[str]:
    return sorted(re.findall(r"^\| `([\w-]+)` \|", text, re.M))
