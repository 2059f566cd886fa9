"""Reacting, pinning and saving, by mouse, by keyboard, and without JavaScript."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.person import Person, has_focus, messages, open_line_menu, send, until
from tests.browser.stage import Stage

Appear = Callable[..., Person]


def own(page: Page, name: str) -> None:
    """Expect that the page shows this reaction as its reader's own."""
    expect(page.get_by_role("button", name=f"{name}: take yours away")).to_be_visible()
    expect(page.get_by_role("button", name=f"{name}: add yours")).to_have_count(0)


def others(page: Page, name: str) -> None:
    expect(page.get_by_role("button", name=f"{name}: add yours")).to_be_visible()
    expect(page.get_by_role("button", name=f"{name}: take yours away")).to_have_count(0)


def test_one_click_reacts_and_both_see_whose_it_is(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    for each in (anns, bobs):
        # Of two requests for who reacted, by the pointer and by the focus, the later one counts.
        each.allow(r"^error: htmx:(afterRequest|sendAbort)\b")
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    send(bob, "Soup")
    expect(messages(ann)).to_have_count(1)
    open_line_menu(ann, "Soup")
    ann.locator("#line-menu").get_by_role("button", name="thumbs up").click()
    expect(ann.locator("#line-menu")).to_be_hidden()
    own(ann, "thumbs up, 1")
    # The line was exchanged, and the focus is where the menu was opened.
    has_focus(ann.locator(".menu-button").last)
    others(bob, "thumbs up, 1")
    bob.get_by_role("button", name="thumbs up, 1: add yours").click()
    for page in (ann, bob):
        own(page, "thumbs up, 2")
    bob.bring_to_front()
    bob.get_by_role("button", name="thumbs up, 2: take yours away").press("Enter")
    own(ann, "thumbs up, 1")
    others(bob, "thumbs up, 1")
    ann.get_by_role("button", name="thumbs up, 1: take yours away").click()
    for page in (ann, bob):
        expect(page.locator(".reactions")).to_have_count(0)


def test_any_other_emoji_is_written_and_what_is_none_stays_in_its_field(
    person: Appear, stage: Stage
) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    open_line_menu(bob, "Soup")
    field = bob.get_by_label("Another emoji")
    field.fill("soup")
    field.press("Enter")
    expect(bob.locator("#notice")).to_contain_text("That is no emoji.")
    expect(field).to_have_value("soup")
    field.fill(":tada:")
    field.press("Enter")
    expect(bob.locator("#line-menu")).to_be_hidden()
    own(bob, "party popper, 1")
    expect(bob.locator("#notice")).to_have_text("")


def test_who_reacted_is_told_to_who_points_at_it_and_to_the_keyboard(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    (entry,) = stage.say(bobs.user, group, "Soup")
    stage.mark(entry, anns.user, "👍", "🎉")
    bob = bobs.enter(group)
    told = bob.locator("#reacted")
    expect(told).to_be_hidden()
    bob.get_by_role("button", name="thumbs up, 1").hover()
    expect(told).to_be_visible()
    expect(told).to_contain_text("thumbs up: ann")
    bob.mouse.move(1, 1)
    expect(told).to_be_hidden()
    bob.get_by_role("button", name="party popper, 1").focus()
    expect(told).to_be_visible()
    expect(told).to_contain_text("party popper:")


def test_a_reaction_above_what_one_reads_moves_nothing(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(owner=anns.user)
    stage.fill(group, anns.user, 45)
    page, other = anns.enter(group), anns.enter(group)
    log = page.get_by_role("region", name="Messages")
    read = page.locator(".message-line").nth(30)
    log.evaluate("log => log.scrollTop = -400")
    expect(read).to_be_in_viewport()

    def place() -> float:
        box = read.bounding_box()
        assert box is not None
        return box["y"]

    before = place()
    above = page.locator(".message-line").nth(3)
    expect(above).not_to_be_in_viewport()
    other.locator(".message-line").nth(3).locator(".menu-button").press("Enter")
    other.locator("#line-menu").get_by_role("button", name="eyes").click()
    expect(page.locator(".reactions")).to_have_count(1)
    assert abs(place() - before) < 1, (place(), before)


def test_what_is_pinned_leads_to_its_line_and_the_list_stays_open(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    for text in ("Soup", "Bread"):
        send(bob, text)
    open_line_menu(ann, "Soup")
    ann.get_by_role("button", name="Pin", exact=True).click()
    bob.get_by_role("button", name="Pinned 1").click()
    expect(bob.locator("#pinned")).to_contain_text("Soup")
    open_line_menu(ann, "Bread")
    ann.get_by_role("button", name="Pin", exact=True).click()
    expect(bob.locator("#pinned .words")).to_have_text(["Bread", "Soup"])
    expect(bob.locator("#pinned")).to_be_visible()
    bob.locator("#pinned").get_by_role("link", name="Soup").click()
    expect(bob.locator(".line:target .text")).to_have_text("Soup")
    open_line_menu(ann, "Bread")
    ann.get_by_role("button", name="Unpin").click()
    expect(ann.get_by_role("button", name="Pinned 1")).to_be_visible()


def test_what_is_saved_is_found_again_and_forgotten(person: Appear, stage: Stage) -> None:
    bobs = person("bob")
    bob = bobs.enter(stage.group(owner=bobs.user))
    send(bob, "Soup")
    open_line_menu(bob, "Soup")
    # A menu that is asked for before shows what was so then.
    with bob.expect_response("**/save/"):
        bob.get_by_role("button", name="Save for myself").click()
    open_line_menu(bob, "Soup")
    expect(bob.get_by_role("button", name="Saved: forget it")).to_be_visible()
    bob.keyboard.press("Escape")
    bob.get_by_role("button", name="Your account").click()
    bob.get_by_role("link", name="Saved messages").click()
    expect(bob.locator("main .said")).to_have_text("Soup")
    bob.get_by_role("button", name="Forget the message of bob").click()
    expect(bob.get_by_text("You have saved nothing yet.")).to_be_visible()


def test_a_menu_stays_where_it_is_while_others_react_to_its_line(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    stage.fill(group, anns.user, 3)
    ann, bob = anns.enter(group), bobs.enter(group)
    open_line_menu(bob, "line 2")
    before = bob.locator("#line-menu").bounding_box()
    assert before is not None
    open_line_menu(ann, "line 2")
    ann.locator("#line-menu").get_by_role("button", name="eyes").click()
    others(bob, "eyes, 1")
    after = bob.locator("#line-menu").bounding_box()
    assert after is not None
    assert abs(after["x"] - before["x"]) < 2, (before, after)
    assert abs(after["y"] - before["y"]) < 80, (before, after)
    bob.get_by_role("button", name="Save for myself").click()
    expect(bob.locator("#line-menu")).to_be_hidden()


def test_whoever_reacts_by_keyboard_stays_where_they_are(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    (entry,) = stage.say(bobs.user, group, "Soup")
    stage.mark(entry, anns.user, "👍", "🎉")
    bob, ann = bobs.enter(group), anns.enter(group)

    def in_chip(emoji: str) -> None:
        """Expect that what has the focus is one of the two buttons of this emoji, and that it is seen."""
        chip = bob.locator(".reaction", has_text=emoji)
        until(bob, lambda: chip.evaluate("e => e.contains(document.activeElement)"), "the focus")
        assert chip.evaluate("e => getComputedStyle(e, '::before').outlineStyle") != "none"

    bob.bring_to_front()
    bob.get_by_role("button", name="thumbs up, 1: add yours").focus()
    bob.keyboard.press("Enter")
    own(bob, "thumbs up, 2")
    bob.wait_for_timeout(300)
    in_chip("👍")
    # What others do to the line leaves it there, too.
    ann.get_by_role("button", name="party popper, 1: take yours away").click()
    expect(bob.locator(".reaction")).to_have_count(1)
    bob.wait_for_timeout(300)
    in_chip("👍")
    bob.bring_to_front()
    bob.keyboard.press("Tab")
    has_focus(bob.get_by_role("button", name="thumbs up, 2: take yours away"))
    bob.keyboard.press("Enter")
    others(bob, "thumbs up, 1")
    bob.wait_for_timeout(300)
    in_chip("👍")
    bob.keyboard.press("Shift+Tab")
    has_focus(bob.get_by_role("button", name="thumbs up, 1: add yours"))


def test_whoever_takes_the_last_reaction_away_goes_on_in_that_line(
    person: Appear, stage: Stage
) -> None:
    bobs = person("bob")
    group = stage.group(owner=bobs.user)
    first, *_ = stage.say(bobs.user, group, "Soup", "Bread", "Salt")
    stage.mark(first, bobs.user, "👍")
    bob = bobs.enter(group)
    bob.get_by_role("button", name="thumbs up, 1: take yours away").focus()
    bob.keyboard.press("Enter")
    expect(bob.locator(".reaction")).to_have_count(0)
    bob.wait_for_timeout(300)
    bob.keyboard.press("Tab")
    near = bob.locator(".line", has_text="Soup"), bob.locator(".line", has_text="Bread")
    assert any(each.evaluate("e => e.contains(document.activeElement)") for each in near), (
        bob.evaluate("document.activeElement.outerHTML")
    )
