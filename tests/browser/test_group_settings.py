"""An owner calms a group, members notice at once, and a moderator decides about what waits."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.person import Person, messages, send
from tests.browser.stage import Stage

Appear = Callable[..., Person]


def settle(owner: Page, **values: str | bool) -> None:
    """Change settings on the owner's page of the group, and return to the group."""
    owner.get_by_role("button", name="About this group").click()
    owner.get_by_role("link", name="Settings").click()
    for label, value in values.items():
        field = owner.get_by_label(label.replace("_", " "), exact=True)
        if isinstance(value, bool):
            field.set_checked(value)
        else:
            field.select_option(label=value)
    owner.get_by_role("button", name="Save these rules").click()
    owner.wait_for_url("**/groups/*/")


def test_a_lock_takes_the_field_from_members_and_gives_it_back(
    person: Appear, stage: Stage
) -> None:
    anns, bobs, phones = (
        person("ann"),
        person("bob"),
        person("cleo", viewport={"width": 360, "height": 740}),
    )
    group = stage.group(owner=anns.user, members=[bobs.user, phones.user])
    ann, bob, cleo = (each.enter(group) for each in (anns, bobs, phones))
    cleo.get_by_label("Your message").fill("What I had begun")
    settle(ann, Locked=True)
    expect(bob.locator("#rules")).to_contain_text("Moderators alone write and react for now.")
    expect(bob.get_by_label("Your message")).to_be_hidden()
    # What somebody had begun is not taken away, and refused when it is sent.
    expect(cleo.get_by_label("Your message")).to_have_value("What I had begun")
    cleo.get_by_label("Your message").press("Enter")
    expect(cleo.locator("#refused")).to_contain_text("This group is locked")
    expect(cleo.locator("#refused textarea")).to_have_value("What I had begun")
    # Owners go on.
    anns.go_live(ann)
    send(ann, "Closed for today")
    expect(messages(bob)).to_have_count(1)
    settle(ann, Locked=False)
    expect(bob.get_by_label("Your message")).to_be_visible()
    send(bob, "Thank you")
    expect(messages(bob)).to_have_count(2)


def test_in_slow_mode_the_composer_says_so_and_a_refusal_for_how_long(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    settle(ann, Slow_mode="1 hour between two messages of one person")
    expect(bob.locator("#rules")).to_contain_text("1 hour between two messages of one person.")
    send(bob, "Soup")
    expect(messages(bob)).to_have_count(1)
    bob.get_by_label("Your message").fill("Salad")
    bob.get_by_label("Your message").press("Enter")
    expect(bob.locator("#refused")).to_contain_text("Slow mode: you may write again in 60 minutes.")
    expect(bob.locator("#refused textarea")).to_have_value("Salad")


def test_what_a_new_account_writes_waits_for_a_moderator(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    ann, bob, other = anns.enter(group), bobs.enter(group), bobs.enter(group)
    settle(ann, Messages_of_new_accounts="Wait for approval, for 7 days")
    anns.go_live(ann)
    send(bob, "Soup, as I make it")
    for page in (bob, other):
        expect(page.locator("#waiting")).to_contain_text("Soup, as I make it")
    expect(messages(bob)).to_have_count(0)
    send(bob, "Buy my soup")
    expect(bob.locator("#waiting .waits")).to_have_count(2)
    ann.get_by_role("link", name="Held 2").click()
    first = ann.get_by_role("article").filter(has_text="Soup, as I make it")
    first.get_by_role("button", name="Approve").click()
    expect(ann.get_by_role("article")).to_have_count(1)
    ann.get_by_role("button", name="Discard").click()
    expect(ann.get_by_text("No message waits.")).to_be_visible()
    for page in (bob, other):
        expect(messages(page)).to_have_count(1)
        expect(page.locator("#waiting")).to_contain_text("A moderator did not approve this message")
    bob.get_by_role("button", name="I have read it").click()
    for page in (bob, other):
        expect(page.locator("#waiting .waits")).to_have_count(0)


def test_without_javascript_it_waits_and_is_decided_all_the_same(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = (person(name, java_script_enabled=False) for name in ("ann", "bob"))
    group = stage.group(owner=anns.user, members=[bobs.user])
    ann, bob = anns.open(group), bobs.open(group)
    ann.goto(f"{ann.url}settings/")
    ann.get_by_label("Messages of new accounts").select_option("7")
    ann.get_by_role("button", name="Save these rules").click()
    bob.get_by_label("Your message").fill("Soup")
    bob.get_by_role("button", name="Send").first.click()
    expect(bob.locator("#waiting")).to_contain_text("Soup")
    ann.goto(f"{anns.url}{group.get_absolute_url()}held/")
    ann.get_by_role("button", name="Approve").click()
    bob.reload()
    expect(bob.locator("#waiting .waits")).to_have_count(0)
    expect(bob.frame_locator("iframe").locator(".message")).to_contain_text("Soup")
