"""What a group wears, as a browser shows it: at once, in both themes, and at every width."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.fit import is_fit_for_everybody
from tests.browser.person import Person, until
from tests.browser.stage import Stage

Appear = Callable[..., Person]

ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--discuss-accent')"
SHEET = "#skin"


def choose(owner: Person, address: str, title: str) -> None:
    page = owner.open(address)
    page.get_by_role("radio", name=re.compile(f"^{title}")).check()
    page.get_by_role("button", name="Save the looks").click()
    page.wait_for_url(re.compile("/groups/[^/]+/$"))
    page.close()


def test_an_open_page_wears_it_at_once_and_keeps_what_is_being_typed(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    page = bobs.enter(group)
    before = page.evaluate(ACCENT)
    field = page.get_by_role("textbox", name="Your message")
    field.fill("What I am about to say")
    choose(anns, f"{group.get_absolute_url()}settings/", "Bubbles")
    expect(page.locator(SHEET)).to_have_attribute("href", re.compile("skins/bubbles/"))
    until(page, lambda: page.evaluate(ACCENT) != before, "the skin's colour")
    expect(field).to_have_value("What I am about to say")
    choose(anns, f"{group.get_absolute_url()}settings/", "As the site")
    until(page, lambda: page.evaluate(ACCENT) == before, "the site's colour")
    expect(field).to_have_value("What I am about to say")


@pytest.mark.parametrize("skin", sorted(settings.SKINS))
def test_everybody_can_read_and_use_what_wears_it(skin: str, person: Appear, stage: Stage) -> None:
    anns, bob = person("ann", has_touch=True), stage.user("bob")
    group = stage.group(owner=anns.user, members=[bob], skin=skin)
    stage.say(bob, group, "Soup", "With **bread** and [butter](https://example.org/)", "@ann yes?")
    said = stage.say(anns.user, group, "w" * 300, "שלום עולם", "`salt`")
    stage.reply(bob, said[0], "That is long")
    stage.mark(said[1], anns.user, "👍", "🎉")
    page = anns.enter(group)
    expect(page.locator(SHEET)).to_have_attribute("href", re.compile(f"skins/{skin}/"))
    is_fit_for_everybody(page)
