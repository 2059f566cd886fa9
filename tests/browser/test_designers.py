"""docs/designers.md, followed word for word: its commands are run, its rules written, its pictures taken.

`PICTURES=docs/images python -m pytest tests/browser/test_designers.py` takes the pictures anew that it shows.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from django.core.management import call_command
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django import Settings

from discuss.management.commands.demo import CONVERSATION, GROUPS
from discuss.models import Group, User
from tests.browser.conftest import NARROW
from tests.browser.fit import nothing_scrolls_sideways
from tests.browser.person import LOST, Person
from tests.browser.stage import Stage
from tests.server import TOP, Server

pytestmark = pytest.mark.only_browser("chromium")

Appear = Callable[..., Person]
GUIDE = (TOP / "docs" / "designers.md").read_text().split("\n## From nothing to a skin\n")[1]
SKIN = GUIDE.split("\n## ")[0]
FRAGMENT = "discuss/fragments/line.html"
WITHOUT_CARET = """() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync("* { caret-color: transparent !important }")
    document.adoptedStyleSheets.push(sheet)
}"""
SIZE: ViewportSize = {"width": 1180, "height": 760}


class Site(Server):
    """Served as the guide says, with the theme in its folder."""

    def __init__(self, folder: Path) -> None:
        self.theme = folder / "theme"
        self.theme.mkdir()
        super().__init__(
            folder, SECRET_KEY=project_settings.SECRET_KEY, DEBUG="on", THEME=str(self.theme)
        )
        self.sheet = self.theme / "skins" / "soup" / "static" / "skin.css"

    def command(self) -> list[str]:
        # What watches files would be one process more: the test loads its page again by itself.
        address = f"127.0.0.1:{self.port}"
        return [sys.executable, *arguments("runserver"), "--noreload", address]

    def said(self, *names: str) -> str:
        """Run the guide's commands of these names, in one process, and return what they say."""
        calls = "; ".join(f"call_command(*{arguments(name)[1:]})" for name in names)
        script = f"import django; django.setup(); from django.core.management import call_command; {calls}"
        ran = subprocess.run(
            [sys.executable, "-c", script],
            cwd=TOP,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return ran.stdout + ran.stderr


def arguments(name: str) -> list[str]:
    """Return what the guide gives to Python for a command of manage.py."""
    found = re.search(rf"\.venv/bin/python (manage\.py {name}[^`\n]*)", SKIN)
    assert found, f"The guide does not run {name}."
    return found[1].split()


@pytest.fixture
def server(tmp_path: Path, migrated: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    site.database.write_bytes(migrated.read_bytes())
    yield site
    site.stop()


@pytest.mark.timeout(300)
def test_whoever_follows_it_has_a_skin(
    person: Appear, stage: Stage, server: Site, tmp_path: Path, settings: Settings
) -> None:
    begun, made, tokens, rules = ("", *re.findall(r"```css\n(.*?)```", SKIN, re.S))
    settings.THEME_DIR = server.theme
    call_command(*arguments("startskin")[1:])
    server.start()
    anns = person("ann", viewport=SIZE, color_scheme="light")
    page = anns.enter(demo(anns.user, stage))
    choose(page)
    taken = Pictures(anns, page, tmp_path)
    taken.take("skin-begun.png", begun or server.sheet.read_text())
    server.sheet.write_text(made)
    taken.take("skin-colours.png", made)
    # Where the guide says: below --line, and before the last bracket.
    made = re.sub(r"(--discuss-line: .*;\n)", lambda found: found[1] + tokens, made)
    server.sheet.write_text(made[: made.rindex("}")] + rules + "}\n")
    taken.take("skin-made.png", tokens)
    own, others = (page.locator(".message .text", has_text=text) for text in ("Who is", "nutmeg?"))
    expect(own).to_have_css("border-inline-start-width", "4px")
    expect(others).to_have_css("border-inline-start-width", "0px")
    file = re.findall(r"Make the file `theme/([^`]+)`", SKIN)[0]
    (template,) = re.findall(r"```django\n(.*?)```", SKIN, re.S)
    written = server.theme / file
    written.parent.mkdir(parents=True)
    written.write_text(template)
    anns.allow(*LOST)
    server.restart()
    anns.go_live(page)
    expect(page.locator(".day")).to_have_text(re.compile(r"^\w+day$"))
    page.set_viewport_size(NARROW)
    nothing_scrolls_sideways(page, NARROW["width"])
    assert taken.names == re.findall(r"\(images/([^)]+)\)", SKIN)
    said = server.said("fragments", "check")
    assert f"skins/soup/templates/{FRAGMENT}: signed: day, as it is today" in said
    assert "no issues" in said


def demo(ann: User, stage: Stage) -> Group:
    """Return the demo's first group, with its conversation."""
    people = {"ann": ann, **{name: stage.user(name) for name in ("bob", "cleo")}}
    for name, about in reversed(GROUPS):
        members = [people["bob"], people["cleo"]]
        group = stage.group(name, owner=ann, members=members, description=about)
    for name, text in CONVERSATION:
        # Not every machine has letters for emoji.
        stage.say(people[name], group, text.removesuffix(" 🎃"))
    return group


def choose(page: Page) -> None:
    """Choose the skin as the guide says."""
    page.get_by_role("button", name="About this group").click()
    page.get_by_role("link", name="Settings").click()
    looks = page.get_by_role("region", name="How it looks")
    looks.get_by_role("radio", name=re.compile("^Soup")).check()
    page.get_by_role("button", name="Save the looks").click()
    page.wait_for_url(re.compile("/groups/[^/]+/$"))


class Pictures:
    """The pictures of the guide: where PICTURES says, or in this folder, where nobody looks at them."""

    def __init__(self, anns: Person, page: Page, folder: Path) -> None:
        self.names: list[str] = []
        self._anns = anns
        self._page = page
        self._folder = Path(os.environ.get("PICTURES", folder))

    def take(self, name: str, sheet: str) -> None:
        """Take one of a page that shows what this style sheet says."""
        self._anns.go_live(self._page)
        for token, value in re.findall(r"^ +(--[\w-]+): (light-dark[^;]+);$", sheet, re.M):
            style = f"getComputedStyle(document.documentElement).getPropertyValue({token!r})"
            assert self._page.evaluate(style) == value, token
        expect(self._page.locator("#here-names")).to_contain_text("ann")
        # Playwright hides the caret by an attribute of each field. htmx takes that over into what it
        # exchanges later, which the page's policy forbids.
        self._page.evaluate(WITHOUT_CARET)
        self._page.screenshot(path=self._folder / name, caret="initial")
        self.names.append(name)


def test_pictures_are_of_the_size_that_is_taken() -> None:
    for name in re.findall(r"\(images/([^)]+)\)", SKIN):
        # A PNG begins with its width and its height (https://www.w3.org/TR/png-3/#11IHDR).
        head = (TOP / "docs" / "images" / name).read_bytes()[16:24]
        assert (int.from_bytes(head[:4]), int.from_bytes(head[4:])) == tuple(SIZE.values())
