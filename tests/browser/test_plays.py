"""Scenes in a browser: a real page, into which a conversation comes with nobody there."""

import re
from collections.abc import Callable

from playwright.sync_api import FrameLocator, Page, expect

from discuss.models import Entry, Group, GroupKind, Play
from tests.browser.axe import axe_finds_nothing
from tests.browser.conftest import NARROW, WIDE
from tests.browser.fit import everything_is_large_enough_to_touch, nothing_scrolls_sideways
from tests.browser.person import LOST, Person, until
from tests.browser.stage import Stage
from tests.browser.test_gallery import designer as designer

type Designer = Callable[..., Person]
PLAY = "/design/play/"
# Keep what has stood in the sign that somebody types.
NOTE_TYPING = """
window.typed = "";
new MutationObserver(() => {
    const said = document.querySelector("#typing")?.textContent ?? "";
    if (!typed.includes(said)) typed += said;
}).observe(document, {childList: true, characterData: true, subtree: true});
"""


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("#play-stage iframe")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def lines(page: Page) -> list[str]:
    found: list[str] = frame(page).locator("#log > li .message .text").all_inner_texts()
    return found


def equals_a_fresh_load(dora: Person, page: Page, stage: Stage) -> None:
    """The lines of the page in the frame are those that it shows when it is loaded anew."""
    html = "list => [...list.children].map(line => line.innerText)"
    group = stage(lambda: Group.objects.get(kind=GroupKind.PLAY))
    fresh = dora.open(f"/groups/{group.uuid}/")
    expect(fresh.locator("#log > li").last).to_be_visible()

    def equal() -> bool:
        live: list[str] = frame(page).locator("#log").evaluate(html)
        loaded: list[str] = fresh.locator("#log").evaluate(html)
        return len(live) > 0 and loaded[-len(live) :] == live[-50:]

    until(page, equal, "lines like those of a fresh load")
    fresh.close()


def test_a_scene_is_played_to_its_end_and_equals_a_fresh_load(
    designer: Designer, stage: Stage
) -> None:
    dora = designer()
    dora.allow(*LOST)
    # It is a moment, which nobody may look at.
    dora.context.add_init_script(NOTE_TYPING)
    page = dora.open(PLAY)
    page.get_by_label("Scene").select_option("everything")
    page.get_by_label("Speed").select_option("Four times")
    press(page, "Play")
    expect(page.locator(".how-far")).to_contain_text("playing")
    log = frame(page).locator("#log")
    expect(log).to_contain_text("The tap is on again.")
    typed = "() => window.typed"
    until(page, lambda: "Bob" in frame(page).locator("body").evaluate(typed), "who types")
    expect(log).to_contain_text("Said while the page was away.")
    expect(page.locator(".how-far")).to_contain_text("over")
    expect(log).to_contain_text("And 20 more of these.")
    numbers = [
        int(found[1]) for text in lines(page) if (found := re.match(r"And (\d+) more", text))
    ]
    assert numbers == list(range(1, 21))
    equals_a_fresh_load(dora, page, stage)


def test_a_burst_comes_whole_and_in_order_though_the_connection_is_lost(
    designer: Designer, stage: Stage
) -> None:
    dora = designer()
    dora.allow(*LOST)
    page = dora.open(PLAY)
    page.get_by_label("Scene").select_option("burst")
    page.get_by_label("Speed").select_option("As fast as it goes")
    press(page, "Play")
    expect(page.locator(".how-far")).to_contain_text("over")
    expect(frame(page).locator("#log > li").last).to_contain_text("It is over.")
    shown = [text for text in lines(page) if re.search(r"\d", text)]
    said = [f"Goal number {n}!" for n in range(1, 101)] + [
        f"And on it goes: {n}." for n in range(1, 101)
    ]
    assert shown == said[-len(shown) :]
    assert len(shown) >= 40
    assert stage(lambda: Entry.objects.filter(text__contains="oal number").count()) == 100
    equals_a_fresh_load(dora, page, stage)


