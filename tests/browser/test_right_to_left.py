"""Whole pages in a language that runs from right to left: all is mirrored, nothing scrolls sideways."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from playwright.sync_api import Page, expect

from discuss.models import Group, Membership
from discuss.moderation.actions import report_message
from tests import sheets
from tests.browser.axe import axe_finds_nothing
from tests.browser.conftest import NARROW, WIDE
from tests.browser.fit import everything_is_large_enough_to_touch, nothing_scrolls_sideways
from tests.browser.person import Person, open_line_menu, until
from tests.browser.stage import Stage
from tests.pseudo import RIGHT_TO_LEFT
from tests.server import Server

pytestmark = pytest.mark.xdist_group("right to left")

Appear = Callable[..., Person]

# What does not stand where it would from the other side, if the same page ran the other way. What is in a
# sentence is left out: it runs its own way on any page.
AWRY = """() => {
    const root = document.documentElement
    const blocks = new Set(['block', 'flex', 'grid', 'inline-grid', 'inline-flex', 'list-item'])
    const all = [...document.querySelectorAll('body *')].filter(e => blocks.has(getComputedStyle(e).display)
        && e.checkVisibility({visibilityProperty: true}) && !e.closest('.visually-hidden, .skip-link')
        && !e.parentElement.closest('[dir=auto], .event'))
    // At once, so that nothing comes meanwhile.
    const boxes = way => (root.dir = way, all.map(e => e.getBoundingClientRect()))
    const plain = boxes('ltr'), turned = boxes('rtl')
    // Where a scroll bar takes room, it stays where it is.
    const width = root.clientWidth
    const awry = all.map((e, n) => [turned[n].left, width - plain[n].right, plain[n].width, e.outerHTML])
        .filter(([is, expected, wide]) => wide > 1 && Math.abs(is - expected) > 1.5)
        .map(([is, expected, wide, html]) => `${is}, not ${expected}: ${html.slice(0, 120)}`)
    return [all.length, awry]
}"""


@pytest.fixture(scope="module")
def _one_server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("mirrored"), SECRET_KEY=project_settings.SECRET_KEY)
    server.environment["DJANGO_SETTINGS_MODULE"] = "tests.browser.right_to_left_settings"
    server.start_with(migrated)
    yield server
    server.stop()


@pytest.fixture
def anns(person: Appear, stage: Stage) -> Person:
    """Ann, who moderates the site."""
    return person(stage.user("ann", is_staff=True, is_superuser=True), has_touch=True)


@pytest.fixture
def kitchen(anns: Person, stage: Stage) -> Group:
    """A group of ann's and bob's in which all kinds of lines stand."""
    bob = stage.user("bob", display_name="יעקב הבנאי")
    cleo = stage.user("cleo")
    group = stage.group("מטבח", owner=anns.user, members=[bob, cleo], description="מה לארוחה")
    stage.group("Allotment", owner=cleo, members=[anns.user], description="Seeds and slugs")
    soup, _, bread = stage.say(
        bob, group, "מרק עם לחם, ומה עוד?", "Soup, in the other direction", "@ann לחם?"
    )
    stage.reply(anns.user, soup, "בשמחה, עם **הרבה** מלח")
    stage.say(
        anns.user,
        group,
        "- לחם\n- מלח\n\n> ציטוט\n\n`code` ועוד",
        "Bread, too",
        "```python\ndef soup(): pass\n```",
    )
    stage.mark(bread, anns.user, "👍", "🎉")
    stage.say(cleo, group, "You are a turnip")
    return group


def of_a_case(anns: Person, group: Group, stage: Stage) -> str:
    def report() -> int:
        member = Membership.objects.get(user=anns.user, group=group)
        line = group.entries.filter(text="You are a turnip").get()
        return int(report_message(member, entry=line, reason="insult", note="שוב").case.pk)

    return f"/moderation/cases/{stage(report)}/"


@pytest.mark.timeout(600)
def test_a_group_is_mirrored_in_every_look(
    anns: Person,
    kitchen: Group,
    stage: Stage,
    browser_name: str,
    subtests: pytest.Subtests,
) -> None:
    page = anns.context.new_page()
    for look in sheets.looks():
        with subtests.test(look):
            stage(Group.objects.filter(pk=kitchen.pk).update, skin=look)
            page.set_viewport_size(WIDE)
            anns.go_live(page, kitchen)
            expect(page.locator(f"link#skin[href*='/{look}/']")).to_have_count(1 if look else 0)
            is_mirrored(page, browser_name)
            # One's own, in a language that runs either way, is in sight as a whole.
            for text in ("Bread, too", "הרבה"):
                box = page.locator(".message-line .text", has_text=text).last.bounding_box()
                assert box
                assert box["x"] >= 0
                assert box["x"] + box["width"] <= NARROW["width"]
            if browser_name == "chromium" and not look:
                axe_finds_nothing(page)


def test_the_menus_of_a_group_and_of_a_line_open_on_the_page(anns: Person, kitchen: Group) -> None:
    page = anns.enter(kitchen)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        open_line_menu(page, "מרק")
        is_on_the_page(page, "#line-menu")
        page.keyboard.press("Escape")
        page.locator("[popovertarget=group-menu]").click()
        is_on_the_page(page, "#group-menu")
        page.keyboard.press("Escape")


@pytest.mark.timeout(600)
def test_a_page_is_mirrored(
    anns: Person,
    kitchen: Group,
    stage: Stage,
    browser_name: str,
    subtests: pytest.Subtests,
) -> None:
    case = of_a_case(anns, kitchen, stage)
    paths = {"lobby": "/", "account": "/accounts/", "queue": "/moderation/", "case": case}
    page = anns.context.new_page()
    for name, path in paths.items():
        with subtests.test(name):
            page.goto(anns.url + path)
            is_mirrored(page, browser_name)
            if browser_name == "chromium":
                axe_finds_nothing(page)


def is_mirrored(page: Page, browser_name: str) -> None:
    runs_from_right_to_left(page)
    fits_and_is_mirrored(page)
    if browser_name == "chromium":
        # Which tells the page that fingers touch it.
        everything_is_large_enough_to_touch(page)


def runs_from_right_to_left(page: Page) -> None:
    html = page.locator("html")
    expect(html).to_have_attribute("dir", "rtl")
    expect(html).to_have_attribute("lang", RIGHT_TO_LEFT)


def fits_and_is_mirrored(page: Page) -> None:
    """See that each box is where it would be from the other side if the same page ran the other way."""
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        nothing_scrolls_sideways(page, size["width"])
        looked_at, awry = page.evaluate(AWRY)
        assert looked_at > 20
        assert awry == []


def is_on_the_page(page: Page, selector: str) -> None:
    width = page.evaluate("innerWidth")
    until(page, lambda: page.locator(selector).is_visible(), f"{selector} in sight")
    box = page.locator(selector).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
