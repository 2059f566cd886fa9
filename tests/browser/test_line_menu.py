"""What one does with a line: its menu, editing above the composer, removing, and a server that is away."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.person import Person, composer, has_focus, messages, open_line_menu, send, until
from tests.browser.stage import Stage

Appear = Callable[..., Person]


def edit(page: Page, text: str) -> None:
    open_line_menu(page, text)
    page.get_by_role("button", name="Edit").click()
    has_focus(page.get_by_label("Edit your message"))


def test_an_edit_is_seen_by_both_and_touches_nothing_that_is_typed(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    send(bob, "Soop")
    composer(bob).fill("half a sentence")
    edit(bob, "Soop")
    field = bob.get_by_label("Edit your message")
    expect(field).to_have_value("Soop")
    expect(bob.locator("#line-menu")).to_be_hidden()
    field.fill("Soup")
    # What comes meanwhile takes nothing away.
    send(ann, "Good morning")
    expect(messages(bob)).to_have_count(2)
    expect(field).to_have_value("Soup")
    bob.get_by_role("button", name="Save", exact=True).click()
    for page in (ann, bob):
        expect(messages(page).first).to_contain_text("Soup (edited")
    expect(field).to_have_count(0)
    expect(composer(bob)).to_have_value("half a sentence")


def test_to_cancel_changes_nothing(person: Appear, stage: Stage) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    edit(bob, "Soup")
    bob.get_by_label("Edit your message").fill("Salad")
    bob.get_by_role("button", name="Cancel").click()
    expect(bob.get_by_label("Edit your message")).to_have_count(0)
    expect(messages(bob)).to_have_text(["Soup"])


def test_hiding_anothers_asks_first_and_leaves_a_tombstone_for_all(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    send(bob, "Soup")
    expect(messages(ann)).to_have_count(1)
    open_line_menu(ann, "Soup")
    expect(ann.get_by_role("button", name="Edit")).to_have_count(0)
    # What one does to another's message is an act, which the record keeps.
    expect(ann.get_by_role("button", name="Remove this message")).to_have_count(0)
    ann.locator("summary", has_text="Hide this message").click()
    ann.get_by_role("button", name="Hide this message").click()
    expect(messages(bob)).to_have_text(["This message was removed."])
    # Whoever moderates goes on seeing what it said.
    expect(messages(ann)).to_have_text(["This message was removed.", "Soup"])


def test_removing_ones_own_asks_first(person: Appear, stage: Stage) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(members=[bobs.user]))
    send(bob, "Soup")
    open_line_menu(bob, "Soup")
    bob.get_by_text("Remove", exact=True).click()
    bob.get_by_role("button", name="Remove this message").click()
    expect(messages(bob)).to_have_text(["This message was removed."])


def test_the_menu_of_another_line_never_shows_what_was_in_that_of_the_last(
    person: Appear, stage: Stage
) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    send(bob, "Salad")
    open_line_menu(bob, "Soup")
    expect(bob.locator("#line-menu")).to_contain_text("Soup")
    bob.keyboard.press("Escape")
    expect(bob.locator("#line-menu")).to_be_hidden()
    # While the next is on its way.
    bob.context.route("**/menu/*", lambda route: None)
    bob.locator(".message-line", has_text="Salad").locator(".menu-button").press("Enter")
    expect(bob.get_by_role("button", name="Edit")).to_be_hidden()


def test_where_the_server_is_not_reached_the_page_says_so_and_the_text_stays(
    person: Appear, stage: Stage
) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soop")
    edit(bob, "Soop")
    bob.get_by_label("Edit your message").fill("Soup")
    bobs.allow("Failed to load resource", "htmx:sendError", "htmx:afterRequest")
    bob.context.route("**/edit/", lambda route: route.abort())
    bob.get_by_role("button", name="Save", exact=True).click()
    expect(bob.get_by_text("That did not reach the server.")).to_be_visible()
    expect(bob.get_by_label("Edit your message")).to_have_value("Soup")
    bob.context.unroute("**/edit/")
    bob.get_by_role("button", name="Save", exact=True).click()
    expect(messages(bob)).to_contain_text(["Soup (edited"])
    expect(bob.get_by_text("That did not reach the server.")).to_have_count(0)


def test_the_time_of_a_line_leads_to_its_own_page(person: Appear, stage: Stage) -> None:
    bobs = person("bob")
    group = stage.group(owner=bobs.user)
    stage.fill(group, bobs.user, 120)
    bob = bobs.enter(group)
    line = messages(bob).nth(10)
    text = line.inner_text()
    line.locator("xpath=ancestor::li").locator("a.time").evaluate("link => link.click()")
    bob.wait_for_url("**/groups/*/*/*")
    expect(bob.locator(".line:target .text")).to_have_text(text)
    expect(bob.locator(".line:target")).to_be_in_viewport()


# --- answers that come late -----------------------------------------------------------------------------


def hold(page: Page, path: str) -> list[Route]:
    """Keep the first request of such an address; others go on."""
    held: list[Route] = []
    page.route(path, lambda route: route.continue_() if held else held.append(route))
    return held


def test_a_late_answer_to_save_closes_no_other_edit(person: Appear, stage: Stage) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soop")
    send(bob, "Bred")
    held = hold(bob, "**/edit/")
    edit(bob, "Soop")
    field = bob.get_by_label("Edit your message")
    field.fill("Soup")
    bob.get_by_role("button", name="Save", exact=True).click()
    until(bob, lambda: held, "the request")
    # Nobody writes into what is on its way.
    expect(field).to_be_disabled()
    bob.get_by_role("button", name="Cancel").click()
    expect(field).to_have_count(0)
    edit(bob, "Bred")
    field.fill("Bread")
    held[0].continue_()
    expect(messages(bob).first).to_contain_text("Soup (edited")
    bob.wait_for_timeout(300)
    expect(field).to_have_value("Bread")
    bob.get_by_role("button", name="Save", exact=True).click()
    expect(messages(bob).last).to_contain_text("Bread (edited")
    expect(field).to_have_count(0)


def test_what_is_refused_stays_in_the_field_and_takes_nobody_away(
    person: Appear, stage: Stage
) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    edit(bob, "Soup")
    held = hold(bob, "**/edit/")
    field = bob.get_by_label("Edit your message")
    field.fill("x" * 4100)
    bob.get_by_role("button", name="Save", exact=True).click()
    until(bob, lambda: held, "the request")
    composer(bob).press_sequentially("Meanwhile")
    held[0].continue_()
    expect(bob.locator("#edited-error")).to_contain_text("A message has at most")
    expect(field).to_have_value("x" * 4100)
    has_focus(composer(bob))
    # By keyboard one stays where one was.
    bob.get_by_role("button", name="Save", exact=True).press("Enter")
    bob.wait_for_timeout(300)
    has_focus(bob.get_by_role("button", name="Save", exact=True))


def test_of_two_edits_the_later_one_is_opened(person: Appear, stage: Stage) -> None:
    bobs = person("bob")
    bobs.allow(r"^error: htmx:(afterRequest|sendAbort)\b")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soop")
    send(bob, "Bred")
    held = hold(bob, "**/editing/*")
    open_line_menu(bob, "Soop")
    bob.get_by_role("button", name="Edit").click()
    until(bob, lambda: held, "the request")
    edit(bob, "Bred")
    field = bob.get_by_label("Edit your message")
    field.fill("Bread")
    held[0].continue_()
    bob.wait_for_timeout(300)
    expect(field).to_have_value("Bread")
    # And whoever goes back to the composer writes there.
    bob.get_by_role("button", name="Cancel").click()
    held = hold(bob, "**/editing/*")
    open_line_menu(bob, "Soop")
    bob.get_by_role("button", name="Edit").click()
    until(bob, lambda: held, "the request")
    composer(bob).click()
    bob.keyboard.type("Good ")
    held[0].continue_()
    bob.wait_for_timeout(300)
    bob.keyboard.type("morning")
    expect(composer(bob)).to_have_value("Good morning")


def test_a_late_quote_is_of_the_text_that_was_written_then(person: Appear, stage: Stage) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    held = hold(bob, "**/replying/*")
    open_line_menu(bob, "Soup")
    bob.get_by_role("link", name="Reply").click()
    until(bob, lambda: held, "the request")
    has_focus(composer(bob))
    send(bob, "Good morning")
    held[0].continue_()
    bob.wait_for_timeout(300)
    expect(bob.locator("#drafts .quote")).to_have_count(0)
    # What comes in time is there.
    open_line_menu(bob, "Soup")
    bob.get_by_role("link", name="Reply").click()
    expect(bob.locator("#drafts .quote")).to_contain_text("Soup")
    expect(bob.locator("#line-menu")).to_be_hidden()
    has_focus(composer(bob))


def test_a_late_answer_to_a_reaction_closes_no_other_menu(person: Appear, stage: Stage) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    send(bob, "Bread")
    held = hold(bob, "**/react/")
    open_line_menu(bob, "Soup")
    field = bob.get_by_label("Another emoji")
    field.fill(":tada:")
    field.press("Enter")
    until(bob, lambda: held, "the request")
    bob.keyboard.press("Escape")
    open_line_menu(bob, "Bread")
    field.fill("half")
    held[0].continue_()
    expect(bob.locator(".reactions")).to_have_count(1)
    bob.wait_for_timeout(300)
    expect(bob.locator("#line-menu")).to_be_visible()
    expect(field).to_have_value("half")


def reply(page: Page) -> None:
    page.get_by_role("link", name="Reply").click()


def react(page: Page) -> None:
    field = page.get_by_label("Another emoji")
    field.fill(":tada:")
    field.press("Enter")


@pytest.mark.parametrize("do", [reply, react])
def test_what_closes_a_menu_late_closes_no_other_one(
    do: Callable[[Page], None], person: Appear, stage: Stage
) -> None:
    bobs = person("bob")
    # What htmx says of a request that another one takes the place of.
    bobs.allow(r"^error: htmx:(afterRequest|sendAbort)\b")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    send(bob, "Bread")
    open_line_menu(bob, "Soup")
    held = hold(bob, "**/at-hand/**")
    do(bob)
    until(bob, lambda: held, "the request")
    line = bob.locator(".message-line", has_text="Bread")
    line.locator(".menu-button").press("Enter")
    expect(bob.locator("#line-menu .words")).to_contain_text("Bread")
    held[0].continue_()
    bob.wait_for_timeout(300)
    expect(bob.locator("#line-menu .items")).to_be_visible()
    expect(bob.locator("#line-menu .words")).to_contain_text("Bread")


def test_what_is_refused_late_is_said_although_another_menu_is_open(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=bobs.user, members=[anns.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    send(bob, "Soup")
    send(ann, "Bread")
    held = hold(ann, "**/save/")
    open_line_menu(ann, "Soup")
    ann.get_by_role("button", name="Save for myself").click()
    until(ann, lambda: held, "the request")
    open_line_menu(ann, "Bread")
    expect(ann.locator("#line-menu .words")).to_contain_text("Bread")
    open_line_menu(bob, "Soup")
    bob.locator("#line-menu").get_by_text("Remove", exact=True).click()
    bob.get_by_role("button", name="Remove this message").click()
    expect(ann.get_by_text("Soup")).to_have_count(0)
    held[0].continue_()
    expect(ann.locator("#notice")).to_have_text("This message was removed.")
    expect(ann.locator("#line-menu .words")).to_contain_text("Bread")


# --- what fails -----------------------------------------------------------------------------------------


def test_a_menu_that_does_not_come_is_closed_and_the_page_says_so(
    person: Appear, stage: Stage
) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    send(bob, "Bread")
    open_line_menu(bob, "Soup")
    bob.keyboard.press("Escape")
    bobs.allow("Failed to load resource", "htmx:sendError", "htmx:afterRequest")
    bob.route("**/menu/*", lambda route: route.abort())
    bob.locator(".message-line", has_text="Bread").locator(".menu-button").press("Enter")
    expect(bob.get_by_text("That did not reach the server.")).to_be_visible()
    expect(bob.locator("#line-menu")).to_be_hidden()
    bob.unroute("**/menu/*")
    open_line_menu(bob, "Bread")
    expect(bob.locator("#line-menu .words")).to_contain_text("Bread")


def test_what_fails_late_closes_no_other_menu(person: Appear, stage: Stage) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    send(bob, "Bread")
    saving = hold(bob, "**/save/")
    bobs.allow("Failed to load resource", "htmx:sendError", "htmx:afterRequest")
    open_line_menu(bob, "Soup")
    bob.get_by_role("button", name="Save for myself").click()
    until(bob, lambda: saving, "the request")
    asking = hold(bob, "**/menu/*")
    bob.locator(".message-line", has_text="Bread").locator(".menu-button").press("Enter")
    until(bob, lambda: asking, "the request for the other menu")
    saving[0].abort()
    expect(bob.get_by_text("That did not reach the server.")).to_be_visible()
    bob.wait_for_timeout(300)
    asking[0].continue_()
    expect(bob.locator("#line-menu .words")).to_contain_text("Bread")
    expect(bob.get_by_label("Another emoji")).to_be_visible()


def test_what_is_typed_in_a_menu_stays_there_where_it_did_not_reach_the_server(
    person: Appear, stage: Stage
) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    bobs.allow("Failed to load resource", "htmx:sendError", "htmx:afterRequest")
    bob.route("**/react/", lambda route: route.abort())
    open_line_menu(bob, "Soup")
    field = bob.get_by_label("Another emoji")
    field.fill(":tada:")
    field.press("Enter")
    expect(bob.get_by_text("That did not reach the server.")).to_be_visible()
    bob.wait_for_timeout(300)
    expect(field).to_have_value(":tada:")
    bob.unroute("**/react/")
    field.press("Enter")
    expect(bob.locator(".reactions")).to_have_count(1)
