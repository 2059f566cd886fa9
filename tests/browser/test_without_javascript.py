"""With JavaScript off, or without sockets, everything works by forms and links; the log refreshes itself."""

from collections.abc import Callable

from playwright.sync_api import FrameLocator, Locator, Page, WebSocket, expect

from discuss import actions
from discuss.models import Group
from tests.browser.person import Person, composer, leave, messages, open_menu, send, until
from tests.browser.stage import PASSWORD, Stage

Appear = Callable[..., Person]


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=Messages]")


def lines(page: Page) -> Locator:
    return frame(page).locator("#log .message .text")


def test_someone_signs_up_joins_talks_and_leaves_without_javascript(
    stranger: Appear, person: Appear, stage: Stage
) -> None:
    bobs, anns = person("bob"), stranger(java_script_enabled=False)
    group = stage.group("Kitchen", members=[bobs.user])
    bob = bobs.enter(group)

    ann = anns.open("/accounts/signup/")
    ann.get_by_label("Username").fill("ann")
    ann.get_by_label("Password", exact=True).fill(PASSWORD)
    ann.get_by_label("Password (again)").fill(PASSWORD)
    ann.get_by_role("main").get_by_role("button", name="Sign up").click()
    ann.get_by_role("button", name="Join Kitchen").click()
    expect(ann.get_by_role("heading", name="Kitchen")).to_be_visible()
    expect(bob.locator("#log .event").last).to_contain_text("ann joined")

    composer(ann).fill("hello from a plain page")
    composer(ann).press("Enter")
    expect(composer(ann)).to_have_value("")
    expect(lines(ann)).to_have_text(["hello from a plain page"])
    expect(messages(bob)).to_have_text(["hello from a plain page"])

    composer(ann).fill("half a sentence")
    send(bob, "hello ann")
    expect(lines(ann)).to_have_text(["hello from a plain page", "hello ann"])
    expect(composer(ann)).to_have_value("half a sentence")

    leave(ann)
    expect(ann.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
    expect(ann.get_by_role("button", name="Join Kitchen")).to_be_visible()
    expect(bob.locator("#log .event").last).to_contain_text("ann left")


def test_the_framed_log_stands_at_its_end_and_can_be_told_to_stop(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann", java_script_enabled=False)
    group = stage.group(members=[anns.user])
    stage.fill(group, anns.user, 80)
    ann = anns.open(group)
    expect(lines(ann)).to_have_count(50)
    expect(lines(ann).last).to_be_in_viewport()
    frame(ann).get_by_role("link", name="Stop refreshing").click()
    expect(frame(ann).get_by_role("link", name="Refresh by itself again")).to_be_visible()
    expect(frame(ann).locator("meta[http-equiv=refresh]")).to_have_count(0)


def test_older_lines_come_by_a_link_page_by_page(person: Appear, stage: Stage) -> None:
    anns = person("ann", java_script_enabled=False)
    group = stage.group(members=[anns.user])
    stage.fill(group, anns.user, 120)
    ann = anns.open(group)
    frame(ann).get_by_role("link", name="Older lines").click()
    expect(ann.get_by_role("link", name="50 newer messages")).to_be_visible()
    expect(messages(ann)).to_have_text([f"line {n}" for n in range(21, 71)])
    ann.get_by_role("link", name="Older lines").click()
    expect(messages(ann)).to_have_text([f"line {n}" for n in range(1, 21)])
    expect(ann.get_by_text("This is where the group begins.")).to_be_visible()
    ann.get_by_role("link", name="More than 99 newer messages").click()
    expect(lines(ann).last).to_have_text("line 120")


def test_a_group_is_made_and_handed_over_without_javascript(person: Appear, stage: Stage) -> None:
    anns = person("ann", java_script_enabled=False)
    ann = anns.open()
    ann.get_by_role("link", name="New group").click()
    ann.get_by_label("Name").fill("Kitchen")
    ann.get_by_role("button", name="Create the group").click()
    leave(ann)
    expect(ann.get_by_text("close it instead of leaving it")).to_be_visible()
    bob = stage.user("bob")
    stage(lambda: actions.join_group(bob, group=Group.objects.get(name="Kitchen")))
    ann.get_by_role("link", name="All groups").click()
    ann.locator("#own-groups").get_by_role("link", name="Kitchen").click()
    open_menu(ann)
    ann.get_by_role("link", name="Settings").click()
    ann.get_by_role("link", name="Hand the group over").click()
    ann.get_by_label("Successor").select_option("bob")
    ann.get_by_role("button", name="Hand over").click()
    said = frame(ann).locator("#log .event").last
    expect(said).to_contain_text("ann handed the group over to bob")
    leave(ann)
    expect(ann.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
    expect(ann.get_by_role("button", name="Join Kitchen")).to_be_visible()


def test_a_message_that_is_refused_comes_back_with_what_was_wrong(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann", java_script_enabled=False)
    group = stage.group(members=[anns.user])
    ann = anns.open(group)
    anns.allow_answer(400, "/post/")
    composer(ann).fill("   ")
    composer(ann).press("Enter")
    expect(ann.get_by_role("alert").filter(has_text="Write something first.")).to_be_visible()
    composer(ann).fill("not blank")
    composer(ann).press("Enter")
    expect(lines(ann)).to_have_text(["not blank"])


def test_who_is_removed_sees_so_in_the_framed_log(person: Appear, stage: Stage) -> None:
    anns = person("ann", java_script_enabled=False)
    group = stage.group(members=[anns.user])
    ann = anns.open(group)
    stage.remove(anns.user, group)
    expect(frame(ann).get_by_text("You are not a member of this group.")).to_be_visible()
    anns.allow_answer(403, group.get_absolute_url())
    frame(ann).get_by_role("link", name="Join it").click()
    ann.get_by_role("button", name="Join").click()
    expect(composer(ann)).to_be_visible()


def test_live_updates_can_be_turned_off_and_on_with_javascript(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    bob = bobs.enter(group)
    sockets: list[WebSocket] = []
    ann = anns.context.new_page()
    ann.on("websocket", lambda socket: sockets.append(socket))
    ann.goto(f"{anns.url}{group.get_absolute_url()}?live=off")
    send(ann, "without a socket")
    expect(lines(ann)).to_have_text(["without a socket"])
    composer(ann).fill("half a sentence")
    send(bob, "hello")
    expect(lines(ann)).to_have_text(["without a socket", "hello"])
    expect(composer(ann)).to_have_value("half a sentence")
    # The choice holds in the lobby too, where a button would otherwise speak into a socket that is blocked.
    stage.group("Allotment")
    ann.goto(anns.url)
    ann.get_by_role("button", name="Join Allotment").click()
    expect(ann.get_by_role("heading", name="Allotment")).to_be_visible()
    ann.goto(anns.url + group.get_absolute_url())
    assert sockets == []
    ann.get_by_role("link", name="Turn them on").click()
    expect(messages(ann)).to_have_text(["without a socket", "hello"])
    until(ann, lambda: sockets, "a socket")
    send(ann, "with a socket")
    expect(messages(ann)).to_have_text(["without a socket", "hello", "with a socket"])


def test_without_javascript_a_reaction_in_the_frame_is_a_button(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob", java_script_enabled=False)
    group = stage.group(owner=anns.user, members=[bobs.user])
    (entry,) = stage.say(anns.user, group, "Soup")
    stage.mark(entry, anns.user, "👍")
    page = bobs.open(group)
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="thumbs up, 1: add yours").click()
    expect(page.get_by_role("button", name="thumbs up, 2: take yours away")).to_be_visible()
