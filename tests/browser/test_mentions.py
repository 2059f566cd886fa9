"""Mentions at a real browser: names that are chosen, lines that stand out, levels and the sound."""

import os
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from discuss import actions
from tests.browser.conftest import NARROW
from tests.browser.person import Person, composer, has_focus, send, until
from tests.browser.stage import Stage

Appear = Callable[..., Person]


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("SHOTS"):
        page.wait_for_timeout(400)
        page.screenshot(path=f"{folder}/{name}.png")


def open_names(page: Page) -> None:
    page.get_by_role("button", name="Mention somebody").click()
    has_focus(page.get_by_role("searchbox", name="Search for a name"))


def test_a_name_is_chosen_and_one_goes_on_writing(person: Appear, stage: Stage):
    ann = person("ann")
    kitchen = stage.group(members=[ann.user, stage.user("bob"), stage.user("bernd")])
    page = ann.enter(kitchen)
    composer(page).press_sequentially("Soup, ")
    open_names(page)
    page.keyboard.type("bo")
    choice = page.locator("#names button")
    expect(choice).to_have_count(1)
    look(page, "picker")
    choice.click()
    has_focus(composer(page))
    expect(page.locator("#picker")).to_be_hidden()
    expect(page.locator(".draft .head")).to_have_text("Soup, @bob")
    page.keyboard.type("dinner?")
    look(page, "picked")
    composer(page).press("Enter")
    expect(page.locator(".mention")).to_have_text("@bob")
    expect(page.locator(".message-line .text")).to_have_text("Soup, @bob dinner?")
    expect(page.locator(".draft .head button")).to_have_count(0)
    # And by keyboard alone.
    page.get_by_role("button", name="Mention somebody").focus()
    page.keyboard.press("Enter")
    has_focus(page.get_by_role("searchbox", name="Search for a name"))
    page.keyboard.type("be")
    expect(choice).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    has_focus(composer(page))
    expect(page.locator(".draft .head")).to_have_text("@bernd")
    # All of it can be edited, and a name alone be sent.
    page.locator(".draft .head button").focus()
    page.keyboard.press("Enter")
    has_focus(composer(page))
    expect(composer(page)).to_have_value("@bernd ")
    composer(page).press("Enter")
    expect(page.locator(".mention")).to_have_text(["@bob", "@bernd"])


def test_whoever_is_back_in_the_field_loses_nothing(person: Appear, stage: Stage):
    ann = person("ann")
    kitchen = stage.group(members=[ann.user, stage.user("bob")])
    page = ann.enter(kitchen)
    ann.allow(r"^error: htmx:(afterRequest|sendAbort)\b")
    composer(page).press_sequentially("Soup")
    open_names(page)
    held = []
    page.route("**/names/", lambda route: held.append(route))
    page.locator("#names button", has_text="bob").click()
    until(page, lambda: held, "the request")
    composer(page).click()
    page.keyboard.type(" and bread")
    held[0].continue_()
    page.wait_for_timeout(500)
    expect(composer(page)).to_have_value("Soup and bread")
    has_focus(composer(page))


def test_a_line_stands_out_for_whom_it_mentions(person: Appear, stage: Stage):
    ann, bob = person("ann"), person("bob")
    kitchen = stage.group(owner=bob.user, members=[ann.user])
    garden = stage.group("Garden", owner=bob.user, members=[ann.user])
    theirs, page = bob.enter(kitchen), ann.enter(kitchen)
    for text in ("Soup?", "@ann is there soup?", "@all dinner is ready, @bob", "Bread"):
        send(theirs, text)
    lines = page.locator(".message-line")
    expect(lines).to_have_count(4)

    def ground(number: int) -> str:
        return str(
            lines.nth(number).locator(".text").evaluate("e => getComputedStyle(e).backgroundColor")
        )

    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert ground(1) == ground(2) != ground(0), scheme
        look(page, f"group-{scheme}")
    elsewhere = bob.enter(garden)
    send(elsewhere, "@ann beans")
    send(elsewhere, "Beans")
    badge = page.locator(f"#unread-{garden.uuid}")
    expect(badge).to_contain_text("@1")
    expect(page).to_have_title("(@1, 2) Kitchen · DiscussIt")
    page.get_by_role("link", name="Mentions").first.click()
    expect(page.locator(".mentions li")).to_have_count(3)
    look(page, "mentions")
    look(ann.open("/"), "lobby")
    page.locator(".mentions .place").first.click()
    expect(page.locator(".mention").first).to_have_text("@ann")


def test_a_level_is_chosen_in_the_groups_menu(person: Appear, stage: Stage):
    ann = person("ann")
    kitchen = stage.group(members=[ann.user])
    page, phone = ann.enter(kitchen), person("ann", viewport=NARROW).enter(kitchen)
    for each in (page, phone):
        each.get_by_role("button", name="About this group").click()
        expect(each.get_by_role("button", name=re.compile("All messages.*chosen"))).to_be_visible()
    look(page, "level")
    look(phone, "level-phone")
    page.get_by_role("button", name="Mentions alone").click()
    for each in (page, phone):
        expect(
            each.get_by_role("button", name=re.compile("Mentions alone.*chosen"))
        ).to_be_visible()
        expect(each.get_by_role("button", name="All messages", exact=True)).to_be_visible()
    has_focus(page.get_by_role("button", name="Mentions alone"))
    look(page, "level-chosen")


def test_a_mention_is_heard(person: Appear, stage: Stage):
    ann, bob = person("ann"), person("bob")
    kitchen = stage.group(owner=bob.user, members=[ann.user])
    garden = stage.group("Garden", owner=bob.user, members=[ann.user])
    stage(actions.change_settings, ann.user, sound="mentions")
    page, theirs = ann.enter(kitchen), bob.enter(garden)
    page.evaluate(
        "addEventListener('playing', event => window.heard = event.target.currentSrc, true)"
    )
    composer(page).click()
    send(theirs, "@ann")
    until(page, lambda: page.evaluate("window.heard"), "a sound")
    assert page.evaluate("window.heard").endswith(".wav")


def test_the_picker_on_a_phone(person: Appear, stage: Stage):
    ann = person("ann", viewport=NARROW)
    kitchen = stage.group(members=[ann.user, stage.user("bob")], owner=stage.user("cleo"))
    page = ann.enter(kitchen)
    open_names(page)
    expect(page.locator("#names button")).to_have_count(2)
    look(page, "picker-phone")
