"""From one room to the next."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person, messages, until
from tests.browser.stage import Stage

# Others do not know turns between pages.
pytestmark = pytest.mark.only_browser("chromium")

Appear = Callable[..., Person]
# Written down before the page that it leads to is shown.
REVEALED = "addEventListener('pagereveal', event => window.turned = event.viewTransition !== null);"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_one_room_turns_into_the_next_unless_motion_is_not_wanted(
    person: Appear, stage: Stage, motion: str
) -> None:
    anns = person("ann", reduced_motion=motion)
    attic = stage.group(owner=anns.user, name="Attic")
    kitchen = stage.group(owner=anns.user, name="Kitchen")
    stage.say(anns.user, kitchen, "Soup")
    anns.context.add_init_script(REVEALED)
    ann = anns.enter(attic)

    def is_turned() -> bool:
        turn(ann, "Kitchen")
        expect(messages(ann)).to_have_text(["Soup"])
        until(ann, lambda: ann.evaluate("window.turned !== undefined"), "the page's first picture")
        return bool(ann.evaluate("window.turned"))

    if motion == "reduce":
        assert not is_turned()
    # The browser gives a turn up for which a slow machine takes four seconds.
    while motion == "no-preference" and not is_turned():
        anns.go_live(ann, attic)


def turn(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Your groups").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
