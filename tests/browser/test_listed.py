"""Pages that list messages: what a moderator hides leaves them, and no way back brings it again."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from discuss import actions
from discuss.models import Entry, Membership, Role
from discuss.moderation.actions import report_message
from tests.browser.conftest import NARROW
from tests.browser.person import Person
from tests.browser.stage import Stage

Appear = Callable[..., Person]

BAD = "Zwieback for everybody"
REMOVED = "This message was removed."


def test_what_is_hidden_leaves_all_pages_that_list_it_and_comes_back_when_it_is_shown(
    person: Appear, stage: Stage
) -> None:
    mods, bobs, cleos = person("mod"), person("bob"), person("cleo")
    group = stage.group(members=[mods.user, bobs.user, cleos.user])
    places = Membership.objects.filter(group=group, user=mods.user)
    stage(lambda: places.update(role=Role.MODERATOR))
    (bad,) = stage.say(bobs.user, group, f"{BAD} @cleo")
    stage.reply(mods.user, bad, "That is not kind")
    stage(note_for, cleos, bad)
    line = f"{group.get_absolute_url()}{bad.position}/"
    paths = ["/search/?q=zwieback", "/saved/", "/mentions/", "/reports/", f"{line}replies/"]
    pages = {path: cleos.enter(path) for path in paths}
    for page in pages.values():
        expect(page.locator("main")).to_contain_text(BAD)
    mod = mods.enter(group)
    act(mod, bad, "Hide this message")
    for path, page in pages.items():
        page.bring_to_front()
        expect(page.locator("main"), path).to_contain_text(REMOVED)
        expect(page.locator("body"), path).not_to_contain_text(BAD)
    # Nobody lost their place, and the search says what it was asked for.
    found = pages["/search/?q=zwieback"]
    expect(found.locator(".listed > li")).to_have_count(1)
    # On a phone it is as well laid out.
    pages["/saved/"].set_viewport_size(NARROW)
    width = pages["/saved/"].evaluate("document.documentElement.scrollWidth")
    assert width == NARROW["width"]

    for path, page in pages.items():
        page.bring_to_front()
        page.goto(cleos.url)
        page.go_back()
        expect(page.get_by_role("heading").first, path).to_be_visible()
        expect(page.locator("body"), path).not_to_contain_text(BAD)

    page = pages["/saved/"]
    mod.bring_to_front()
    act(mod, bad, "Show it again")
    page.bring_to_front()
    expect(page.locator("main")).to_contain_text(BAD)


def test_a_tab_that_one_comes_back_to_does_not_say_it(person: Appear, stage: Stage) -> None:
    """Loaded, left, hidden meanwhile, and come back to: from the browser's memory or from the server."""
    mods, bobs, cleos = person("mod"), person("bob"), person("cleo")
    group = stage.group(members=[mods.user, bobs.user, cleos.user])
    places = Membership.objects.filter(group=group, user=mods.user)
    stage(lambda: places.update(role=Role.MODERATOR))
    (bad,) = stage.say(bobs.user, group, BAD)
    page = cleos.enter("/search/?q=zwieback")
    expect(page.locator(".listed")).to_contain_text(BAD)
    page.goto(cleos.url)
    mod = mods.enter(group)
    act(mod, bad, "Hide this message")
    expect(mod.locator(f"#entry-{bad.pk}")).to_contain_text(REMOVED)
    page.bring_to_front()
    page.go_back()
    expect(page.get_by_role("heading", name="Search messages")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(BAD)


def act(page: Page, entry: Entry, name: str) -> None:
    """Do something to a message by its menu, as a moderator."""
    page.locator(f"#entry-{entry.pk} .menu-button").press("Enter")
    page.locator("summary", has_text=name).click()
    page.get_by_role("button", name=name).click()


def note_for(person: Person, entry: Entry) -> None:
    """Have somebody save the message and report it."""
    member = Membership.objects.select_related("user", "group").get(
        user=person.user, group=entry.group_id
    )
    actions.save_message(member, entry=entry)
    report_message(member, entry=entry, reason="spam")
