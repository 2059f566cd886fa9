"""Every page, and state of a page: nothing scrolls sideways, all of it can be touched, axe finds nothing.

Those of moderation are test_accessible_moderation.py's. One person goes from page to page, for what begins a
browser's context and fills a group takes as long as a look at a page.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from discuss.accounts.first_admin import new_link
from tests.browser.axe import have_axe_at_hand
from tests.browser.conftest import WIDE
from tests.browser.fit import is_fit_for_everybody
from tests.browser.stage import Stage
from tests.browser.states import STATES
from tests.browser.world import Appear, World, world as world

pytestmark = pytest.mark.timeout(600)

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


def test_a_state_of_a_groups_page(world: World, subtests: pytest.Subtests) -> None:
    page = world.anns.context.new_page()
    for state in STATES:
        with subtests.test(state.__name__):
            world.anns.context.set_offline(False)
            page.set_viewport_size(WIDE)
            world.anns.go_live(page, world.kitchen)
            is_fit_for_everybody(state(world, page) or page)
            assert world.anns.complaints == []
