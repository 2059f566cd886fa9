"""What is typed is what is sent: whoever types straight on after Enter loses no letter, and adds none."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from discuss.models import Group, User
from tests.browser.person import (
    LOST,
    Person,
    composer,
    has_focus,
    messages,
    miss_a_sign,
    refused,
    until,
    waiting,
)
from tests.browser.stage import Stage
from tests.browser.wire import Wire

Appear = Callable[..., Person]

SENTENCES = ("hello", "are you there", "ok", "so what now", "bye")
# Seconds that everything is on its way, each way; and milliseconds from one key to the next, Enter included.
PACES = [(0.0, 80), (0.3, 80), (1.0, 200)]
FURTHER_PACES = [(0.1, 120), (0.3, 180), (1.0, 80)]
further_pace = pytest.mark.further_pace


# How often a scene is played at most.
TRIES = 20
numbers = count(1)
pytestmark = pytest.mark.timeout(900)
# Milliseconds that the slowest Enter took to give the next field.
WATCH = """() => {
    if ("slowest" in window) { window.slowest = 0; return }
    let entered = 0;
    window.slowest = window.pending = 0;
    document.addEventListener("keydown", event => {
        if (event.key === "Enter") { entered = event.timeStamp; window.pending += 1 }
    }, true);
    document.addEventListener("htmx:afterSwap", event => {
        if (event.target.id !== "drafts") return;
        window.slowest = Math.max(window.slowest, performance.now() - entered);
        window.pending -= 1;
    });
}"""


class StoodStill(Exception):
    """The browser had no time for a key before the next one came, so nobody could have typed like that."""


def type_on(page: Page, *sentences: str, rest: str = "", pace: int = 80) -> None:
    """Type the sentences without a pause, each with an Enter, and the rest without one.

    Raises StoodStill. A page that is slow by itself is so each time.
    """
    page.evaluate(WATCH)
    for sentence in sentences:
        page.keyboard.type(sentence, delay=pace)
        page.keyboard.press("Enter", delay=pace)
    page.keyboard.type(rest, delay=pace)
    # Not by wait_for_function: it asks a second time by eval(), which the policy of the page forbids.
    until(page, lambda: page.evaluate("window.pending <= 0"), "all that was sent stands below")
    if page.evaluate("window.slowest") >= pace:
        raise StoodStill


def new_group(stage: Stage, *members: User) -> Group:
    """Make another group for each time that a scene is played."""
    return stage.group(f"Kitchen {next(numbers)}", members=members)


def played_in_time[**P](scene: Callable[P, None]) -> Callable[P, None]:
    """Play a scene anew in which the machine stood still."""

    @wraps(scene)
    def play(*args: P.args, **kwargs: P.kwargs) -> None:
        for _ in range(TRIES - 1):
            with suppress(StoodStill):
                return scene(*args, **kwargs)
        return scene(*args, **kwargs)

    return play


@pytest.mark.parametrize(
    ("delay", "pace"),
    [*PACES, *(pytest.param(*each, marks=further_pace) for each in FURTHER_PACES)],
)
@played_in_time
def test_sentences_that_are_typed_straight_on_arrive_as_they_were_typed(
    person: Appear, stage: Stage, wire: Wire, delay: float, pace: int
) -> None:
    wire.delay = 0.0
    anns, bobs = person("ann", proxy=wire.proxy), person("bob")
    group = new_group(stage, anns.user, bobs.user)
    ann, bob = anns.enter(group), bobs.enter(group)
    wire.delay = delay
    type_on(ann, *SENTENCES, rest="not yet", pace=pace)
    for page in (ann, bob):
        expect(messages(page)).to_have_text(SENTENCES)
    expect(waiting(ann)).to_have_count(0)
    expect(composer(ann)).to_have_value("not yet")
    has_focus(composer(ann))
    assert stage.texts(group) == list(SENTENCES)


@played_in_time
def test_a_connection_that_dies_behind_a_message_costs_nothing(
    person: Appear, stage: Stage, wire: Wire
) -> None:
    """The page sends again what was not answered, as soon as it has another socket."""
    wire.delay = 0.0
    anns, bobs = person("ann", proxy=wire.proxy), person("bob")
    anns.allow(*LOST)
    group = new_group(stage, anns.user, bobs.user)
    ann, bob = anns.enter(group), bobs.enter(group)
    type_on(ann, "before")
    expect(messages(ann)).to_have_text(["before"])
    # Some arrive and their answers do not; some do not arrive.
    wire.delay = 0.5
    type_on(ann, "one")
    expect(messages(bob)).to_have_text(["before", "one"])
    wire.silence()
    type_on(ann, "two", "three", "four", "five", "six", rest="half a sent")
    wire.delay = 0.0
    miss_a_sign(ann)
    said = ["before", "one", "two", "three", "four", "five", "six"]
    for page in (ann, bob):
        expect(messages(page)).to_have_text(said)
    expect(waiting(ann)).to_have_count(0)
    expect(composer(ann)).to_have_value("half a sent")
    has_focus(composer(ann))
    assert stage.texts(group) == said


@played_in_time
def test_an_error_that_comes_back_meanwhile_touches_nothing(
    person: Appear, stage: Stage, wire: Wire
) -> None:
    wire.delay = 0.0
    anns = person("ann", proxy=wire.proxy)
    group = new_group(stage, anns.user)
    ann = anns.enter(group)
    # Nobody types so much before the page is there with all that it has.
    ann.wait_for_load_state("networkidle")
    wire.delay = 0.3
    composer(ann).evaluate("field => field.removeAttribute('pattern')")
    composer(ann).fill("x" * 4001)
    ann.keyboard.press("Enter", delay=80)
    type_on(ann, "hello", "are you there", rest="half a sent")
    expect(refused(ann).get_by_role("textbox")).to_have_value("x" * 4001)
    expect(messages(ann)).to_have_text(["hello", "are you there"])
    expect(composer(ann)).to_have_value("half a sent")
    has_focus(composer(ann))


@played_in_time
def test_one_message_after_the_other_is_shown_as_sending_and_the_log_keeps_its_order(
    person: Appear, stage: Stage, wire: Wire, browser_name: str
) -> None:
    wire.delay = 0.0
    anns = person("ann", proxy=wire.proxy)
    group = new_group(stage, anns.user)
    ann = anns.enter(group)
    # The next field has to be in the browser's cache before the wire slows down.
    ann.wait_for_load_state("networkidle")
    wire.delay = 2.0
    type_on(ann, "one", "two")
    expect(ann.get_by_text("Sending…").first).to_be_visible()
    assert waiting(ann).evaluate_all("fields => fields.map(field => field.value)") == ["one", "two"]
    if browser_name == "chromium":
        # Not to be changed any more, where a style sheet can say so (`interactivity`).
        ann.keyboard.press("Shift+Tab")
        are_active = "fields => fields.includes(document.activeElement)"
        assert not waiting(ann).evaluate_all(are_active)
    wire.delay = 0.0
    expect(messages(ann)).to_have_text(["one", "two"])
    expect(ann.get_by_text("Sending…").first).to_be_hidden()
