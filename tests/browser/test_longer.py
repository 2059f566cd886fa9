"""Several lines: they open below the one that is written in, at once, and nothing that was typed goes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.person import Person, composer, has_focus, messages, until, waiting
from tests.browser.stage import Stage
from tests.browser.wire import Wire

Appear = Callable[..., Person]


def further(page: Page) -> Locator:
    return page.locator("#drafts > :last-child [name=further]")


def longer(page: Page) -> Locator:
    return page.locator("#drafts > :last-child .longer")


def press_send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def is_open(page: Page) -> bool:
    box = further(page).bounding_box()
    return box is not None and box["height"] > 40


@pytest.mark.parametrize("delay", [0.0, 1.0])
def test_who_types_on_after_a_click_loses_no_letter(
    person: Appear, stage: Stage, wire: Wire, delay: float
) -> None:
    anns = person("ann", proxy=wire.proxy)
    group = stage.group(members=[anns.user])
    page = anns.enter(group)
    page.wait_for_load_state("networkidle")
    wire.delay = delay
    page.keyboard.type("Dear all,", delay=20)
    longer(page).click()
    page.keyboard.type("there is soup.", delay=20)
    page.keyboard.press("Enter")
    page.keyboard.type("Bring bread.", delay=20)
    expect(composer(page)).to_have_value("Dear all,")
    expect(further(page)).to_have_value("there is soup.\nBring bread.")
    press_send(page)
    # The next one is a line again, and what waits is one message.
    has_focus(composer(page))
    page.keyboard.type("next", delay=20)
    assert not is_open(page)
    text = "Dear all,\nthere is soup.\nBring bread."
    expect(messages(page)).to_have_text([text], use_inner_text=True)
    assert stage.texts(group) == [text]
    expect(waiting(page)).to_have_count(0)
    expect(composer(page)).to_have_value("next")
    page.keyboard.press("Enter")
    expect(messages(page)).to_have_count(2)


def test_an_empty_line_makes_room_for_them(person: Appear, stage: Stage) -> None:
    ann = person("ann")
    group = stage.group(members=[ann.user])
    page = ann.enter(group)
    longer(page).click()
    expect(composer(page)).to_be_hidden()
    page.keyboard.type("Soup\nBread")
    press_send(page)
    expect(messages(page)).to_have_count(1)
    assert stage.texts(group) == ["Soup\nBread"]
    # Opened for nothing, they close again.
    longer(page).click()
    assert is_open(page)
    page.get_by_role("region", name="Messages").click()
    expect(composer(page)).to_be_visible()
    assert not is_open(page)


def test_the_keyboard_alone_does(person: Appear, stage: Stage) -> None:
    ann = person("ann")
    group = stage.group(members=[ann.user])
    page = ann.enter(group)
    page.keyboard.type("Soup")
    page.keyboard.press("Tab")
    has_focus(further(page))
    assert is_open(page)
    page.keyboard.type("Bread\nSalt")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(messages(page)).to_have_count(1)
    assert stage.texts(group) == ["Soup\nBread\nSalt"]
    has_focus(composer(page))


def test_they_grow_with_what_stands_in_them_and_leave_the_log_room(
    person: Appear, stage: Stage
) -> None:
    ann = person("ann")
    page = ann.enter(stage.group(members=[ann.user]))
    longer(page).click()
    heights = []
    for lines in (1, 8, 200):
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text("line\n" * lines)
        box = further(page).bounding_box()
        assert box is not None
        heights.append(box["height"])
        expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport(ratio=1)
    can_grow = page.evaluate("CSS.supports('field-sizing: content')")
    assert heights == sorted(heights)
    assert not can_grow or heights[0] < heights[1] < heights[2]
    assert heights[2] <= 0.4 * 800


def test_a_paste_into_the_line_keeps_words_apart(person: Appear, stage: Stage) -> None:
    ann = person("ann")
    page = ann.enter(stage.group(members=[ann.user]))
    longer(page).click()
    page.keyboard.type("Soup\nBread\nSalt")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("ControlOrMeta+x")
    page.get_by_role("region", name="Messages").click()
    composer(page).click()
    page.keyboard.press("ControlOrMeta+v")
    expect(composer(page)).to_have_value("Soup Bread Salt")


def test_it_works_without_javascript(person: Appear, stage: Stage) -> None:
    ann = person("ann", java_script_enabled=False)
    group = stage.group(members=[ann.user])
    page = ann.open(group)
    page.get_by_label("Your message").fill("Soup")
    page.locator(".longer").click()
    page.keyboard.type("Bread\nSalt")
    press_send(page)
    until(page, lambda: stage.texts(group) == ["Soup\nBread\nSalt"], "the message")
    expect(page.locator("#drafts [name=further]")).to_have_value("")
