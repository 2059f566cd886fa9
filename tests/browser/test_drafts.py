"""What stands in a composer is kept without a press of anything, and who is typing is seen."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from discuss.models import Group, KeptDraft
from tests.browser.person import (
    LOST,
    Person,
    composer,
    has_focus,
    messages,
    miss_a_sign,
    send,
    until,
    waiting,
)
from tests.browser.stage import Stage
from tests.browser.wire import Wire

Appear = Callable[..., Person]


def kept(stage: Stage, group: Group) -> list[str]:
    """Return the drafts that the database has of this group."""
    rows = KeptDraft.objects.filter(membership__group=group)
    return stage(lambda: list(rows.values_list("text", flat=True)))


def beside(page: Page, group: Group) -> None:
    """Click on another group in the list of one's own."""
    page.locator("#own-groups").get_by_role("link", name=group.name).click()
    expect(page.locator("h1")).to_have_text(group.name)


def test_a_draft_is_there_after_a_look_into_another_group(person: Appear, stage: Stage) -> None:
    """The last letters too: nobody waits before they click."""
    ann = person("ann")
    kitchen, attic = stage.group(members=[ann.user]), stage.group("Attic", members=[ann.user])
    page = ann.enter(kitchen)
    composer(page).press_sequentially("Half a sent", delay=30)
    beside(page, attic)
    expect(composer(page)).to_have_value("")
    until(page, lambda: kept(stage, kitchen) == ["Half a sent"], "the draft in the database")
    beside(page, kitchen)
    expect(composer(page)).to_have_value("Half a sent")
    # It is gone as soon as it is sent.
    composer(page).press("Enter")
    expect(messages(page)).to_have_text(["Half a sent"])
    until(page, lambda: kept(stage, kitchen) == [], "an empty table")
    beside(page, attic)
    beside(page, kitchen)
    expect(composer(page)).to_have_value("")


def test_further_lines_go_along(person: Appear, stage: Stage) -> None:
    ann = person("ann")
    kitchen, attic = stage.group(members=[ann.user]), stage.group("Attic", members=[ann.user])
    page = ann.enter(kitchen)
    page.keyboard.type("Soup", delay=20)
    page.locator(".longer").click()
    # Longer than a pause: what follows is told by nothing but the click.
    page.keyboard.type("Bread", delay=20)
    page.wait_for_timeout(1000)
    page.evaluate(
        "for (const name of ['beforeunload', 'pagehide'])"
        " addEventListener(name, event => event.stopImmediatePropagation(), true)"
    )
    page.keyboard.type(" and salt", delay=20)
    beside(page, attic)
    until(page, lambda: kept(stage, kitchen) == ["Soup\nBread and salt"], "the draft")
    beside(page, kitchen)
    expect(composer(page)).to_have_value("Soup\nBread and salt")


def test_a_draft_outlives_a_reload_by_the_keyboard(person: Appear, stage: Stage) -> None:
    """No field is left then, and no moment passes."""
    ann = person("ann")
    kitchen = stage.group(members=[ann.user])
    page = ann.enter(kitchen)
    composer(page).press_sequentially("Half a sent", delay=30)
    page.goto("about:blank")
    until(page, lambda: kept(stage, kitchen) == ["Half a sent"], "the draft in the database")


def test_a_pause_keeps_it_and_another_device_shows_it(person: Appear, stage: Stage) -> None:
    here, there = person("ann"), person("ann")
    kitchen = stage.group(members=[here.user])
    page = here.enter(kitchen)
    composer(page).press_sequentially("Half a sent")
    until(page, lambda: kept(stage, kitchen) == ["Half a sent"], "the draft in the database")
    other = there.enter(kitchen)
    expect(composer(other)).to_have_value("Half a sent")
    # What is typed there touches no field here.
    composer(other).press_sequentially("x")
    until(other, lambda: kept(stage, kitchen) != ["Half a sent"], "the other draft")
    composer(page).click()
    page.keyboard.press("End")
    page.keyboard.type("ence", delay=200)
    expect(composer(page)).to_have_value("Half a sentence")
    until(page, lambda: kept(stage, kitchen) == ["Half a sentence"], "the last one")


def test_a_message_that_is_typed_and_sent_is_one_frame(person: Appear, stage: Stage) -> None:
    """Besides the sign that somebody types: to keep drafts costs messages nothing."""
    ann = person("ann")
    page = ann.enter(stage.group(members=[ann.user]))
    told = listen(page)
    for text in ("one", "two"):
        page.keyboard.type(text, delay=20)
        page.keyboard.press("Enter")
        expect(composer(page)).to_have_value("")
    expect(messages(page)).to_have_text(["one", "two"])
    page.wait_for_timeout(1500)
    assert told() == ["post", "post"]
    # The test could fail: a pause is told.
    composer(page).press_sequentially("three")
    until(page, lambda: told() == ["post", "post", "draft"], "the draft")


