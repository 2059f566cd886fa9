"""The look of the site, written in the admin: seen beside it, on open pages, refused, and taken back."""

import io
import re
import zipfile
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Error, Page, expect

from discuss.models import Group, TokenSheet
from tests.browser.axe import axe_finds_nothing
from tests.browser.conftest import NARROW, WIDE
from tests.browser.fit import nothing_scrolls_sideways
from tests.browser.person import Person, until
from tests.browser.stage import Stage

Appear = Callable[..., Person]

EDITOR = "/admin/discuss/tokensheet/"
PLUM = "light-dark(#7a2f6f, #d59acb)"
ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--discuss-accent')"


@pytest.fixture
def root(person: Appear, stage: Stage) -> Person:
    return person(stage.user("root", is_staff=True, is_superuser=True))


@pytest.fixture
def group(stage: Stage, root: Person) -> Group:
    return stage.group(owner=root.user, members=[stage.user("bob")])


def in_preview(page: Page, title: str, script: str) -> object:
    """Return what a script says in one of the pages that are shown beside the form."""
    try:
        frame = page.locator(f"iframe[title={title}]").element_handle().content_frame()
        return frame.evaluate(script) if frame else None
    except Error:
        # Another preview took its place.
        return None


def previews(page: Page, title: str, css: str) -> bool:
    return in_preview(page, title, ACCENT) == css


def shows(page: Page, css: str) -> None:
    # Not by wait_for_function: it asks a second time by eval(), which the policy of the page forbids.
    until(page, lambda: page.evaluate(ACCENT) == css, f"the colour {css}")


def test_what_is_written_is_seen_beside_it_then_on_open_pages_and_taken_back(
    root: Person, group: Group, stage: Stage, person: Appear
) -> None:
    chat = root.enter(group)
    before = chat.evaluate(ACCENT)
    written = chat.get_by_role("textbox", name="Your message")
    written.fill("What I am about to say")
    page = root.open(EDITOR)
    page.locator("#id_accent").press_sequentially(PLUM)
    expect(page.locator("#sheet-state iframe").first).to_have_attribute(
        "src", re.compile("accent=light-dark")
    )
    for title in ("Light", "Dark"):
        # What was written until then was shown before.
        until(page, partial(previews, page, title, PLUM), "the colour")
        expect(page.frame_locator(f"iframe[title={title}]").locator("#log")).to_be_visible()
    scheme = "getComputedStyle(document.body).colorScheme"
    until(page, lambda: in_preview(page, "Dark", scheme) == "dark", "the dark one in the dark")
    expect(page.get_by_role("status")).to_have_text("Everything can be read, in light and in dark.")
    # Nobody else sees it, and it is not saved.
    assert chat.evaluate(ACCENT) == before

    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messagelist")).to_contain_text("Every open page shows it now.")
    shows(chat, PLUM)
    expect(written).to_have_value("What I am about to say")
    worn = chat.locator("#sheet").get_attribute("href")
    expect(root.open("/").locator("#sheet")).to_have_attribute("href", str(worn))
    # The admin is of the same colours.
    assert page.evaluate(ACCENT) == PLUM

    page.get_by_role("button", name="Take the last one back").click()
    expect(page.locator(".messagelist")).to_contain_text("taken back")
    shows(chat, before)
    expect(page.locator("#id_accent")).to_have_value("")
    expect(written).to_have_value("What I am about to say")


def test_what_cannot_be_read_is_refused_beside_its_field_and_stays_there(
    root: Person, stage: Stage
) -> None:
    page = root.open(EDITOR)
    page.locator("#id_accent").press_sequentially("#777")
    page.locator("summary", has_text="Room").click()
    page.locator("#id_radius").press_sequentially("9rem")
    said = page.locator("#said-accent")
    expect(said).to_contain_text(
        re.compile(
            r"--discuss-accent on --discuss-accent-soft: 3\.\d to 1 in dark\. At least 4\.5 is"
        )
    )
    expect(page.locator("#said-radius")).to_contain_text("Between 0rem and 2.5rem.")
    root.allow_answer(400, EDITOR)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("2 values cannot be saved")
    expect(page.locator("#id_accent")).to_have_value("#777")
    expect(page.locator("#id_radius")).to_have_value("9rem")
    expect(said).to_contain_text("At least 4.5 is needed.")
    assert not stage(TokenSheet.objects.exists)


def test_it_is_taken_away_as_a_skin(root: Person, stage: Stage) -> None:
    stage(TokenSheet.objects.create, number=1, values={"accent": PLUM})
    page = root.open(EDITOR)
    page.get_by_label("Name, of a to z").fill("plum")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert archive.namelist() == ["plum/skin.toml", "plum/static/skin.css"]
    assert PLUM in archive.read("plum/static/skin.css").decode()


def test_without_javascript_a_button_shows_it(person: Appear, stage: Stage) -> None:
    root = person(stage.user("root", is_staff=True, is_superuser=True), java_script_enabled=False)
    page = root.open(EDITOR)
    page.locator("#id_accent").fill(PLUM)
    page.locator("#sheet-page").select_option("lobby")
    page.get_by_role("button", name="Preview").click()
    for frame in page.locator("iframe").all():
        expect(frame).to_have_attribute("src", re.compile("page=lobby&accent=light-dark"))
    expect(page.frame_locator("iframe[title=Dark]").locator("#group-list")).to_be_visible()
    expect(page.locator("#id_accent")).to_have_value(PLUM)
    assert not stage(TokenSheet.objects.exists)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messagelist")).to_contain_text("The look is saved.")
    assert stage(TokenSheet.objects.get).values == {"accent": PLUM}


def test_everybody_can_use_it(root: Person) -> None:
    page = root.open(EDITOR)
    page.locator("#id_accent").press_sequentially("#777")
    expect(page.locator("#said-accent .errorlist")).to_be_visible()
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        nothing_scrolls_sideways(page, size["width"])
        axe_finds_nothing(page)
