"""Answering a message: the focus goes to the field, and what stands there stays."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from discuss.moderation.actions import perform_act
from tests.browser.person import Person, composer, has_focus, messages, open_line_menu
from tests.browser.stage import Stage

Appear = Callable[..., Person]


def answer(page: Page, text: str) -> None:
    open_line_menu(page, text)
    page.get_by_role("link", name="Reply", exact=True).click()
    expect(page.locator("#drafts .quote")).to_contain_text(text)


def test_an_answer_goes_to_the_field_and_quotes_the_message(person: Appear, stage: Stage) -> None:
    anns, bob = person("ann"), stage.user("bob")
    group = stage.group(owner=anns.user, members=[bob])
    stage.fill(group, bob, 60)
    stage.say(bob, group, "Soup?")
    page = anns.enter(group)
    composer(page).fill("With")
    answer(page, "Soup?")
    expect(page.locator("#line-menu")).to_be_hidden()
    has_focus(composer(page))
    expect(composer(page)).to_have_value("With")
    assert page.evaluate("document.documentElement.scrollTop + document.body.scrollTop") == 0
    assert page.evaluate("document.querySelector('.scroller').scrollTop") == 0
    page.keyboard.press("End")
    page.keyboard.type(" bread")
    page.keyboard.press("Enter")
    expect(messages(page).last).to_contain_text("With bread")
    expect(page.locator("#log .quote")).to_contain_text("bob Soup?")
    expect(page.locator("#drafts .quote")).to_have_count(0)
    # By the same link again.
    answer(page, "With bread")
    has_focus(composer(page))


def test_an_answer_is_taken_back(person: Appear, stage: Stage) -> None:
    anns, bob = person("ann"), stage.user("bob")
    group = stage.group(owner=anns.user, members=[bob])
    stage.say(bob, group, "Soup?")
    # Of two requests of the picker the later one counts.
    anns.allow(r"^error: htmx:(afterRequest|sendAbort)\b")
    page = anns.enter(group)
    answer(page, "Soup?")
    page.keyboard.type("Salad!")
    page.get_by_role("link", name="Do not answer this message").click()
    expect(page.locator("#drafts .quote")).to_have_count(0)
    has_focus(composer(page))
    page.keyboard.press("Enter")
    expect(messages(page).last).to_contain_text("Salad!")
    expect(page.locator("#log .quote")).to_have_count(0)


def test_what_a_moderator_hides_goes_from_above_the_draft_and_from_an_open_menu(
    person: Appear, stage: Stage
) -> None:
    anns, bob = person("ann"), stage.user("bob")
    group = stage.group(owner=anns.user, members=[bob])
    soup = stage.say(bob, group, "Soup is poison", "Salad?")[0]
    boss = stage.user("boss", is_staff=True, is_superuser=True)
    page = anns.enter(group)
    answer(page, "Soup is poison")
    page.keyboard.type("Why?")
    # What came of the reply closes the menu that it was chosen in.
    expect(page.locator("#line-menu")).to_be_hidden()
    open_line_menu(page, "Soup is poison")
    expect(page.locator("#line-menu")).to_contain_text("Soup is poison")
    stage(lambda: perform_act(boss, "hide", entry=soup))
    for place in ("#line-menu", "#drafts .quote"):
        expect(page.locator(place)).to_contain_text("This message was removed.")
    expect(page.locator("#line-menu")).to_be_visible()
    expect(page.locator(".quote", has_text="poison")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(composer(page)).to_have_value("Why?")
    # No page complains of words that it does not show.
    stage(lambda: perform_act(boss, "restore", entry=soup))
    expect(messages(page).first).to_contain_text("poison")