def test_who_types_without_a_connection_floods_nobody_when_it_is_back(
    person: Appear, stage: Stage, wire: Wire
) -> None:
    """htmx keeps what it cannot send: a long text would be hundreds of frames at once. It is told once."""
    anns = person("ann", proxy=wire.proxy)
    anns.allow(*LOST)
    page = anns.enter(group := stage.group(members=[anns.user]))
    send(page, "before")
    wire.cut()
    expect(page.locator("#writing > form")).to_have_count(0)
    told = listen(page)
    composer(page).press_sequentially("Half a sentence", delay=300)
    expect(page.locator("#untold > .untold")).to_have_count(1)
    # It is given another socket, too: what waits outlives that.
    wire.mend()
    miss_a_sign(page)
    until(page, lambda: kept(stage, group) == ["Half a sentence"], "the draft in the database")
    expect(page.locator("#untold > .untold")).to_have_count(0)
    assert told().count("draft") == 1
    composer(page).press_sequentially(".")
    until(page, lambda: kept(stage, group) == ["Half a sentence."], "the draft in the database")
    has_focus(composer(page))
    expect(waiting(page)).to_have_count(0)


def test_who_types_while_the_page_is_given_another_socket_is_told_of(
    person: Appear, stage: Stage
) -> None:
    """A page that missed signs of life gets `#live` anew: what waits there for a pause outlives that."""
    anns = person("ann")
    page = anns.enter(group := stage.group(members=[anns.user]))
    told = listen(page)

    def answer_late(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/live/*", answer_late)
    with page.expect_response("**/live/*"):
        miss_a_sign(page)
        composer(page).press_sequentially("Half a sentence")
    until(page, lambda: kept(stage, group) == ["Half a sentence"], "the draft in the database")
    assert "resume" in told()


def listen(page: Page) -> Callable[[], list[str]]:
    """Return a function that returns what the page told from now on, but who types and what is read."""
    page.evaluate(
        "window.told = [];"
        "addEventListener('htmx:wsAfterSend', e => told.push(JSON.parse(e.detail.message).verb))"
    )
    return lambda: [verb for verb in page.evaluate("told") if verb not in {"typing", "read"}]


# --- who is typing ----------------------------------------------------------------------------------


def typing(page: Page) -> str:
    return page.locator("#typing").inner_text().strip()


def test_the_others_see_who_is_typing_and_nobody_sees_themselves(
    person: Appear, stage: Stage
) -> None:
    people = [person(name) for name in ("ann", "bob", "cleo")]
    group = stage.group(members=[each.user for each in people])
    ann, bob, cleo = [each.enter(group) for each in people]
    composer(ann).press_sequentially("So")
    for page in (bob, cleo):
        expect(page.locator("#typing")).to_have_text("ann is typing")
    until(ann, lambda: ann.locator("#typing > *").count() == 1, "the same bytes")
    assert typing(ann) == ""
    composer(bob).press_sequentially("Sa")
    until(cleo, lambda: typing(cleo) == "ann and bob are typing", "both")
    until(ann, lambda: typing(ann) == "bob is typing", "the other")
    until(bob, lambda: typing(bob) == "ann is typing", "the other")
    composer(cleo).press_sequentially("x")
    until(ann, lambda: typing(ann) == "Several people are typing", "all of them")
    # A message ends it, and so does a pause.
    composer(ann).press("Enter")
    composer(bob).press("Enter")
    until(ann, lambda: typing(ann) == "cleo is typing", "the last one")
    until(ann, lambda: typing(ann) == "", "silence")


def test_a_sign_moves_nothing(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    stage.fill(group, anns.user, 60)
    ann, bob = anns.enter(group), bobs.enter(group)
    bob.wait_for_load_state("networkidle")
    place = "() => [...document.querySelectorAll('.line, .composer')].map(e => e.getBoundingClientRect().y)"
    before = bob.evaluate(place)
    composer(ann).press_sequentially("So")
    expect(bob.locator("#typing")).to_have_text("ann is typing")
    assert bob.evaluate(place) == before
    assert (
        bob.evaluate("document.querySelector('#typing').closest('[aria-live], [role=status]')")
        is None
    )
