"""By keyboard alone, on a phone, with a screen reader, in the dark; that axe finds what it is there for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import COLOURS, LOOKS, axe_finds_nothing, run_axe
from tests.browser.conftest import NARROW
from tests.browser.person import (
    Person,
    composer,
    focus,
    has_focus,
    messages,
    send,
)
from tests.browser.stage import PASSWORD, Stage

Appear = Callable[..., Person]


def wear(page: Page, media: str, rules: str) -> None:
    """Have the page follow these rules, where somebody looks at it so, and no others of the kind."""
    page.evaluate(
        """css => {
          const sheet = new CSSStyleSheet()
          sheet.replaceSync(css)
          document.adoptedStyleSheets = [sheet]
        }""",
        f"@media {media} {{ {rules} }}",
    )


def test_axe_finds_what_is_wrong_in_one_look_alone(person: Appear, stage: Stage) -> None:
    page = person("ann").open("/")
    axe_finds_nothing(page)
    pale = """* {
        forced-color-adjust: none !important;
        background: #888 !important;
        color: #999 !important;
    }"""
    for scheme, forced in LOOKS:
        look = f"(prefers-color-scheme: {scheme}) and (forced-colors: {forced})"
        wear(page, look, pale)
        with pytest.raises(AssertionError, match=f"{scheme}, {forced}(?s:.*)color-contrast"):
            axe_finds_nothing(page)
        # What no colour is wrong with.
        wear(page, look, "button * { display: none }")
        with pytest.raises(AssertionError, match=f"{scheme}, {forced}(?s:.*)button-name"):
            axe_finds_nothing(page)


def test_no_other_rule_of_axe_depends_on_colours(person: Appear, stage: Stage) -> None:
    page = person("ann").open("/")
    run_axe(page)
    rules = page.evaluate("axe.getRules(['cat.color']).map(rule => rule.ruleId)")
    # The level AAA, which axe does not ask for by itself.
    assert set(rules) == {*COLOURS, "color-contrast-enhanced"}


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_colours_follow_the_system(
    person: Appear, stage: Stage, scheme: str, is_dark: bool
) -> None:
    page = person("ann", color_scheme=scheme).open("/")
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
