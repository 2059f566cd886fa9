"""Pages that no address of the tests' server leads to, as the gallery shows them: everybody can use them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import Page

from discuss.design.rendering.entrances import ENTRANCES
from discuss.models import User
from tests.browser.axe import ALL_RULES, have_axe_at_hand, nothing_is_found
from tests.browser.conftest import NARROW
from tests.browser.fit import is_fit_for_everybody, nothing_scrolls_sideways
from tests.browser.person import Person
from tests.browser.stage import Stage

# Errors, ends, and what takes a setting, a mail or a moderator to come to.
PAGES = (
    *("400", "403", "403-csrf", "429", "barred", "ban-over", "first-admin-over"),
    *("account-inactive", "email-confirm", "password-reset-from-key"),
    *("signup-barred", "signup-closed", "waiting"),
)
STATES = [
    f"{page.name}/{state}" for page in ENTRANCES if page.name in PAGES for state in page.states
]


def test_there_are_all_of_them():
    assert len({state.split("/")[0] for state in STATES}) == len(PAGES)


@pytest.mark.timeout(600)
def test_everybody_can_use_it(
    person: Callable[..., Person], stage: Stage, subtests: pytest.Subtests
) -> None:
    dora = stage.user("dora", is_staff=True)
    stage(_give_right, dora)
    reader = person(dora, has_touch=True)
    have_axe_at_hand(reader.context)
    page = reader.context.new_page()
    for state in STATES:
        with subtests.test(state):
            page.goto(f"{reader.url}/design/pages/{state}/")
            _follow_the_system(page)
            is_fit_for_everybody(page)
            assert reader.complaints == []
    # It has no ground of its own, and in the dark axe takes the browser's for white.
    with subtests.test("500"):
        page.goto(f"{reader.url}/design/pages/500/any/")
        page.emulate_media(color_scheme="light", forced_colors="none")
        page.set_viewport_size(NARROW)
        nothing_scrolls_sideways(page, NARROW["width"])
        nothing_is_found(page, ALL_RULES)


def _give_right(user: User) -> None:
    user.user_permissions.set(Permission.objects.filter(codename="view_design"))


def _follow_the_system(page: Page) -> None:
    """Have the page be light or dark as the system is: the gallery shows it in one theme."""
    page.evaluate("document.documentElement.removeAttribute('data-color-scheme')")
