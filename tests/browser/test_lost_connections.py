"""Connections are cut, fall silent, and come back; servers restart. Nothing is lost, nothing comes twice."""

from collections.abc import Callable
from functools import partial

from playwright.sync_api import Page, expect

from tests.browser.person import (
    LOST,
    Person,
    banner,
    composer,
    focus,
    has_focus,
    line_ids,
    log_of,
    messages,
    miss_a_sign,
    send,
    until,
    waiting,
)
from tests.browser.stage import Stage
from tests.browser.wire import Wire
from tests.server import Server

Appear = Callable[..., Person]


def equals_a_fresh_load(person: Person, page: Page) -> None:
    fresh = person.enter(page.url.removeprefix(person.url))
    until(page, lambda: log_of(page) == log_of(fresh), "a log like that of a fresh load")

    def agree(part: str) -> bool:
        return page.locator(part).inner_text() == fresh.locator(part).inner_text()

    for part in ("#members", "#group-about", "#here"):
        # Both may move yet: who is here is told once a second.
        until(page, partial(agree, part), f"{part} as of a fresh load")
    fresh.close()


def test_what_was_missed_arrives_once_and_in_order_and_the_typed_text_stays(
    person: Appear, stage: Stage, wire: Wire
) -> None:
    anns, bobs = person("ann"), person("bob", proxy=wire.proxy)
    bobs.allow(*LOST)
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    send(bob, "before")
    expect(messages(ann)).to_have_text(["before"])

    wire.cut()
    composer(bob).fill("half a sent")
    for text in ("one", "two", "three"):
        send(ann, text)
    expect(messages(bob)).to_have_text(["before"])
    wire.mend()
    expect(messages(bob)).to_have_text(["before", "one", "two", "three"])
    expect(composer(bob)).to_have_value("half a sent")
    has_focus(composer(bob))
    bob.keyboard.type("ence")
    bob.keyboard.press("Enter")
    for page in (ann, bob):
        expect(messages(page)).to_have_text(["before", "one", "two", "three", "half a sentence"])
    equals_a_fresh_load(bobs, bob)


def test_a_message_sent_while_offline_arrives_once(
    person: Appear, stage: Stage, wire: Wire
) -> None:
    anns, bobs = person("ann"), person("bob", proxy=wire.proxy)
    bobs.allow(*LOST)
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    wire.cut()
    bobs.loses(bob)
    composer(bob).fill("from the tunnel")
    send(ann, "meanwhile")
    composer(bob).press("Enter")
    expect(waiting(bob)).to_have_value("from the tunnel")
    expect(bob.get_by_text("Sending…").first).to_be_visible()
    expect(composer(bob)).to_have_value("")
    has_focus(composer(bob))
    # An impatient finger finds nothing more to send.
    composer(bob).press("Enter")
    wire.mend()
    expect(waiting(bob)).to_have_count(0)
    for page in (ann, bob):
        expect(messages(page)).to_have_text(["meanwhile", "from the tunnel"])
    send(bob, "out again")
    for page in (ann, bob):
        expect(messages(page)).to_have_text(["meanwhile", "from the tunnel", "out again"])
    assert line_ids(ann) == line_ids(bob)


