"""The states of a group's page that are looked at: each function brings a page into one."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from discuss import actions
from tests.browser.conftest import NARROW
from tests.browser.person import (
    LOST,
    banner,
    composer,
    has_focus,
    leave,
    log_out,
    messages,
    miss_a_sign,
    open_line_menu,
    open_menu,
    refused,
)
from tests.browser.world import World

# Each is given a page of ann's in the Kitchen. It returns the page to look at, if that is another one.
State = Callable[[World, Page], Page | None]

# The last one is shown as it was typed.
FORMATTED = (
    "# Soup\n**hot**, *thick*, ~~salty~~, `stirred`\n\n> with [bread](https://example.org/)\n> > and butter",
    "1. peel\n2. cook\n   - slowly\n   - for " + "w" * 200 + "\n999. eat",
    "```python\n@cook\ndef soup(pot: int = 3) -> str:  # hot\n    return f'{pot}' + "
    + "'x' * " * 40
    + "'y'\n```",
    '```diff\n@@ -1 +1 @@\n- salt\n+ pepper\n```\n```html\n<a class="b">c</a>\n```\n- ```\n  '
    + "z" * 300,
    "🎉",
    "> " * 8 + "deep",
    "as it is",
)


def with_older_lines(world: World, page: Page) -> None:
    world.anns.go_live(page, world.hall)


def with_new_messages_below(world: World, page: Page) -> None:
    world.anns.go_live(page, world.hall)
    page.get_by_role("region", name="Messages").evaluate("log => log.scrollTop = -600")
    world.stage.say(world.bob, world.hall, "down here")
    expect(page.get_by_role("button", name="New messages")).to_be_visible()


def alone_in_a_group(world: World, page: Page) -> None:
    world.anns.go_live(page, world.attic)


def with_ones_own_menu(world: World, page: Page) -> None:
    page.get_by_role("button", name="Your account").click()


def with_the_groups_menu(world: World, page: Page) -> None:
    open_menu(page)


def with_a_question_before_one_leaves(world: World, page: Page) -> None:
    open_menu(page)
    page.get_by_role("button", name="Leave this group").click()


def with_what_is_told_of_formatting(world: World, page: Page) -> None:
    open_menu(page)
    page.get_by_role("button", name="Formatting").click()
    expect(page.get_by_text("A link with words of yours")).to_be_visible()


def with_names_to_choose_from(world: World, page: Page) -> None:
    page.get_by_role("button", name="Mention somebody").click()
    expect(page.locator("#names button").first).to_be_visible()


def with_a_name_that_was_chosen(world: World, page: Page) -> None:
    world.pantry(page)
    with_names_to_choose_from(world, page)
    page.locator("#names button").first.click()
    expect(page.locator("#drafts .head button")).to_be_visible()


def with_its_people(world: World, page: Page) -> None:
    # On a wide page they are there, beside the log.
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name="People").click()


def with_a_lines_menu(world: World, page: Page) -> None:
    open_line_menu(page, "https://example.org/")


def while_one_edits(world: World, page: Page) -> None:
    open_line_menu(page, "https://example.org/")
    page.get_by_role("button", name="Edit").click()
    has_focus(page.get_by_label("Edit your message"))


def while_one_answers(world: World, page: Page) -> None:
    world.pantry(page)
    open_line_menu(page, "https://example.org/")
    page.get_by_role("link", name="Reply", exact=True).click()
    expect(page.locator("#drafts .quote")).to_be_visible()


def while_both_write_and_one_several_lines(world: World, page: Page) -> None:
    world.pantry(page)
    other = world.person(world.bob).enter(urlsplit(page.url).path)
    composer(other).press_sequentially("x")
    expect(page.locator("#typing")).to_have_text("bob is typing")
    composer(page).fill("Soup")
    page.locator(".longer").click()
    page.keyboard.type("Bread")


def with_a_refused_message(world: World, page: Page) -> None:
    world.pantry(page)
    composer(page).evaluate("field => field.removeAttribute('pattern')")
    composer(page).fill("x" * 4001)
    composer(page).press("Enter")
    expect(refused(page).get_by_role("alert")).to_be_visible()


def with_reactions_and_a_pin(world: World, page: Page) -> None:
    (entry,) = world.stage.say(world.bob, world.kitchen, "Cake")
    world.stage.mark(entry, world.anns.user, "👍", "🎉")
    world.anns.go_live(page)


def with_those_who_reacted(world: World, page: Page) -> None:
    page.get_by_role("button", name="thumbs up, 1: take yours away").focus()
    expect(page.locator("#reacted")).to_contain_text("thumbs up: ann")


def with_what_is_pinned(world: World, page: Page) -> None:
    page.get_by_role("button", name="Pinned 1").click()
    expect(page.get_by_role("heading", name="Pinned messages")).to_be_visible()


def with_formatted_messages(world: World, page: Page) -> None:
    world.anns.go_live(page, world.attic)
    world.stage.say(world.anns.user, world.attic, *FORMATTED)
    # Of another, who is in the group by now.
    world.stage(actions.join_group, world.bob, group=world.attic)
    world.stage.say(world.bob, world.attic, *FORMATTED)
    expect(messages(page).last).to_have_text(FORMATTED[-1])


def while_the_connection_is_lost(world: World, page: Page) -> None:
    world.anns.allow(*LOST)
    world.anns.context.set_offline(True)
    miss_a_sign(page, seconds=22)
    expect(page.get_by_text("Connection lost.")).to_be_attached()


def while_it_tries_to_reconnect(world: World, page: Page) -> None:
    world.anns.allow(*LOST)
    world.anns.context.set_offline(True)
    miss_a_sign(page)
    expect(banner(page)).to_be_visible()


def after_one_logged_out_elsewhere(world: World, page: Page) -> Page:
    bobs = world.person(world.bob, has_touch=True)
    page = bobs.enter(world.kitchen)
    log_out(bobs.enter())
    expect(page.get_by_role("button", name="Log in again")).to_be_visible()
    return page


def after_one_has_left(world: World, page: Page) -> None:
    world.anns.go_live(page, "/")
    page.get_by_role("button", name="Join Allotment").click()
    page.get_by_role("link", name="Open Allotment").click()
    page.wait_for_url(world.anns.url + world.allotment.get_absolute_url())
    leave(page)
    expect(page.get_by_role("link", name="Join again")).to_be_visible()


STATES: tuple[State, ...] = (
    with_older_lines,
    with_new_messages_below,
    alone_in_a_group,
    with_ones_own_menu,
    with_the_groups_menu,
    with_a_question_before_one_leaves,
    with_what_is_told_of_formatting,
    with_names_to_choose_from,
    with_a_name_that_was_chosen,
    with_its_people,
    with_a_lines_menu,
    while_one_edits,
    while_one_answers,
    while_both_write_and_one_several_lines,
    with_a_refused_message,
    with_reactions_and_a_pin,
    with_those_who_reacted,
    with_what_is_pinned,
    with_formatted_messages,
    while_the_connection_is_lost,
    while_it_tries_to_reconnect,
    after_one_logged_out_elsewhere,
    after_one_has_left,
)
