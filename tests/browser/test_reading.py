"""Reading: the log opens at its end, grows upwards as one scrolls, and never moves under one's eyes."""

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from discuss.models import Group
from tests.browser.person import Person, line_ids, messages, send
from tests.browser.stage import Stage

Appear = Callable[..., Person]


def scroller(page: Page) -> Locator:
    return page.get_by_role("region", name="Messages")


def top_of(line: Locator) -> float:
    box = line.bounding_box()
    assert box is not None
    return box["y"]


def line(page: Page, text: str) -> Locator:
    return page.locator("#log").get_by_text(text, exact=True)


def test_the_log_opens_at_its_end_and_stays_there_as_lines_arrive(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    stage.fill(group, anns.user, 200)
    ann, bob = anns.enter(group), bobs.enter(group)
    expect(line(ann, "line 200")).to_be_in_viewport(ratio=1)
    for n in range(5):
        send(bob, f"new {n}")
        expect(line(ann, f"new {n}")).to_be_in_viewport(ratio=1)
    send(ann, "mine")
    expect(line(ann, "mine")).to_be_in_viewport(ratio=1)


def test_scrolling_up_loads_older_lines_to_the_very_first_each_once(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    stage.fill(group, anns.user, 180)
    ann = anns.enter(group)
    scroller(ann).hover()
    # 180 messages, and the two events before them.
    for count in (50, 100, 150, 182):
        expect(ann.locator("#log > li")).to_have_count(count)
        ann.mouse.wheel(0, -20_000)
    expect(ann.get_by_text("This is where the group begins.")).to_be_in_viewport()
    expect(messages(ann)).to_have_text([f"line {n}" for n in range(1, 181)])
    assert len(set(line_ids(ann))) == 182


def test_older_lines_do_not_move_the_line_one_reads(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    stage.fill(group, anns.user, 150)
    ann = anns.enter(group)
    mark = line(ann, "line 105")
    # In one step with the scrolling, so that what loads cannot come in between.
    where = scroller(ann).evaluate(
        """(s, mark) => {
            s.scrollTop = s.clientHeight - s.scrollHeight
            return mark.getBoundingClientRect().y
        }""",
        mark.element_handle(),
    )
    expect(ann.locator("#log > li")).to_have_count(100)
    assert abs(top_of(mark) - where) < 1


def test_a_reader_who_scrolled_up_is_not_moved_when_lines_arrive(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    stage.fill(group, anns.user, 200)
    ann, bob = anns.enter(group), bobs.enter(group)
    scroller(ann).evaluate("s => s.scrollTop = -400")
    mark = line(ann, "line 185")
    where = top_of(mark)
    for n in range(5):
        send(bob, f"new {n}\nwhich is longer")
    expect(messages(ann)).to_have_count(55)
    assert abs(top_of(mark) - where) < 1
    expect(messages(ann).last).not_to_be_in_viewport()


def test_ten_thousand_lines_open_as_fast_as_fifty(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    small, large = (
        stage.group("Small", members=[anns.user]),
        stage.group("Large", members=[anns.user]),
    )
    stage.fill(small, anns.user, 50)
    stage.fill(large, anns.user, 10_000)

    def seconds(group: Group) -> float:
        page = anns.enter(group)
        began = time.monotonic()
        anns.go_live(page)
        took = time.monotonic() - began
        expect(page.locator("#log > li")).to_have_count(50)
        page.close()
        return took

    fast = min(seconds(small) for _ in range(3))
    slow = min(seconds(large) for _ in range(3))
    # Four times as long and a stall would still be nothing; reading all of it takes a hundred times.
    assert slow < 4 * fast + 1
    page = anns.enter(large)
    expect(line(page, "line 10000")).to_be_in_viewport()


def test_days_and_authors_are_grouped(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    for page, text in ((ann, "one"), (ann, "two"), (bob, "three"), (ann, "four")):
        send(page, text)
    expect(messages(ann)).to_have_count(4)
    expect(ann.locator("#log .author")).to_have_text(["ann", "bob", "ann"])
    expect(ann.locator("#log .day")).to_have_count(1)
