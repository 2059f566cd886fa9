"""Two people talk."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from discuss.live.here import PRESENCE_INTERVAL
from tests.browser.person import (
    Person,
    composer,
    has_focus,
    leave,
    line_ids,
    messages,
    send,
    texts,
    waiting,
)
from tests.browser.stage import PASSWORD, Stage

Appear = Callable[..., Person]


def sign_up(person: Person, name: str) -> Page:
    page = person.open("/accounts/signup/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password (again)").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
    page.wait_for_load_state()
    return page


def test_two_new_people_sign_up_and_talk(stranger: Appear, stage: Stage) -> None:
    anns, bobs = stranger(), stranger()
    ann = sign_up(anns, "ann")
    ann.get_by_role("link", name="New group").click()
    ann.get_by_label("Name").fill("Kitchen")
    ann.get_by_label("Description").fill("What is for dinner")
    ann.get_by_role("button", name="Create the group").click()
    expect(ann.get_by_role("heading", name="Kitchen")).to_be_visible()
    ann.wait_for_load_state()
    # How to bring others in, until somebody else is there.
    address = ann.get_by_label("This is the group's address.")
    expect(address).to_have_value(ann.url)

    bob = sign_up(bobs, "bob")
    bob.get_by_role("button", name="Join Kitchen").click()
    bob.get_by_role("link", name="Open Kitchen").click()
    bob.wait_for_url(ann.url)
    expect(ann.locator("#log .event").last).to_contain_text("bob joined")
    expect(address).to_be_hidden()

    said = []
    for page, text in ((ann, "Good morning"), (bob, "Hello Ann"), (bob, "Soup?"), (ann, "Soup.")):
        send(page, text)
        said.append(text)
        has_focus(composer(page))
        for screen in (ann, bob):
            expect(messages(screen)).to_have_text(said)
    assert line_ids(ann) == line_ids(bob)


def test_both_see_one_order_whoever_is_faster(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    for n in range(10):
        for page, name in ((ann, "ann"), (bob, "bob")):
            composer(page).fill(f"{name} {n}")
        ann.keyboard.press("Enter")
        bob.keyboard.press("Enter")
        for page in (ann, bob):
            expect(composer(page)).to_have_value("")
            expect(waiting(page)).to_have_count(0)
    for page in (ann, bob):
        expect(messages(page)).to_have_count(20)
    assert texts(ann) == texts(bob) == stage.texts(group)


def test_ones_own_lines_look_different_from_others(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    stage.say(anns.user, group, "mine")
    stage.say(bobs.user, group, "his")
    ann = anns.enter(group)
    send(ann, "mine too")

    def background(text: str) -> str:
        bubble = ann.locator("#log").get_by_text(text, exact=True)
        colour: str = bubble.evaluate("element => getComputedStyle(element).backgroundColor")
        return colour

    assert background("mine") == background("mine too") != background("his")


def test_two_tabs_of_one_person_are_one_name_among_those_here_now(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    first, second = anns.enter(group), anns.enter(group)
    bob = bobs.enter(group)
    here = bob.locator("#here .visually-hidden")
    expect(here).to_have_text(["ann", "bob"])
    first.close()
    send(bob, "still two")
    bob.wait_for_timeout(3 * PRESENCE_INTERVAL * 1000)
    expect(here).to_have_text(["ann", "bob"])
    second.close()
    expect(here).to_have_text(["bob"])


def test_who_joins_and_leaves_is_said_in_the_log_and_the_list_of_members(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user])
    ann = anns.enter(group)
    members = ann.locator("#members .name")
    expect(members).to_have_text(["olga", "ann"])
    bob = bobs.enter()
    bob.get_by_role("button", name="Join Kitchen").click()
    expect(members).to_have_text(["olga", "ann", "bob"])
    expect(ann.locator("#members h2")).to_have_text("3 members")
    said = ann.locator("#log .event").last
    expect(said).to_contain_text("bob joined")
    bob.get_by_role("link", name="Open Kitchen").click()
    leave(bob)
    expect(members).to_have_text(["olga", "ann"])
    # The same line.
    expect(said).to_contain_text("bob joined and left")
