"""The gallery in a browser: samples are swapped into made-up pages, on which nothing acts."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import expect

from discuss.models import User
from tests.browser.axe import axe_finds_nothing
from tests.browser.conftest import NARROW, WIDE
from tests.browser.fit import everything_is_large_enough_to_touch, nothing_scrolls_sideways
from tests.browser.person import Person
from tests.browser.stage import Stage

Appear = Callable[..., Person]
# Pages of the gallery, and samples that are wide, tall, or in something that opens.
SAMPLES = (
    "line/one-long-word",
    "line/code-that-is-wide",
    "line_menu/of-another",
    "members_changed/some",
    "message_answered/refused-at-length",
    "own_groups_replaced/in-the-lobby",
    "case_progress/taken",
)


@pytest.fixture
def designer(person: Appear, stage: Stage) -> Callable[..., Person]:
    def designer(**context_args: object) -> Person:
        dora = stage.user("dora", is_staff=True)
        stage(_give_right, dora)
        return person(dora, **context_args)

    return designer


def _give_right(user: User) -> None:
    user.user_permissions.set(Permission.objects.filter(codename="view_design"))


def test_a_sample_is_swapped_into_a_page_and_nothing_there_acts(
    designer: Callable[..., Person], stage: Stage
) -> None:
    dora = designer()
    page = dora.open("/design/line/message/")
    expect(page.locator("#log > li").last).to_contain_text("Soup")
    expect(page.locator("#log > li")).to_have_count(6)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="More about the message").last.click()
    page.get_by_role("link", name="12:00").last.click()
    assert page.url.split("#")[0] == f"{dora.url}/design/line/message/"

    page = dora.open("/design/line/in-the-place-of-its-earlier-self/")
    expect(page.locator("#log > li").last).to_contain_text("Soup, with nutmeg")
    expect(page.locator("#log > li")).to_have_count(6)

    page = dora.open("/design/case_removed/any/")
    expect(page.locator("#queue > li")).to_have_count(1)

    page = dora.open("/design/own_row/mentions/")
    expect(page.locator("#own-groups li")).to_have_count(3)
    expect(page.locator("#own-groups li").last).to_contain_text("@2")


def test_what_would_have_to_be_opened_is_open(designer: Callable[..., Person]) -> None:
    page = designer(viewport=NARROW).open("/design/members_changed/some/")
    expect(page.locator("#member-1")).to_be_visible()
    page.goto(page.url.replace("members_changed/some", "line/message"))
    expect(page.locator("#log")).to_contain_text("Soup")
    expect(page.locator("#member-1")).not_to_be_visible()


def test_without_javascript_the_fragment_stands_below(designer: Callable[..., Person]) -> None:
    page = designer(java_script_enabled=False).open("/design/notice_shown/something/")
    expect(page.get_by_role("region", name="The fragment")).to_contain_text(
        "Try again in 3 seconds."
    )


def test_the_theme_is_the_one_that_was_chosen(designer: Callable[..., Person]) -> None:
    page = designer(color_scheme="light").open("/design/draft/?state=empty&theme=both")
    expect(page.locator("iframe")).to_have_count(2)
    schemes = [
        page.locator("iframe")
        .nth(n)
        .content_frame.locator("html")
        .evaluate("html => getComputedStyle(html).colorScheme")
        for n in range(2)
    ]
    assert schemes == ["light", "dark"]
    page.get_by_label("Width").select_option("1280")
    page.get_by_label("Theme").select_option("Dark")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("iframe")).to_have_attribute("width", "1280")
    frame = page.locator("iframe").content_frame
    assert frame.locator("html").evaluate("() => innerWidth") == 1280


@pytest.mark.parametrize(
    "path", ["?q=members", "line/?state=message&theme=both&mark=on", "pages/group/?skin=paper"]
)
def test_its_pages_fit_wide_and_narrow_and_axe_finds_nothing(
    designer: Callable[..., Person], path: str
) -> None:
    page = designer(has_touch=True).open(f"/design/{path}")
    expect(page.locator("iframe").first).to_be_visible()
    for size in (WIDE, NARROW, {"width": 320, "height": 640}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        nothing_scrolls_sideways(page, size["width"])
        everything_is_large_enough_to_touch(page)
    axe_finds_nothing(page)


def test_no_sample_is_wider_than_a_phone(designer: Callable[..., Person]) -> None:
    dora = designer(viewport={"width": 360, "height": 640})
    # No draft was sent on a stage, so the answer finds none to take away.
    dora.allow(r"^error: htmx:oobErrorNoTarget, #drafts ")
    page = dora.open("/design/?q=nowhere")
    for sample in SAMPLES:
        for width in (360, 320):
            page.set_viewport_size({"width": width, "height": 640})
            with page.expect_response("**/alone/"):
                page.goto(f"{dora.url}/design/{sample}/")
            nothing_scrolls_sideways(page, width)
