"""An owner writes a filter, tries it, and switches it on. Who is caught by it is told, and keeps the text."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW
from tests.browser.person import Person, composer, messages, send
from tests.browser.stage import Stage
from tests.browser.test_invitation import is_narrow

Appear = Callable[..., Person]


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_filter_is_written_tried_and_switched_on(
    person: Appear, stage: Stage, has_javascript: bool
) -> None:
    anns = person("ann", viewport=NARROW, java_script_enabled=has_javascript)
    bobs = person("bob", java_script_enabled=has_javascript)
    group = stage.group("Kitchen", owner=anns.user, members=[bobs.user])
    stage.say(bobs.user, group, "Cheap pills, buy now!", "Soup at noon")

    ann = anns.open(f"{group.get_absolute_url()}settings/")
    ann.get_by_role("link", name="Filters").click()
    expect(ann.get_by_text("There is none yet.")).to_be_visible()
    ann.get_by_role("link", name="Words and phrases").click()
    ann.get_by_label("Name", exact=True).fill("No advertising")
    ann.get_by_label("Words and phrases, one a line").fill("cheap pills\nbuy now")
    ann.get_by_role("button", name="Try it on the latest messages").click()
    expect(ann.get_by_text("It would have caught 1 of them.")).to_be_visible()
    expect(ann.locator(".trial .said")).to_have_text(["Cheap pills, buy now!"])
    expect(ann.get_by_label("Name", exact=True)).to_have_value("No advertising")
    if has_javascript:
        assert is_narrow(ann)

    bob = bobs.open(group)
    if has_javascript:
        bobs.go_live(bob, group)
        send(bob, "cheap  PILLS are not caught yet")
        expect(messages(bob).last).to_have_text("cheap  PILLS are not caught yet")
    ann.get_by_role("button", name="Save", exact=True).click()
    expect(ann.get_by_text("It is switched off")).to_be_visible()
    ann.get_by_role("button", name="Switch it on").click()
    expect(ann.get_by_text("It is switched on")).to_be_visible()

    typed = "Сheap рills, b\u200buy now"
    bobs.allow_answer(400, f"{group.get_absolute_url()}post/")
    composer(bob).fill(typed)
    composer(bob).press("Enter")
    expect(
        bob.get_by_text("This holds words that are not wanted here (No advertising)")
    ).to_be_visible()
    if has_javascript:
        expect(messages(bob).filter(has_text="рills")).to_have_count(0)
    else:
        expect(composer(bob)).to_have_value(typed)
    assert "buy now" not in " ".join(stage.texts(group)[2:])
    ann.get_by_role("link", name="Back to the filters").click()
    expect(ann.locator(".filters .state")).to_have_text(["on"])
    if has_javascript:
        assert is_narrow(ann)
