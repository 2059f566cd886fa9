"""The first sign of a lost connection: a dot at the heading, before there is a banner."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.person import LOST, Person, banner, miss_a_sign, until
from tests.browser.stage import Stage
from tests.browser.wire import Wire
from tests.server import Server

Appear = Callable[..., Person]

DOT = """heading => {
    const dot = getComputedStyle(heading, "::before"), box = heading.getBoundingClientRect()
    const left = box.left + parseFloat(dot.left), top = box.top + parseFloat(dot.top)
    return dot.content === '""' && left >= 0 && top >= 0 && top < innerHeight
}"""


def is_shown(page: Page) -> bool:
    """Whether the dot is there, where it can be seen."""
    heading = page.locator(".room-head > .about, .lobby-head > h1")
    shown: bool = heading.evaluate(DOT)
    return shown


def has_dot(page: Page) -> None:
    until(page, lambda: is_shown(page), "the dot")


def has_no_dot(page: Page) -> None:
    until(page, lambda: not is_shown(page), "the end of the dot")


def test_a_dot_shows_while_the_server_is_away_and_goes_by_itself(
    person: Appear, stage: Stage, server: Server
) -> None:
    anns = person("ann")
    anns.allow(*LOST)
    ann, lobby = anns.enter(stage.group(members=[anns.user])), anns.enter()
    for page in (ann, lobby):
        has_no_dot(page)
    server.stop()
    for page in (ann, lobby):
        has_dot(page)
        expect(banner(page)).to_be_hidden()
    server.start()
    for page in (ann, lobby):
        has_no_dot(page)


def test_a_dot_shows_when_a_sign_of_life_is_late(person: Appear, stage: Stage, wire: Wire) -> None:
    anns = person("ann", proxy=wire.proxy)
    anns.allow(*LOST)
    ann = anns.enter(stage.group(members=[anns.user]))
    wire.silence(refuses=True)
    miss_a_sign(ann, seconds=22)
    has_dot(ann)
    expect(banner(ann)).to_be_hidden()
    wire.mend()
    miss_a_sign(ann)
    has_no_dot(ann)


def test_a_lost_connection_is_said_politely_and_once_however_often_the_page_tries(
    person: Appear, stage: Stage, wire: Wire
) -> None:
    anns = person("ann", proxy=wire.proxy)
    anns.allow(*LOST)
    ann = anns.enter(stage.group(members=[anns.user]))
    status = ann.locator("#status")
    expect(status).to_have_role("status")
    expect(status).to_have_attribute("aria-atomic", "false")
    ann.evaluate(
        """() => {
            window.lost = 0
            window.said = []
            addEventListener("htmx:wsClose", () => lost++)
            new MutationObserver(all => all.forEach(each => each.addedNodes.forEach(
                node => node.textContent.trim() && said.push(node.textContent.trim())
            ))).observe(document.querySelector("#status"), {childList: true, subtree: true})
        }"""
    )
    wire.cut()
    until(ann, lambda: ann.evaluate("lost > 2 && said.length"), "more than one try")
    assert ann.evaluate("said") == ["Connection lost."]
