"""Whoever leaves, is removed or logs out is told so in every tab, hears nothing more and cannot post."""

from collections.abc import Callable

from django.conf import settings
from playwright.sync_api import Page, expect

from discuss.models import Group, User
from tests.browser.person import (
    Person,
    composer,
    focus,
    has_focus,
    leave,
    log_out,
    messages,
    miss_a_sign,
    open_menu,
    refused,
    send,
)
from tests.browser.stage import PASSWORD, Stage

Appear = Callable[..., Person]


def is_told(page: Page, text: str) -> None:
    expect(page.get_by_role("alert").filter(has_text=text)).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_have_count(0)
    expect(page.get_by_role("link", name="Join again")).to_be_visible()


def test_leaving_in_one_tab_ends_the_other_too(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    here, there, bob = anns.enter(group), anns.enter(group), bobs.enter(group)
    send(bob, "before")
    for page in (here, there):
        expect(messages(page)).to_have_text(["before"])

    leave(here)
    for page in (here, there):
        is_told(page, "You have left this group.")
        expect(page.get_by_role("button", name="Leave this group")).to_have_count(0)
    has_focus(here.get_by_role("link", name="Join again"))
    assert focus(there) != "Join again"

    send(bob, "after")
    expect(bob.locator("#log .event").last).to_contain_text("ann left")
    for page in (here, there):
        expect(messages(page)).to_have_text(["before"])


def test_who_left_can_come_back_from_the_page_that_said_so(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    ann = anns.enter(group)
    leave(ann)
    anns.allow_answer(403, group.get_absolute_url())
    ann.get_by_role("link", name="Join again").click()
    expect(ann.get_by_text("You are not a member of this group.")).to_be_visible()
    ann.get_by_role("button", name="Join").click()
    ann.wait_for_url(anns.url + group.get_absolute_url())
    send(ann, "here again")
    expect(messages(ann)).to_have_text(["here again"])


def test_leaving_in_one_tab_ends_the_groups_page_in_another(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    page, other = anns.enter(group), anns.enter(group)
    leave(other)
    is_told(page, "You have left this group.")


def test_who_is_removed_is_told(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    ann = anns.enter(group)
    composer(ann).fill("half a sentence")
    stage.remove(anns.user, group)
    is_told(ann, "You were removed from this group.")
    # To be copied: Enter sends it nowhere.
    expect(composer(ann)).to_be_visible()
    composer(ann).press("Enter")
    expect(composer(ann)).to_have_value("half a sentence")


def test_the_last_owner_is_told_to_hand_over_and_can(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    leave(ann)
    expect(
        ann.get_by_role("alert").filter(has_text="hand it over before you leave")
    ).to_be_visible()
    open_menu(bob)
    expect(bob.get_by_role("button", name="Leave this group")).to_be_visible()
    expect(bob.get_by_role("link", name="Settings")).to_be_hidden()
    open_menu(ann)
    ann.get_by_role("link", name="Settings").click()
    ann.get_by_role("link", name="Hand the group over").click()
    ann.get_by_label("Successor").select_option("bob")
    ann.get_by_role("button", name="Hand over").click()
    ann.wait_for_url(anns.url + group.get_absolute_url())
    expect(bob.locator("#log .event").last).to_contain_text("ann handed the group over to bob")
    # The other one's open page follows.
    expect(bob.get_by_role("link", name="Settings")).to_be_visible()
    leave(ann)
    is_told(ann, "You have left this group.")


def test_the_only_member_can_close_the_group(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(owner=anns.user)
    ann = anns.enter(group)
    leave(ann)
    expect(ann.get_by_role("alert").filter(has_text="close it instead of leaving")).to_be_visible()
    open_menu(ann)
    ann.get_by_role("link", name="Settings").click()
    ann.get_by_label("Name", exact=True).fill("Pantry")
    ann.get_by_role("button", name="Save", exact=True).click()
    expect(ann.get_by_role("heading", name="Pantry")).to_be_visible()
    open_menu(ann)
    ann.get_by_role("link", name="Settings").click()
    ann.get_by_role("link", name="Close the group").click()
    expect(ann.get_by_role("heading", name="Close Pantry?")).to_be_visible()
    ann.get_by_role("link", name="Keep it").click()
    open_menu(ann)
    ann.get_by_role("link", name="Settings").click()
    ann.get_by_role("link", name="Close the group").click()
    ann.get_by_role("button", name="Close it for good").click()
    expect(ann.get_by_text("Pantry is closed.")).to_be_visible()
    expect(ann.locator("#group-list h3")).to_have_count(0)


def test_a_page_of_somebody_else_is_told_and_posts_nothing(person: Appear, stage: Stage) -> None:
    """One browser, two people: the session became another's while the page was away."""
    anns = person("ann")
    group = stage.group(members=[anns.user, stage.user("bob")])
    pages = [anns.enter(group), anns.enter()]
    composer(pages[0]).fill("half a sentence")
    session = stage.session(stage(lambda: User.objects.get(username="bob")))
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": session, "url": anns.url, "httpOnly": True}
    anns.context.add_cookies([cookie])  # type: ignore[list-item]
    for page in pages:
        miss_a_sign(page)
        notice = page.get_by_role("alert").filter(has_text="You are logged in as bob now.")
        expect(notice).to_be_visible()
    composer(pages[0]).press("Enter")
    expect(composer(pages[0])).to_have_value("half a sentence")
    assert stage.texts(group) == []


def test_logging_out_in_one_tab_ends_all_of_them_at_once(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    page, lobby, other = anns.enter(group), anns.enter(), anns.enter()
    bob = bobs.enter(group)
    expect(bob.locator("#here .visually-hidden")).to_have_text(["ann", "bob"])
    log_out(other)
    expect(other.get_by_role("heading", name="Log in")).to_be_visible()
    # A bell does it, within two seconds (tests/test_sessions.py): this server's check comes after the test
    # (late_check.py).
    for told in (page, lobby):
        expect(told.get_by_role("alert").filter(has_text="You are logged out.")).to_be_visible()
    composer(page).fill("too late")
    composer(page).press("Enter")
    send(bob, "is anybody here?")
    expect(bob.locator("#here .visually-hidden")).to_have_text(["bob"])
    expect(messages(page)).to_have_count(0)
    assert stage.texts(group) == ["is anybody here?"]


def tabs_of_ann(person: Appear, stage: Stage) -> tuple[Person, Group, Page, Page]:
    """Return ann, who has a password, a group of hers, and her tabs of it and of the lobby."""
    user = stage.user("ann")
    stage.give_password(user)
    anns = person(user)
    group = stage.group(members=[user])
    return anns, group, anns.enter(group), anns.enter()


def log_in_again(page: Page) -> None:
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


def test_who_was_logged_out_logs_in_again_and_goes_on(person: Appear, stage: Stage) -> None:
    anns, group, page, other = tabs_of_ann(person, stage)
    composer(page).fill("half a sentence")
    log_out(other)
    page.get_by_role("button", name="Log in again").click()
    log_in_again(page)
    page.wait_for_url(anns.url + group.get_absolute_url())
    expect(composer(page)).to_have_value("half a sentence")
    send(page, "here again")
    expect(messages(page)).to_have_text(["here again"])


def refuse(page: Page) -> None:
    """Have a message refused: the browser itself would not send so much."""
    composer(page).evaluate("field => field.removeAttribute('pattern')")
    composer(page).fill("x" * 4001)
    composer(page).press("Enter")
    expect(refused(page)).to_have_count(1)


def test_what_was_refused_goes_along_to_a_log_in(person: Appear, stage: Stage) -> None:
    anns, group, page, other = tabs_of_ann(person, stage)
    refuse(page)
    composer(page).fill("half a sentence")
    log_out(other)
    page.get_by_role("button", name="Log in again").click()
    log_in_again(page)
    page.wait_for_url(anns.url + group.get_absolute_url())
    expect(composer(page)).to_have_value("x" * 4001 + " half a sentence")
    assert stage.texts(group) == []


def test_what_was_refused_is_sent_again_after_a_log_in_elsewhere(
    person: Appear, stage: Stage
) -> None:
    _, group, page, other = tabs_of_ann(person, stage)
    refuse(page)
    log_out(other)
    expect(page.get_by_role("alert").filter(has_text="You are logged out.")).to_be_visible()
    again, reason = (
        page.get_by_role("button", name="Send again"),
        refused(page).get_by_role("alert"),
    )
    refused(page).get_by_role("textbox").fill("shorter")
    again.click()
    expect(reason).to_contain_text("Log in in another tab")
    log_in_again(other)
    expect(other.get_by_role("button", name="Your account")).to_be_visible()
    again.click()
    expect(reason).to_contain_text("send it again")
    again.click()
    expect(refused(page)).to_have_count(0)
    assert stage.texts(group) == ["shorter"]
