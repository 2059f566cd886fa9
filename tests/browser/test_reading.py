"""Reading: the log opens at its end, grows upwards as one scrolls, and never moves under one's eyes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, Page, Response, expect

from discuss.models import Group
from tests.browser.person import Person, frames_of, line_ids, log_of, messages, send, until
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


def test_who_scrolled_up_and_posts_is_taken_to_the_end(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    stage.fill(group, anns.user, 200)
    ann, bob = anns.enter(group), bobs.enter(group)
    scroller(ann).evaluate("s => s.scrollTop = -600")
    send(bob, "unseen")
    expect(line(ann, "unseen")).not_to_be_in_viewport()
    send(ann, "mine")
    expect(line(ann, "mine")).to_be_in_viewport(ratio=1)
    send(bob, "seen")
    expect(line(ann, "seen")).to_be_in_viewport(ratio=1)


def test_who_scrolled_up_is_shown_a_way_to_the_newest(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    stage.fill(group, anns.user, 100)
    ann = anns.enter(group)
    # At the end it is cut off, or not there at all.
    newest = ann.locator(".newest")
    expect(newest).to_be_attached()
    expect(newest).not_to_be_in_viewport()
    scroller(ann).evaluate("s => s.scrollTop = -600")
    expect(newest).to_be_in_viewport(ratio=1)
    newest.click()
    expect(line(ann, "line 100")).to_be_in_viewport(ratio=1)
    expect(newest).not_to_be_in_viewport()


def test_who_scrolled_up_is_told_of_lines_below_until_they_are_seen(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    stage.fill(group, anns.user, 200)
    ann, bob = anns.enter(group), bobs.enter(group)
    newest, news = ann.get_by_text("Newest"), ann.get_by_text("New messages")
    ann.evaluate(
        "document.body.addEventListener('htmx:beforeSwap', event => {"
        "  if (event.target.matches('.unseen')) document.body.dataset.looked = 'yes' })"
    )
    # What is seen as it comes is not told of when one scrolls up later, nor are older lines.
    send(bob, "seen")
    expect(line(ann, "seen")).to_be_in_viewport(ratio=1)
    expect(ann.locator("[data-looked]")).to_be_attached()
    expect(ann.locator(".unseen")).to_have_count(0)
    scroller(ann).evaluate("s => s.scrollTop = -s.scrollHeight")
    expect(messages(ann).filter(has_text="line 140")).to_have_count(1)
    scroller(ann).evaluate("s => s.scrollTop = -900")
    expect(newest).to_be_visible()
    expect(news).to_be_hidden()
    send(bob, "unseen")
    expect(news).to_be_visible()
    expect(newest).to_be_hidden()
    news.click()
    expect(line(ann, "unseen")).to_be_in_viewport(ratio=1)
    expect(ann.locator(".unseen")).to_have_count(0)
    scroller(ann).evaluate("s => s.scrollTop = -900")
    expect(newest).to_be_visible()


def test_scrolling_up_loads_older_lines_to_the_very_first_each_once(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    stage.fill(group, anns.user, 180)
    ann = anns.enter(group)
    # 180 messages, and the two events before them.
    for count in (50, 100, 150, 182):
        expect(ann.locator("#log > li")).to_have_count(count)
        scroller(ann).evaluate("s => s.scrollTop = s.clientHeight - s.scrollHeight")
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


def test_a_page_of_ten_thousand_lines_weighs_as_much_as_one_of_a_hundred(
    person: Appear, stage: Stage
) -> None:
    """What they cost the database is tests/test_pages.py's."""
    anns = person("ann")
    small, large = (
        stage.group("Small", members=[anns.user]),
        stage.group("Large", members=[anns.user]),
    )
    stage.fill(small, anns.user, 100)
    stage.fill(large, anns.user, 10_000)

    def load(group: Group) -> tuple[Page, int, int]:
        """Return the page, its elements, and the bytes that came."""
        page = anns.context.new_page()
        loaded: list[Response] = []
        page.on("response", lambda response: loaded.append(response))
        anns.go_live(page, group)
        # Who is here is the last that comes.
        expect(page.locator("#here .visually-hidden")).to_have_text(["ann"])
        until(page, lambda: any('id="here"' in frame for frame in frames_of(page)), "who is here")
        expect(page.locator("#log > li")).to_have_count(50)
        document = next(r for r in loaded if r.url == page.url)
        return (
            page,
            page.locator(".room *").count(),
            len(document.body()) + sum(map(len, frames_of(page))),
        )

    _, few_elements, few_bytes = load(small)
    page, elements, size = load(large)
    assert elements == few_elements
    # Greater numbers are longer.
    assert size < 1.1 * few_bytes
    expect(line(page, "line 10000")).to_be_in_viewport()


def test_days_and_authors_are_grouped(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    noon = datetime(2024, 3, 1, 12, tzinfo=UTC)
    lines = (
        (anns.user, "one", noon),
        (anns.user, "two", noon + timedelta(minutes=9)),
        (bobs.user, "three", noon + timedelta(minutes=10)),
        (anns.user, "four", noon + timedelta(minutes=11)),
        (anns.user, "after a pause", noon + timedelta(minutes=21)),
        (anns.user, "next day", noon + timedelta(days=1)),
    )
    stage.put(group, *lines)
    ann, bob = anns.enter(group), bobs.enter(group)
    expect(messages(ann)).to_have_count(6)
    expect(ann.locator("#log .author")).to_have_text(["ann", "bob", "ann", "ann", "ann"])
    expect(ann.locator("#log .message-line .day")).to_have_text(
        ["Friday, 1 March 2024", "Saturday, 2 March 2024"]
    )
    # What is said now may stand on two days: it is grouped as a fresh load would have it.
    for page, text in ((ann, "five"), (ann, "six"), (bob, "seven"), (ann, "eight")):
        send(page, text)
    expect(messages(ann)).to_have_count(10)
    fresh = anns.enter(group)
    until(ann, lambda: log_of(ann) == log_of(fresh), "a log like that of a fresh load")
