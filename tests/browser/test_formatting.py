"""Markup as people see it: what it looks like, that code can be read to its end, and what no text can do."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from discuss.models import Group
from tests.browser.person import Person, composer, messages, open_menu, send, until
from tests.browser.stage import Stage
from tests.hostile_markup import PLACES, long_texts, payloads

Appear = Callable[..., Person]


def test_what_is_written_with_markup_is_shown_so_on_every_page(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    send(ann, "**Soup** and `bread` :tada:")
    for page in (ann, bob, bobs.enter(group)):
        expect(messages(page).locator("strong")).to_have_text("Soup")
        expect(messages(page).locator("code")).to_have_text("bread")
        expect(messages(page)).to_have_text("Soup and bread 🎉")


def test_without_live_updates_it_is_shown_so_too(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    stage.say(anns.user, group, "**Soup**\n- a\n- b")
    page = anns.open(f"{group.get_absolute_url()}?live=off")
    log = page.frame_locator("iframe")
    expect(log.locator(".text strong")).to_have_text("Soup")
    expect(log.locator(".text li")).to_have_text(["a", "b"])


def test_code_scrolls_inside_of_itself_by_keyboard_too(person: Appear, stage: Stage) -> None:
    anns = person("ann", viewport={"width": 320, "height": 640})
    group = stage.group(members=[anns.user])
    stage.say(anns.user, group, "```\n" + "wide " * 60 + "\n```")
    page = anns.enter(group)
    code = messages(page).locator("pre")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert code.evaluate("e => e.scrollWidth > e.clientWidth")
    page.get_by_role("region", name="Messages").focus()
    # What else of the line takes the focus comes before it.
    for _ in range(8):
        page.keyboard.press("Tab")
        if code.evaluate("e => e === document.activeElement"):
            break
    expect(code).to_be_focused()
    page.keyboard.press("ArrowRight")
    until(page, lambda: code.evaluate("e => e.scrollLeft > 0"), "the code's end")


def test_emoji_alone_are_large(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    stage.say(anns.user, group, ":tada:", "a :tada:")
    page = anns.enter(group)
    sizes = messages(page).evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert sizes[0] > 2 * sizes[1]


def test_the_groups_menu_says_what_one_can_write(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    page = anns.enter(stage.group(members=[anns.user]))
    composer(page).fill("kept")
    open_menu(page)
    page.get_by_role("button", name="Formatting").click()
    told = page.get_by_role("dialog", name="What you can write")
    expect(told).to_contain_text("**bold**")
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    expect(composer(page)).to_have_value("kept")


@pytest.mark.parametrize("place", ["every place", "long"])
def test_no_text_does_anything_but_be_there(person: Appear, stage: Stage, place: str) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user])
    said = (
        list(_joined())
        if place == "every place"
        else [text for text in long_texts() if text.strip()][::3]
    )
    asked: list[Request] = []
    page = anns.enter(group)
    page.on("request", lambda request: asked.append(request))
    page.on("dialog", lambda dialog: pytest.fail(f"A dialog: {dialog.message}"))
    # Some come live, and all of them with a page.
    live = said[:: max(1, len(said) // 40)]
    stage.say(anns.user, group, *live)
    expect(messages(page)).to_have_count(len(live))
    _nothing_was_done(page, asked)
    for part in range(0, len(said), 45):
        one = stage.group(f"Kitchen {part}", members=[anns.user])
        stage.say(anns.user, one, *said[part : part + 45])
        _looks_at(anns, one)


def _joined() -> list[str]:
    """Return all payloads in all places, as many in one message as there is room for."""
    found = [""]
    for place in PLACES:
        for payload in payloads():
            text = place.replace("{}", payload.replace("\x00", ""))
            if len(found[-1]) + len(text) > 3_900:
                found.append("")
            # A message of its own where it stands at the beginning.
            found[-1] += f"{text}\n\n"
    return found


def _looks_at(anns: Person, group: Group) -> None:
    page = anns.context.new_page()
    asked: list[Request] = []
    page.on("dialog", lambda dialog: pytest.fail(f"A dialog: {dialog.message}"))
    page.on("request", lambda request: asked.append(request))
    anns.go_live(page, group)
    _nothing_was_done(page, asked)
    page.close()


def _nothing_was_done(page: Page, asked: list[Request]) -> None:
    foreign = [
        request.url
        for request in asked
        if not request.url.startswith(page.evaluate("location.origin"))
    ]
    assert foreign == []
    assert page.evaluate("window.taken") is None
    assert "DiscussIt" in page.title()
