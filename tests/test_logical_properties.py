"""Style sheets know where a line begins and ends, and neither left nor right: pages run both ways."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as project_settings

FOLDERS = [
    Path(project_settings.BASE_DIR, "static/discuss"),
    Path(project_settings.BASE_DIR, "skins"),
]
SHEETS = sorted(
    str(file.relative_to(project_settings.BASE_DIR))
    for folder in FOLDERS
    for file in folder.rglob("*.css")
)
# What is meant so, and what is the same turned.
MEANT = (
    # On which side one's own bubble stands, whichever way its text runs.
    r"(left|translate): calc\(var\(--is-own\) \* var\(--side\)",
    r"border-(top|bottom)-(left|right)-radius: calc\(.*var\(--left\)",
    # A drop and an arrow, each turned to point up or down.
    r"border-radius: 50% 50% 50% 0$",
    r"border-width: 2px 0 0 2px$",
    # Where the start of a page is, in words that CSS has for it alone.
    r"position-area: (top|bottom) span-left$",
)
SIDES = re.compile(
    r"(?<![\w-])(?:(?:(?:margin|padding|border|scroll-margin|scroll-padding)-)?(?:left|right)(?:-\w+)*"
    r"|border-(?:top|bottom)-(?:left|right)-radius|float|clear|text-align|position-area|translate|transform"
    r"|box-shadow|background-position|object-position"
    r"|margin|padding|inset|border-width|border-color|border-style|border-radius"
    r"|scroll-margin|scroll-padding):\s*([^;{}]+)"
)


def physical(css: str) -> Iterator[str]:
    """Yield each declaration that is not the same turned, for what runs the other way."""
    for found in SIDES.finditer(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        said, value = " ".join(found[0].split()), found[1].strip()
        name = said.partition(":")[0]
        if any(re.match(f"{each}", said) for each in MEANT) or not _has_sides(name, value):
            continue
        yield said


def _has_sides(name: str, value: str) -> bool:
    values = re.findall(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+", value)
    if name in {"float", "clear", "text-align", "position-area"}:
        return bool({"left", "right"} & set(re.split(r"[\s-]", value)))
    if name in {"background-position", "object-position"}:
        return bool({"left", "right"} & set(values)) or values[0][0].isdigit()
    if name == "translate":
        return values[0] not in {"0", "none"} and "--side" not in value
    if name == "transform":
        return "translate" in value or "rotate" in value
    if name == "box-shadow":
        shadows = re.findall(r"(?:[^,()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+", value)
        firsts = [each.strip().removeprefix("inset ") for each in shadows]
        return any(not re.match(r"(0|none|var|calc\(.*--side)", each) for each in firsts)
    if name == "border-radius":
        return len(values) in {2, 3} or (len(values) == 4 and values[:3:2] != values[1::2])
    if name in {"margin", "padding", "inset", "border-width", "border-color", "border-style"} or (
        name.startswith("scroll-") and not re.search("left|right", name)
    ):
        return len(values) == 4 and values[1] != values[3]
    return True


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_style_sheet_of_ours_can_be_turned(sheet: str):
    assert list(physical(Path(project_settings.BASE_DIR, sheet).read_text())) == []


@pytest.mark.parametrize(
    "said",
    [
        "margin-left: 1rem",
        "margin: 0 1rem 0 0",
        "padding: 0 calc(1rem + 2px) 0 0.5rem",
        "left: 0",
        "inset: 0 auto auto 0",
        "border-left: 1px solid",
        "border-left-color: red",
        "border-top-left-radius: 0",
        "border-radius: 1rem 0 0 1rem",
        "float: left",
        "text-align: right",
        "translate: 1rem 0",
        "transform: translateX(1rem)",
        "box-shadow: inset 3px 0 0 red",
        "background-position: left",
        "position-area: top left",
    ],
)
def test_what_knows_left_and_right_is_found(said: str):
    assert list(physical(f"a {{ color: red; {said}; }}"))


@pytest.mark.parametrize(
    "said",
    [
        "margin: 0 1rem",
        "margin: 0 auto 1rem",
        "padding: 1px 2px 3px 2px",
        "border-radius: 1rem 1rem 0 0",
        "translate: 0 1rem",
        "text-align: start",
        "margin-inline-start: 1rem",
        "box-shadow: 0 1px 2px rgb(0 0 0 / 6%), 0 4px 16px rgb(0 0 0 / 5%)",
        "box-shadow: inset calc(3px * var(--side)) 0 red",
        "float: inline-end",
    ],
)
def test_what_is_the_same_turned_is_not(said: str):
    assert list(physical(f"a {{ {said}; }}")) == []