def test_a_browser_that_works_offline_catches_up(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    bobs.allow(*LOST)
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    bobs.context.set_offline(True)
    send(ann, "one")
    composer(bob).fill("two")
    composer(bob).press("Enter")
    expect(messages(ann)).to_have_text(["one"])
    expect(messages(bob)).to_have_count(0)
    expect(waiting(bob)).to_have_value("two")
    expect(composer(bob)).to_have_value("")
    bobs.context.set_offline(False)
    expect(waiting(bob)).to_have_count(0)
    send(bob, "three")
    for page in (ann, bob):
        expect(messages(page)).to_have_text(["one", "two", "three"])


def test_someone_away_for_very_long_gets_the_latest_lines_and_keeps_what_they_typed(
    person: Appear, stage: Stage, wire: Wire
) -> None:
    anns, bobs = person("ann"), person("bob", proxy=wire.proxy)
    bobs.allow(*LOST)
    group = stage.group(members=[anns.user, bobs.user])
    bob = bobs.enter(group)
    wire.cut()
    composer(bob).fill("where was I")
    stage.fill(group, anns.user, 300)
    wire.mend()
    expect(messages(bob).last).to_have_text("line 300")
    expect(messages(bob)).to_have_count(50)
    expect(composer(bob)).to_have_value("where was I")
    equals_a_fresh_load(bobs, bob)


def test_the_lobby_catches_up_too(person: Appear, stage: Stage, wire: Wire) -> None:
    anns, bobs = person("ann"), person("bob", proxy=wire.proxy)
    bobs.allow(*LOST)
    kitchen = stage.group("Kitchen")
    bob = bobs.enter()
    wire.cut()
    stage.group("Allotment")
    ann = anns.enter()
    ann.get_by_role("button", name="Join Kitchen").click()
    wire.mend()
    expect(bob.locator("#group-list h3")).to_have_text(["Allotment", "Kitchen"])
    expect(bob.locator(f"#group-{kitchen.uuid} .count")).to_have_text("2 members")


def test_a_conversation_survives_a_restart_of_the_server(
    person: Appear, stage: Stage, server: Server
) -> None:
    anns, bobs = person("ann"), person("bob")
    for each in (anns, bobs):
        each.allow(*LOST)
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    send(ann, "before")
    expect(messages(bob)).to_have_text(["before"])
    server.stop()
    anns.loses(ann)
    composer(ann).fill("sent while it was down")
    composer(ann).press("Enter")
    composer(bob).fill("half a sent")
    server.start()
    for page in (ann, bob):
        expect(messages(page)).to_have_text(["before", "sent while it was down"])
    expect(composer(bob)).to_have_value("half a sent")
    composer(bob).press("Enter")
    for page in (ann, bob):
        expect(messages(page).last).to_have_text("half a sent")
    send(ann, "after")
    expect(messages(bob).last).to_have_text("after")
    stored = stage.texts(group)
    for page in (ann, bob):
        expect(messages(page)).to_have_text(stored)
    equals_a_fresh_load(anns, ann)
    equals_a_fresh_load(bobs, bob)


def test_a_conversation_survives_a_server_that_dies(
    person: Appear, stage: Stage, server: Server
) -> None:
    anns = person("ann")
    anns.allow(*LOST)
    group = stage.group(members=[anns.user])
    ann = anns.enter(group)
    send(ann, "before")
    server.kill()
    anns.loses(ann)
    composer(ann).fill("after")
    composer(ann).press("Enter")
    server.start()
    expect(messages(ann)).to_have_text(["before", "after"])
    equals_a_fresh_load(anns, ann)


def test_the_banner_shows_while_the_server_is_away_and_goes_by_itself(
    person: Appear, stage: Stage, server: Server
) -> None:
    anns = person("ann")
    anns.allow(*LOST)
    group = stage.group(members=[anns.user])
    ann, lobby = anns.enter(group), anns.enter()
    for page in (ann, lobby):
        expect(banner(page)).to_be_hidden()
    server.stop()
    for page in (ann, lobby):
        anns.loses(page)
        miss_a_sign(page)
        expect(banner(page)).to_be_visible()
    expect(ann.get_by_role("link", name="Use this page without live updates")).to_be_visible()
    server.start()
    for page in (ann, lobby):
        expect(banner(page)).to_be_hidden()


def test_the_banner_is_there_thirty_seconds_after_the_last_sign_of_life_and_no_sooner(
    person: Appear, stage: Stage, wire: Wire
) -> None:
    anns = person("ann", proxy=wire.proxy)
    anns.allow(*LOST)
    ann = anns.enter(stage.group(members=[anns.user]))
    wire.silence(refuses=True)
    for milliseconds, is_there in ((29_999, False), (30_000, True)):
        ann.locator("#status").evaluate(
            """(status, milliseconds) => {
                for (const each of status.getAnimations({subtree: true})) {
                    if (milliseconds < 30_000 && each.playState !== "running")
                        throw new Error("Nothing measures the time.")
                    each.pause()
                    each.currentTime = milliseconds
                }
            }""",
            milliseconds,
        )
        expect(banner(ann)).to_be_visible(visible=is_there)


def test_a_socket_that_fell_silent_is_replaced_and_nothing_on_the_page_moves(
    person: Appear, stage: Stage, wire: Wire
) -> None:
    anns, bobs = person("ann"), person("bob", proxy=wire.proxy)
    bobs.allow(*LOST)
    group = stage.group(members=[anns.user, bobs.user])
    stage.fill(group, anns.user, 40)
    ann, bob = anns.enter(group), bobs.enter(group)
    composer(bob).fill("half a sentence")
    composer(bob).evaluate("field => field.setSelectionRange(5, 9)")
    scroller = bob.get_by_role("region", name="Messages")
    scroller.evaluate("scroller => scroller.scrollTop = -300")
    line = bob.locator("#log").get_by_text("line 25", exact=True)
    where = line.bounding_box()

    wire.silence()
    send(ann, "can you hear me?")
    miss_a_sign(bob)
    expect(messages(bob).last).to_have_text("can you hear me?")

    expect(composer(bob)).to_have_value("half a sentence")
    has_focus(composer(bob))
    caret = composer(bob).evaluate("field => [field.selectionStart, field.selectionEnd]")
    assert caret == [5, 9]
    assert line.bounding_box() == where
    expect(banner(bob)).to_be_hidden()
    composer(bob).press("Enter")
    expect(messages(ann).last).to_have_text("half a sentence")
    send(bob, "and again")
    expect(messages(ann).last).to_have_text("and again")
    assert focus(bob) == "Your message"
    equals_a_fresh_load(bobs, bob)


def test_where_sockets_are_blocked_the_banner_leads_to_the_page_without_live_updates(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    # A proxy in between that lets pages through and no socket.
    anns.context.route_web_socket("**/ws/**", lambda socket: socket.close(code=1013))
    ann = anns.open(stage.group(members=[anns.user]))
    expect(banner(ann)).to_be_hidden()
    miss_a_sign(ann)
    expect(banner(ann)).to_be_visible()
    ann.get_by_role("link", name="Use this page without live updates").click()
    expect(ann.get_by_text("Live updates are off")).to_be_visible()
    send(ann, "by a plain form")
    expect(ann.frame_locator("iframe").get_by_text("by a plain form")).to_be_visible()
