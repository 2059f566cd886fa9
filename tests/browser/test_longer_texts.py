"""Texts two fifths longer than ours, as translations are: nothing is cut off, nor covers a button."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as project_settings
from playwright.sync_api import Page, ViewportSize

from tests.browser.person import Person
from tests.browser.stage import Stage
from tests.server import Server

Appear = Callable[..., Person]

SIZES: tuple[ViewportSize, ...] = ({"width": 320, "height": 640}, {"width": 1280, "height": 800})
PAGES = [
    "log in",
    "sign up",
    "lobby",
    "empty lobby",
    "group",
    "older lines",
    "live updates off",
    "settings",
    "close",
    "hand over",
    "new group",
    "not a member",
    "account",
    "nothing there",
]
OF_STRANGERS = {"log in": "/accounts/login/", "sign up": "/accounts/signup/"}
LIVE = {"lobby", "empty lobby", "group"}

# Each box of text that somebody can see, and what is wrong with it.
FAULTS = """() => {
    // What is clipped away is for screen readers.
    const seen = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true})
        && getComputedStyle(e).clipPath !== 'inset(50%)'
        && !e.closest('.visually-hidden, .skip-link, [popover]:not(:popover-open)')
    const name = e => e.outerHTML.replace(/\\s+/g, ' ').slice(0, 160)
    const faults = []
    const root = document.documentElement
    if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} wide`)
    const isControl = 'a.button, button, summary, select, input:not([type=hidden])'
    const controls = [...document.querySelectorAll(isControl)]
        .filter(e => seen(e) && e.getBoundingClientRect().width > 0)
    for (const e of document.querySelectorAll('body *')) {
        if (!seen(e) || !e.clientWidth) continue
        const style = getComputedStyle(e)
        const hides = style.overflowX === 'hidden' || style.overflowX === 'clip'
        // What people wrote may end in dots.
        const isWritten = e.closest('.name, .brand, nav, .room-head .about, .group .about')
        if (hides && !isWritten && e.scrollWidth > e.clientWidth + 1)
            faults.push(`cut off: ${name(e)}`)
        const spills = e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1
        if (spills && e.matches('a.button, button'))
            faults.push(`out of its button: ${name(e)}`)
        const box = e.getBoundingClientRect()
        if (box.right > innerWidth + 1 || box.left < -1) faults.push(`outside of the window: ${name(e)}`)
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const boxes = []
    while (texts.nextNode()) {
        const text = texts.currentNode, e = text.parentElement
        const isElsewhere = e.closest('.scroller, .room-head .about, noscript, style')
        if (!text.data.trim() || !seen(e) || isElsewhere) continue
        const range = document.createRange()
        range.selectNodeContents(text)
        for (const box of range.getClientRects()) if (box.width) boxes.push([e, box])
    }
    for (const [e, box] of boxes) {
        const button = e.closest('a.button, button')
        if (!button || parseFloat(getComputedStyle(button).paddingLeft) < 4) continue
        const {left, right} = button.getBoundingClientRect()
        if (box.left < left + 4 || box.right > right - 4) faults.push(`at the edge of ${name(button)}`)
    }
    const heading = document.querySelector('.room-head h1')
    if (heading && heading.clientWidth < 90) faults.push(`no room for ${name(heading)}`)
    const field = document.querySelector('#drafts input, .search input')
    if (field && getComputedStyle(field).textOverflow !== 'ellipsis') faults.push('a hint that is cut off')
    for (const control of controls) {
        const b = control.getBoundingClientRect()
        for (const [e, box] of boxes) {
            if (control.contains(e) || e.contains(control)) continue
            const wide = Math.min(b.right, box.right) - Math.max(b.left, box.left)
            const high = Math.min(b.bottom, box.bottom) - Math.max(b.top, box.top)
            if (wide > 2 && high > 3 && !control.closest('.scroller') && !e.closest('.newest'))
                faults.push(`${name(e)} stands on ${name(control)}`)
        }
    }
    return faults
}"""


@pytest.fixture(scope="module")
def _one_server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("foreign"), SECRET_KEY=project_settings.SECRET_KEY)
    server.environment["DJANGO_SETTINGS_MODULE"] = "tests.browser.foreign_settings"
    server.start_with(migrated)
    yield server
    server.stop()


@pytest.mark.timeout(600)
def test_longer_texts_have_room(
    person: Appear, stranger: Appear, stage: Stage, subtests: pytest.Subtests
) -> None:
    # Else there would be one to set. A session from before would end with it.
    stage.give_password(stage.user("ann"))
    anns, strangers = person("ann"), stranger()
    group = stage.group(owner=anns.user, members=[stage.user("bob"), stage.user("cleo")])
    other = stage.group("Allotment", description="Seeds and slugs")
    stage.fill(group, stage.user("bob"), 60)
    here = group.get_absolute_url()
    paths = {
        "lobby": "/",
        "empty lobby": "/?q=nowhere",
        "group": here,
        "older lines": f"{here}?before=20",
        "live updates off": f"{here}?live=off",
        "settings": f"{here}settings/",
        "close": f"{here}close/",
        "hand over": f"{here}hand-over/",
        "new group": "/groups/new/",
        "not a member": other.get_absolute_url(),
        "account": "/accounts/",
        "nothing there": "/nothing/",
    }
    anns.allow_answer(404, "/nothing/")
    anns.allow_answer(403, other.get_absolute_url())
    page, foreign = anns.context.new_page(), strangers.context.new_page()
    for name in PAGES:
        with subtests.test(name):
            if name in OF_STRANGERS:
                foreign.goto(strangers.url + OF_STRANGERS[name])
                has_room(foreign)
                continue
            if name in LIVE:
                anns.go_live(page, paths[name])
            else:
                page.goto(anns.url + paths[name])
            assert "/login/" not in page.url
            has_room(page)
    assert anns.complaints == []


def has_room(page: Page) -> None:
    assert page.locator("html").get_attribute("lang") == "xx"
    found = {}
    for size in SIZES:
        page.set_viewport_size(size)
        found[size["width"]] = page.evaluate(FAULTS)
    assert found == {size["width"]: [] for size in SIZES}