def test_it_goes_step_by_step_and_again_from_the_start(designer: Designer, stage: Stage) -> None:
    page = designer().open(PLAY)
    expect(page.locator("#play-stage")).to_contain_text("Nothing is being played.")
    page.get_by_label("Scene").select_option("evening")
    press(page, "One step")
    expect(page.locator(".how-far")).to_contain_text("Step 0 of 13 · paused")
    expect(frame(page).locator("#log")).to_be_visible()
    button = page.get_by_role("button", name="One step", exact=True)
    button.click()
    expect(frame(page).locator("#log")).to_contain_text("Who is cooking tonight?")
    # What is pressed again and again keeps the focus.
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(frame(page).locator("#typing")).to_contain_text("Ann is typing")
    page.keyboard.press("Enter")
    expect(frame(page).locator("#log")).to_contain_text("a pumpkin that wants to be soup")
    expect(page.locator(".how-far")).to_contain_text("Step 3 of 13")
    expect(page.locator(".steps [aria-current]")).to_contain_text("Bob reacts to soup with 🎃")
    before = stage(lambda: Group.objects.get(kind=GroupKind.PLAY).pk)
    press(page, "From the start")
    expect(page.locator(".how-far")).to_contain_text("playing")
    press(page, "Pause")
    expect(page.locator(".how-far")).to_contain_text("paused")
    # As far as it came before the button was pressed: on a slow machine some steps.
    step = re.search(r"Step (\d+)", page.locator(".how-far").inner_text())
    assert step
    said = ["Who is cooking tonight?", "I am. There is a pumpkin that wants to be soup."]
    begun = said[: (int(step[1]) + 1) // 2]
    until(page, lambda: lines(page)[:2] == begun, f"a log that begins with {begun}")
    assert stage(lambda: Group.objects.get(kind=GroupKind.PLAY).pk) != before
    press(page, "Delete")
    expect(page.locator("#play-stage")).to_contain_text("Nothing is being played.")
    assert not stage(Play.objects.exists)


def test_what_one_writes_meanwhile_stays(designer: Designer) -> None:
    page = designer().open(PLAY)
    page.get_by_label("Scene").select_option("burst")
    page.get_by_label("Speed").select_option("Four times")
    press(page, "One step")
    field = frame(page).locator("[name=text]").last
    field.click()
    field.press_sequentially("Half of a")
    # By the keyboard of another page, as it were: the focus stays where one writes.
    page.evaluate("document.querySelector('[name=do][value=play]').click()")
    field.press_sequentially(" sentence")
    expect(frame(page).locator("#log")).to_contain_text("Goal number 20!")
    expect(field).to_be_focused()
    expect(field).to_have_value("Half of a sentence")


def test_without_javascript_it_goes_by_steps(designer: Designer) -> None:
    page = designer(java_script_enabled=False).open(PLAY)
    page.get_by_label("Scene").select_option("evening")
    press(page, "One step")
    press(page, "One step")
    expect(page.locator(".how-far")).to_contain_text("Step 1 of 13 · paused")
    expect(page.locator("#play-scene")).to_have_value("evening")
    log = frame(page).frame_locator("iframe").locator("body")
    expect(log).to_contain_text("Who is cooking tonight?")


def test_its_width_and_theme_are_chosen_while_it_goes_on(designer: Designer) -> None:
    page = designer(color_scheme="light").open(PLAY)
    page.get_by_label("Scene").select_option("evening")
    press(page, "Play")
    page.get_by_label("Width").select_option("360 pixels")
    page.get_by_label("Theme").select_option("Dark")
    press(page, "Show")
    expect(page.locator("#play-stage iframe")).to_have_attribute("width", "360")
    html = frame(page).locator("html")
    expect(html).to_have_attribute("data-color-scheme", "dark")
    expect(page.locator(".how-far")).to_contain_text("playing")
    expect(frame(page).locator("#log")).to_contain_text("Who is cooking tonight?")


def test_its_page_fits_wide_and_narrow_and_axe_finds_nothing(designer: Designer) -> None:
    page = designer(has_touch=True).open(PLAY)
    press(page, "One step")
    expect(frame(page).locator("#log")).to_be_visible()
    for size in (WIDE, NARROW, {"width": 320, "height": 640}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        nothing_scrolls_sideways(page, size["width"])
        everything_is_large_enough_to_touch(page)
    axe_finds_nothing(page)
