"""What people choose for themselves, as a browser shows it."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.person import Person, composer, has_focus, refused
from tests.browser.stage import Stage

Appear = Callable[..., Person]

PAPER = "getComputedStyle(document.body).backgroundColor"
LETTER = "parseFloat(getComputedStyle(document.body).fontSize)"


def choose(page: Page, *choices: str) -> None:
    """Choose these, and save it."""
    part = page.locator("#you")
    for choice in choices:
        part.get_by_role("radio", name=choice, exact=True).check()
    part.get_by_role("button", name="Save").click()
    expect(part.get_by_role("status")).to_have_text("Saved.")


def test_colours_and_sizes_are_those_that_somebody_chose(person: Appear, stage: Stage) -> None:
    anns = person("ann", color_scheme="light")
    group = stage.group(owner=anns.user)
    page = anns.open("/accounts/")
    light = page.evaluate(PAPER)
    assert page.evaluate(LETTER) == 16
    choose(page, "Dark", "Very large", "Compact")
    dark = page.evaluate(PAPER)
    assert dark != light
    inside = anns.enter(group)
    assert (inside.evaluate(PAPER), inside.evaluate(LETTER)) == (dark, 21)
    assert inside.evaluate("document.documentElement.scrollWidth <= innerWidth")
    choose(anns.open("/accounts/"), "Light", "Normal", "Roomy")
    # Whatever the device says.
    inside.emulate_media(color_scheme="dark")
    inside.reload()
    assert (inside.evaluate(PAPER), inside.evaluate(LETTER)) == (light, 16)


def test_an_open_page_shows_times_of_the_zone_that_is_chosen_in_another(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    stage.say(bobs.user, group, "Soup")
    page, bob = anns.enter(group), bobs.enter(group)
    time = page.locator(".message time").last
    before = time.get_attribute("datetime") or ""
    assert before.endswith("+00:00")
    page.get_by_role("textbox", name="Your message").fill("What I am about to say")
    account = anns.open("/accounts/")
    account.get_by_label("Time zone").select_option(label="Tokyo")
    account.locator("#you").get_by_role("button", name="Save").click()
    expect(account.locator("#you").get_by_role("status")).to_have_text("Saved.")
    expect(time).to_have_attribute("datetime", _in_tokyo(before))
    expect(page.get_by_role("textbox", name="Your message")).to_have_value("What I am about to say")
    stage.say(bobs.user, group, "Bread")
    for reader, offset in ((page, "+09:00"), (bob, "+00:00")):
        expect(reader.locator(".text", has_text="Bread")).to_be_visible()
        shown = reader.locator(".message time").last
        expect(shown).to_have_attribute("datetime", re.compile(re.escape(offset)))


def _in_tokyo(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo("Asia/Tokyo")).isoformat()


def test_in_a_larger_field_enter_begins_a_new_line_and_the_button_sends(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    choose(anns.open("/accounts/"), "Several lines")
    page, bob = anns.enter(group), bobs.enter(group)
    for first, second in (("Soup", "Bread"), ("Salt", "Pepper")):
        composer(page).press_sequentially(first)
        composer(page).press("Enter")
        composer(page).press_sequentially(second)
        page.get_by_role("button", name="Send").click()
        for reader in (page, bob):
            line = reader.locator(".line .text").filter(has_text=first)
            expect(line).to_have_text(f"{first}\n{second}", use_inner_text=True)
        expect(composer(page)).to_have_value("")
        has_focus(composer(page))
    expect(page.locator(".draft")).to_have_count(1)
    assert composer(page).evaluate("field => field.tagName") == "TEXTAREA"
    # What is too long is not cut, but refused.
    composer(page).fill("x" * 4500)
    page.get_by_role("button", name="Send").click()
    expect(refused(page).get_by_role("textbox")).to_have_value("x" * 4500)
