"""What one looks at stays where it is, while lines, people and numbers come: no layout shift is counted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person, messages, send
from tests.browser.stage import Stage

Appear = Callable[..., Person]

# Chromium alone has it: https://wicg.github.io/layout-instability/
pytestmark = pytest.mark.only_browser("chromium")

WATCH = """
window.moved = []
window.place = ({x, y, width, height}) => `${x} ${y} ${width} ${height}`
window.source = ({node, previousRect, currentRect}) =>
    `from ${place(previousRect)} to ${place(currentRect)} ${node?.outerHTML?.slice(0, 80) ?? node?.data}`
window.note = entries => moved.push(...entries.map(each => `${each.value}: ${each.sources.map(source)}`))
window.watcher = new PerformanceObserver(list => note(list.getEntries()))
watcher.observe({type: "layout-shift", buffered: true})
"""


def moved(page: Page) -> list[str]:
    """Return what moved since the page began to load, whether or not its person did something."""
    found: list[str] = page.evaluate(
        """async () => {
            for (const _ of [1, 2]) await new Promise(requestAnimationFrame)
            note(watcher.takeRecords())
            return moved
        }"""
    )
    return found


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_nothing_moves_while_lines_people_history_and_counts_come(
    person: Appear, stage: Stage, size: ViewportSize
) -> None:
    anns, bobs = person("ann", viewport=size, reduced_motion="no-preference"), person("bob")
    anns.context.add_init_script(WATCH)
    group = stage.group(members=[anns.user, bobs.user])
    other = stage.group("Allotment", members=[anns.user, bobs.user])
    stage.fill(group, bobs.user, 120)
    ann, lobby = anns.enter(group), anns.enter()
    bob = bobs.enter(group)
    expect(ann.locator("#here-names bdi")).to_have_text(["ann", "bob"])
    send(bob, "at the end")
    expect(messages(ann).last).to_have_text("at the end")
    log = ann.get_by_role("region", name="Messages")
    log.evaluate("log => log.scrollTop = -log.scrollHeight")
    expect(messages(ann)).to_have_count(101)
    send(bob, "below")
    expect(ann.get_by_role("button", name="New messages")).to_be_visible()
    bobs.go_live(bob, other)
    expect(ann.locator("#here-names bdi")).to_have_text(["ann"])
    send(bob, "unread")
    for page in (ann, lobby):
        expect(page.locator(f"#unread-{other.uuid}")).to_have_text("1 unread")
    for page in (ann, lobby):
        assert moved(page) == []


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_nothing_moves_while_a_page_comes_slowly(
    person: Appear, stage: Stage, size: ViewportSize
) -> None:
    anns, bob = person("ann", viewport=size, reduced_motion="no-preference"), stage.user("bob")
    anns.context.add_init_script(WATCH)
    group = stage.group(members=[anns.user, bob])
    stage.fill(group, bob, 120)
    page = anns.enter()
    network = anns.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": 5000, "uploadThroughput": 100_000}
    network.send("Network.emulateNetworkConditions", slow)
    address = group.get_absolute_url()
    for path, shown in (
        (address, messages(page).last),
        # Without JavaScript it is in a frame.
        (f"{address}log/", messages(page).last),
        ("/", page.get_by_text(group.name).first),
    ):
        page.goto(anns.url + path)
        expect(shown).to_be_visible()
        assert moved(page) == []


def test_what_moves_is_seen(person: Appear, stage: Stage) -> None:
    anns = person("ann", reduced_motion="no-preference")
    anns.context.add_init_script(WATCH)
    lobby = anns.enter(stage.group(members=[anns.user]))
    lobby.locator(".room-head").evaluate("head => head.before('Something above all else')")
    assert moved(lobby)
