"""By keyboard alone, on a phone, with a screen reader, in the dark."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from discuss.accounts.first_admin import new_link
from tests.browser.axe import COLOURS, axe_finds_nothing, run_axe
from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import (
    LOST,
    Person,
    banner,
    composer,
    focus,
    has_focus,
    leave,
    log_out,
    messages,
    miss_a_sign,
    open_line_menu,
    open_menu,
    refused,
    send,
)
from tests.browser.stage import PASSWORD, Stage

Appear = Callable[..., Person]

PAGES = (
    "log in",
    "sign up",
    "what is wrong with a form",
    "forgotten password",
    "a mail that is on its way",
    "a link that is used up",
    "a password that was set",
    "an address to confirm",
    "an account that is closed",
    "first admin",
    "log out",
    "account",
    "lobby",
    "nothing found",
    "search",
    "messages found",
    "no message found",
    "senseless search",
    "own menu",
    "group",
    "alone in a group",
    "group's menu",
    "formatting",
    "formatted messages",
    "mentions",
    "names to choose from",
    "a name that was chosen",
    "people",
    "reactions and a pin",
    "who reacted",
    "what is pinned",
    "saved messages",
    "nothing saved",
    "filters",
    "a filter and what it would have caught",
    "a line's menu",
    "editing",
    "a line",
    "what one may do with a line",
    "earlier versions",
    "leaving",
    "new messages below",
    "refused message",
    "connection lost",
    "writing several lines",
    "reconnecting",
    "logged out elsewhere",
    "membership ended",
    "not a member",
    "older lines",
    "part of the log",
    "answering",
    "replies",
    "live updates off",
    "new group",
    "settings",
    "hand over",
    "close group",
    "invitations",
    "invitation",
    "who asks for the password again",
    "nothing there",
)

# What is seen by who is not logged in: where it is.
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


@pytest.fixture
def show(person: Appear, stranger: Appear, stage: Stage) -> Callable[..., Page]:
    """Return a function that opens one of PAGES, with something on it."""

    def show(name: str, **context_args: Any) -> Page:
        if name in OF_STRANGERS:
            page = stranger(**context_args).open(OF_STRANGERS[name](stage))
            if name == "what is wrong with a form":
                page.get_by_label("Username").fill("a b")
                page.get_by_label("Password", exact=True).fill("1")
                page.get_by_label("Password (again)").fill("1")
                page.locator("main").get_by_role("button", name="Sign up").click()
                expect(page.locator(".errorlist").first).to_be_visible()
            return page
        if name in {"account", "who asks for the password again"}:
            # Else there would be one to set. A session from before would end with it.
            stage.give_password(stage.user("ann"))
        anns = person("ann", **context_args)
        bob = stage.user("bob")
        group = stage.group(owner=anns.user, members=[bob])
        other = stage.group("Allotment", description="Seeds and slugs")
        stage.fill(group, bob, 60)
        stage.say(bob, group, "@ann is there soup?")
        said = stage.say(
            anns.user, group, "See https://example.org/ please", "w" * 300, "שלום עולם"
        )
        here = group.get_absolute_url()
        stage.reply(bob, said[2], "Shalom")
        paths = {
            "log out": "/accounts/logout/",
            "account": "/accounts/",
            "lobby": "/",
            "mentions": "/mentions/",
            "nothing found": "/?q=nowhere",
            "search": "/search/",
            "messages found": "/search/?q=please",
            "no message found": "/search/?q=nowhere",
            "senseless search": "/search/?q=after:x",
            "settings": f"{here}settings/",
            "close group": f"{here}close/",
            "not a member": other.get_absolute_url(),
            "older lines": f"{here}?before=20",
            "part of the log": f"{here}30/",
            "replies": f"{here}{said[2].position}/replies/",
            "live updates off": f"{here}?live=off",
            "new group": "/groups/new/",
            "saved messages": "/saved/",
            "nothing saved": "/saved/",
            "hand over": f"{here}hand-over/",
            "nothing there": "/nothing/",
            "who asks for the password again": "/accounts/reauthenticate/",
        }
        if name in {"a line", "what one may do with a line", "earlier versions"}:
            (entry,) = stage.say(anns.user, group, "Soop")
            stage.edit(entry, "Soup")
            end = {"a line": "", "earlier versions": "history/"}.get(name, "menu/")
            paths[name] = f"{here}{entry.position}/{end}"
        if name in {"reactions and a pin", "who reacted", "what is pinned", "saved messages"}:
            (entry,) = stage.say(bob, group, "Cake")
            stage.mark(entry, anns.user, "👍", "🎉")
        if name == "filters":
            paths[name] = f"{here}filters/"
            stage.filter(group, "soup")
        if name == "a filter and what it would have caught":
            paths[name] = f"{here}filters/{stage.filter(group, 'soup')}/"
        if name == "invitations":
            paths[name] = f"{here}invitations/"
            stage.invite(group)
        if name in paths:
            for status in (403, 404):
                anns.allow_answer(status, paths[name])
            # A framed log is loaded once. Where it refreshes itself, it is told that there is nothing new, so
            # that it does not change while it is looked at.
            anns.context.route("**/log/", lambda route: route.fulfill(status=204))
            anns.context.route("**/log/", lambda route: route.continue_(), times=1)
            page = anns.open(paths[name])
            assert "/login/" not in page.url
            return page
        if name == "alone in a group":
            return anns.enter(stage.group("Attic", owner=anns.user))
        page = anns.enter(group)
        if name == "answering":
            open_line_menu(page, "https://example.org/")
            page.get_by_role("link", name="Reply", exact=True).click()
            expect(page.locator("#drafts .quote")).to_be_visible()
        elif name == "own menu":
            page.get_by_role("button", name="Your account").click()
        elif name == "group's menu":
            open_menu(page)
        elif name == "formatting":
            open_menu(page)
            page.get_by_role("button", name="Formatting").click()
            expect(page.get_by_text("A link with words of yours")).to_be_visible()
        elif name == "formatted messages":
            stage.say(anns.user, group, *FORMATTED)
            stage.say(bob, group, *FORMATTED)
            expect(messages(page).last).to_have_text(FORMATTED[-1])
        elif name in {"names to choose from", "a name that was chosen"}:
            page.get_by_role("button", name="Mention somebody").click()
            chosen = page.locator("#names button").first
            expect(chosen).to_be_visible()
            if name == "a name that was chosen":
                chosen.click()
                expect(page.locator("#drafts .head button")).to_be_visible()
        elif name == "who reacted":
            page.get_by_role("button", name="thumbs up, 1: take yours away").focus()
            expect(page.locator("#reacted")).to_contain_text("thumbs up: ann")
        elif name == "what is pinned":
            page.get_by_role("button", name="Pinned 1").click()
            expect(page.get_by_role("heading", name="Pinned messages")).to_be_visible()
        elif name == "people":
            # On a wide page they are there, beside the log.
            page.set_viewport_size(NARROW)
            page.get_by_role("button", name="People").click()
        elif name in {"a line's menu", "editing"}:
            open_line_menu(page, "https://example.org/")
            if name == "editing":
                page.get_by_role("button", name="Edit").click()
                has_focus(page.get_by_label("Edit your message"))
        elif name == "leaving":
            open_menu(page)
            page.get_by_role("button", name="Leave this group").click()
        elif name == "new messages below":
            page.get_by_role("region", name="Messages").evaluate("log => log.scrollTop = -600")
            stage.say(bob, group, "down here")
            expect(page.get_by_role("button", name="New messages")).to_be_visible()
        elif name == "writing several lines":
            composer(person(bob).enter(group)).press_sequentially("x")
            expect(page.locator("#typing")).to_have_text("bob is typing")
            composer(page).fill("Soup")
            page.locator(".longer").click()
            page.keyboard.type("Bread")
        elif name == "connection lost":
            anns.allow(*LOST)
            anns.context.set_offline(True)
            miss_a_sign(page, seconds=22)
            expect(page.get_by_text("Connection lost.")).to_be_attached()
        elif name == "logged out elsewhere":
            log_out(anns.enter())
            expect(page.get_by_role("button", name="Log in again")).to_be_visible()
        elif name == "refused message":
            composer(page).evaluate("field => field.removeAttribute('pattern')")
            composer(page).fill("x" * 4001)
            composer(page).press("Enter")
            expect(refused(page).get_by_role("alert")).to_be_visible()
        elif name == "reconnecting":
            anns.allow(*LOST)
            anns.context.set_offline(True)
            miss_a_sign(page)
            expect(banner(page)).to_be_visible()
        elif name == "membership ended":
            page = anns.enter("/")
            page.get_by_role("button", name="Join Allotment").click()
            page.get_by_role("link", name="Open Allotment").click()
            page.wait_for_url(anns.url + other.get_absolute_url())
            leave(page)
            expect(page.get_by_role("link", name="Join again")).to_be_visible()
        return page

    return show


@pytest.mark.parametrize("name", PAGES)
def test_wide_or_narrow_nothing_scrolls_sideways_or_is_too_small_to_touch_and_axe_finds_nothing(
    show: Callable[..., Page], name: str
) -> None:
    # With a finger: a mouse hits what is smaller.
    page = show(name, has_touch=True)
    for each in page.frames[1:]:
        each.wait_for_load_state()
        each.evaluate(AXE_SCRIPT)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        nothing_scrolls_sideways(page, size["width"])
        everything_is_large_enough_to_touch(page)
        axe_finds_nothing(page)


def nothing_scrolls_sideways(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for scrolled in page.locator(".scroller").all():
        assert scrolled.evaluate("e => e.scrollWidth <= e.clientWidth")


def everything_is_large_enough_to_touch(page: Page) -> None:
    # A link inside a sentence is as high as its line (WCAG 2.5.5 exempts it).
    # What one presses is a label with its words, and all that a `::after` covers.
    small = page.evaluate(
        """() => {
          const covers = ({position, content, inset}) =>
            position === 'absolute' && content !== 'none' && inset === '0px'
          const pressed = e => e.closest('label')
            ?? (covers(getComputedStyle(e, '::after')) ? e.offsetParent : e)
          return [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
            .filter(e => e.checkVisibility())
            .filter(e => !e.closest('p:not(.older), .text, .visually-hidden, .skip-link'))
            .map(e => [pressed(e).getBoundingClientRect(), e.outerHTML])
            // What a menu's transition leaves of a number ends in 99998.
            .filter(([box]) => box.width > 0 && Math.min(box.height, box.width).toFixed(3) < 44)
            .map(([box, html]) => `${box.width} x ${box.height} ${html.slice(0, 120)}`)
        }"""
    )
    assert small == []


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("is_forced", [False, True])
def test_axe_finds_what_is_pale_in_one_look_alone(
    person: Appear, stage: Stage, is_dark: bool, is_forced: bool
) -> None:
    page = person("ann").open("/")
    axe_finds_nothing(page)
    pale = f"(prefers-color-scheme: {'dark' if is_dark else 'light'})"
    pale += f" and (forced-colors: {'active' if is_forced else 'none'})"
    page.evaluate(
        """pale => {
          const sheet = new CSSStyleSheet()
          sheet.replaceSync(`@media ${pale} {
            * {
              forced-color-adjust: none !important;
              background: #888 !important;
              color: #999 !important;
            }
          }`)
          document.adoptedStyleSheets.push(sheet)
        }""",
        pale,
    )
    with pytest.raises(AssertionError, match="color-contrast"):
        axe_finds_nothing(page)


def test_no_other_rule_of_axe_depends_on_colours(person: Appear, stage: Stage) -> None:
    page = person("ann").open("/")
    run_axe(page)
    rules = page.evaluate("axe.getRules(['cat.color']).map(rule => rule.ruleId)")
    # The level AAA, which axe does not ask for by itself.
    assert set(rules) == {*COLOURS, "color-contrast-enhanced"}


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_colours_follow_the_system(
    show: Callable[..., Page], scheme: str, is_dark: bool
) -> None:
    page = show("lobby", color_scheme=scheme)
    red, green, blue = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).slice(0, 3).map(Number)"
    )
    assert (red + green + blue < 3 * 128) is is_dark


def tab_to(page: Page, name: str) -> None:
    """Press Tab until this has the focus, and look at each stop that one can see where one is."""
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(
            """() => {
                const e = document.activeElement
                const style = getComputedStyle(e), box = e.getBoundingClientRect()
                const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
                const isOnScreen = box.bottom > 0 && box.top < innerHeight && box.width > 0
                return e === document.body || (isOutlined && isOnScreen)
            }"""
        ), f"The focus cannot be seen on {focus(page)!r}"
        if focus(page).startswith(name):
            return
    raise AssertionError(f"Tab does not lead to {name!r}.")


def test_the_keyboard_alone_suffices_from_log_in_to_leaving(stranger: Appear, stage: Stage) -> None:
    user = stage.user("ann")
    stage.give_password(user)
    group = stage.group("Kitchen")
    page = stranger().open("/accounts/login/")
    if focus(page) != "Username":
        tab_to(page, "Username")
    page.keyboard.type("ann")
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
    page.wait_for_load_state()
    tab_to(page, "Join Kitchen")
    page.keyboard.press("Enter")
    has_focus(page.get_by_role("link", name="Open Kitchen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kitchen")).to_be_visible()
    page.wait_for_load_state()
    has_focus(composer(page))
    said = []
    for text in ("no mouse here", "none at all"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        said.append(text)
        expect(messages(page)).to_have_text(said)
        expect(composer(page)).to_have_value("")
        has_focus(composer(page))
    tab_to(page, "Send")
    tab_to(page, "About this group")
    page.keyboard.press("Enter")
    tab_to(page, "Leave this group")
    page.keyboard.press("Enter")
    tab_to(page, "Leave")
    page.keyboard.press("Enter")
    has_focus(page.get_by_role("link", name="Join again"))
    assert stage.texts(group) == said


def test_tab_leads_from_the_log_to_the_composer_and_loads_nothing(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    stage.fill(group, anns.user, 60)
    page = anns.enter(group)
    page.get_by_role("region", name="Messages").focus()
    # Past the buttons of all lines.
    tab_to(page, "Skip the messages")
    page.keyboard.press("Enter")
    tab_to(page, "Your message")
    # The newest line is next to the field, the other way.
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    moment = page.locator("#log time").last.get_attribute("datetime") or ""
    assert focus(page) == f"More about the message of {moment[11:19]}"
    # Whatever would come has come with the answer to this one.
    send(page, "here")
    expect(page.locator("#log > li")).to_have_count(51)


def test_what_refreshes_itself_can_be_stopped_by_its_first_control(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    page = anns.open(f"{group.get_absolute_url()}?live=off")
    framed = page.frame_locator("iframe")
    expect(framed.locator("a, button").first).to_have_text("Stop refreshing")
    framed.get_by_role("link", name="Stop refreshing").click()
    expect(framed.get_by_role("link", name="Refresh by itself again")).to_be_visible()
    expect(framed.locator("meta[http-equiv=refresh]")).to_have_count(0)


def test_the_skip_link_leads_past_the_header(person: Appear, stage: Stage) -> None:
    page = person("ann").enter()
    page.keyboard.press("Tab")
    has_focus(page.get_by_role("link", name="Skip to the content"))
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    has_focus(page.get_by_role("searchbox", name="Search the groups"))


def test_a_new_line_is_announced_politely_and_history_is_not(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    stage.say(anns.user, group, "long ago")
    ann, bob = anns.enter(group), bobs.enter(group)
    announcer = ann.locator("[aria-live]")
    expect(announcer).to_have_count(1)
    expect(announcer).to_have_attribute("aria-live", "polite")
    expect(announcer).to_be_empty()
    send(bob, "hear, hear")
    expect(announcer).to_have_text("bob: hear, hear")
    is_inside_a_live_region = (
        "log => !!log.closest('[aria-live], [role=log], [role=status], [role=alert]')"
    )
    assert not ann.locator("#log").evaluate(is_inside_a_live_region)


def test_the_controls_have_names_and_roles(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    page = anns.enter(group)
    expect(page.get_by_role("main")).to_have_count(1)
    for control in (
        page.get_by_role("heading", name="Kitchen", exact=True),
        page.get_by_role("region", name="Messages", exact=True),
        page.get_by_role("textbox", name="Your message", exact=True),
        page.get_by_role("button", name="Send", exact=True),
        page.get_by_role("button", name="About this group", exact=True),
        page.get_by_role("link", name="All groups", exact=True),
        page.get_by_role("button", name="Your account, ann", exact=True),
    ):
        expect(control).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#log")).to_have_role("list")


def test_the_list_of_people_opens_on_a_phone(person: Appear, stage: Stage) -> None:
    anns = person("ann", viewport=NARROW, has_touch=True)
    page = anns.enter(stage.group(members=[anns.user]))
    expect(page.locator("#members")).to_be_hidden()
    page.get_by_role("button", name="People").tap()
    expect(page.locator("#members")).to_be_visible()
    expect(composer(page)).to_be_in_viewport()


def test_beside_a_wide_log_the_people_are_always_there(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    page = anns.enter(stage.group(members=[anns.user]))
    expect(page.locator("#members")).to_be_visible()
