"""Every page, and state of a page: nothing scrolls sideways, all of it can be touched, axe finds nothing.

Those of moderation are test_accessible_moderation.py's. One person goes from page to page, for what begins a
browser's context and fills a group takes as long as a look at a page.
"""

from collections.abc import Callable
from itertools import count
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from discuss import actions
from discuss.accounts.first_admin import new_link
from discuss.models import Entry, Group, User
from tests.browser.axe import have_axe_at_hand
from tests.browser.conftest import NARROW, WIDE
from tests.browser.fit import is_fit_for_everybody
from tests.browser.person import (
    LOST,
    Person,
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
from tests.browser.stage import Stage

Appear = Callable[..., Person]

pytestmark = pytest.mark.timeout(600)

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


class World(NamedTuple):
    """Ann, who owns the Kitchen with bob in it, and is not in the Allotment. In the Attic is nobody else.

    The Hall has more lines than a window.
    """

    stage: Stage
    person: Appear
    anns: Person
    bob: User
    kitchen: Group
    allotment: Group
    attic: Group
    hall: Group
    # Ann's, the last lines of the Kitchen but for one.
    said: list[Entry]

    @property
    def here(self) -> str:
        return self.kitchen.get_absolute_url()

    def pantry(self, page: Page) -> None:
        """Go to a group of its own: what one began to write comes again with every page of a group."""
        owner, name = self.anns.user, f"Pantry {next(numbers)}"
        group = self.stage.group(name, owner=owner, members=[self.bob])
        self.stage.say(owner, group, "See https://example.org/ please")
        self.anns.go_live(page, group)


numbers = count(1)


@pytest.fixture
def world(person: Appear, stage: Stage) -> World:
    # Else there would be a password to set. A session from before would end with it.
    stage.give_password(stage.user("ann"))
    anns = person("ann", has_touch=True)
    have_axe_at_hand(anns.context)
    bob = stage.user("bob")
    kitchen = stage.group(owner=anns.user, members=[bob])
    stage.fill(kitchen, bob, 3)
    stage.say(bob, kitchen, "@ann is there soup?")
    said = stage.say(anns.user, kitchen, "See https://example.org/ please", "w" * 300, "שלום עולם")
    stage.reply(bob, said[2], "Shalom")
    allotment = stage.group("Allotment", description="Seeds and slugs")
    attic = stage.group("Attic", owner=anns.user)
    hall = stage.group("Hall", owner=anns.user, members=[bob])
    stage.fill(hall, bob, 60)
    return World(stage, person, anns, bob, kitchen, allotment, attic, hall, said)


# --- seen by who is not logged in -----------------------------------------------------------------------

OF_STRANGERS: dict[str, Callable[[Stage], str]] = {
    "log in": lambda stage: "/accounts/login/",
    "sign up": lambda stage: "/accounts/signup/",
    "what is wrong with a form": lambda stage: "/accounts/signup/",
    "forgotten password": lambda stage: "/accounts/password/reset/",
    "a mail that is on its way": lambda stage: "/accounts/password/reset/done/",
    "a link that is used up": lambda stage: "/accounts/password/reset/key/1-x/",
    "a password that was set": lambda stage: "/accounts/password/reset/key/done/",
    "an address to confirm": lambda stage: "/accounts/confirm-email/",
    "an account that is closed": lambda stage: "/accounts/inactive/",
    "first admin": lambda stage: urlsplit(stage(new_link)).path,
    "invitation": lambda stage: urlsplit(stage.invite(stage.group()).link).path,
}


def test_a_page_of_who_is_not_logged_in(
    stranger: Appear, stage: Stage, subtests: pytest.Subtests
) -> None:
    strangers = stranger(has_touch=True)
    have_axe_at_hand(strangers.context)
    page = strangers.context.new_page()
    for name, path in OF_STRANGERS.items():
        with subtests.test(name):
            page.goto(strangers.url + path(stage))
            if name == "what is wrong with a form":
                page.get_by_label("Username").fill("a b")
                page.get_by_label("Password", exact=True).fill("1")
                page.get_by_label("Password (again)").fill("1")
                page.locator("main").get_by_role("button", name="Sign up").click()
                expect(page.locator(".errorlist").first).to_be_visible()
            is_fit_for_everybody(page)
            assert strangers.complaints == []


# --- the pages ------------------------------------------------------------------------------------------


def edited(world: World) -> str:
    """Have ann edit a message, and return where its page is."""
    (entry,) = world.stage.say(world.anns.user, world.kitchen, "Soop")
    world.stage.edit(entry, "Soup")
    return f"{world.here}{entry.position}/"


def saved(world: World) -> str:
    world.stage.mark(world.said[0], world.anns.user, "👍")
    return "/saved/"


def invitations(world: World) -> str:
    world.stage.invite(world.kitchen)
    return f"{world.here}invitations/"


def filters(world: World) -> str:
    world.stage.filter(world.kitchen, "soup")
    return f"{world.here}filters/"


PAGES: dict[str, Callable[[World], str]] = {
    "log out": lambda world: "/accounts/logout/",
    "account": lambda world: "/accounts/",
    "lobby": lambda world: "/",
    "mentions": lambda world: "/mentions/",
    "nothing found": lambda world: "/?q=nowhere",
    "search": lambda world: "/search/",
    "messages found": lambda world: "/search/?q=please",
    "no message found": lambda world: "/search/?q=nowhere",
    "senseless search": lambda world: "/search/?q=after:x",
    "settings": lambda world: f"{world.here}settings/",
    "close group": lambda world: f"{world.here}close/",
    "not a member": lambda world: world.allotment.get_absolute_url(),
    "older lines": lambda world: f"{world.hall.get_absolute_url()}?before=20",
    "part of the log": lambda world: f"{world.hall.get_absolute_url()}30/",
    "replies": lambda world: f"{world.here}{world.said[2].position}/replies/",
    "live updates off": lambda world: f"{world.here}?live=off",
    "new group": lambda world: "/groups/new/",
    "nothing saved": lambda world: "/saved/",
    "saved messages": saved,
    "hand over": lambda world: f"{world.here}hand-over/",
    "nothing there": lambda world: "/nothing/",
    "who asks for the password again": lambda world: "/accounts/reauthenticate/",
    "a line": edited,
    "what one may do with a line": lambda world: f"{edited(world)}menu/",
    "earlier versions": lambda world: f"{edited(world)}history/",
    "filters": filters,
    "a filter and what it would have caught": lambda world: (
        f"{world.here}filters/{world.stage.filter(world.kitchen, 'soup')}/"
    ),
    "invitations": invitations,
}
ANSWERS = {"not a member": 403, "nothing there": 404}


def test_a_page(world: World, subtests: pytest.Subtests) -> None:
    anns = world.anns
    # A framed log is loaded once. Where it refreshes itself, it is told that there is nothing new, so that it
    # does not change while it is looked at.
    anns.context.route("**/log/", lambda route: route.fulfill(status=204))
    anns.context.route("**/log/", lambda route: route.continue_(), times=1)
    page = anns.context.new_page()
    for name, path in PAGES.items():
        with subtests.test(name):
            there = path(world)
            if name in ANSWERS:
                anns.allow_answer(ANSWERS[name], there)
            page.goto(anns.url + there)
            assert "/login/" not in page.url
            for each in page.frames[1:]:
                each.wait_for_load_state()
            is_fit_for_everybody(page)
            assert anns.complaints == []


# --- states of a group's page ---------------------------------------------------------------------------

# Each is given a page of ann's in the Kitchen. It returns the page to look at, if that is another one.
State = Callable[[World, Page], Page | None]


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


def test_a_state_of_a_groups_page(world: World, subtests: pytest.Subtests) -> None:
    page = world.anns.context.new_page()
    for state in STATES:
        with subtests.test(state.__name__):
            world.anns.context.set_offline(False)
            page.set_viewport_size(WIDE)
            world.anns.go_live(page, world.kitchen)
            is_fit_for_everybody(state(world, page) or page)
            assert world.anns.complaints == []
