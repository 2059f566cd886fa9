"""What a browser says of every fragment, in each state and in each look: of many at once (tests/sheets.py).

It complains about whatever the policy blocks, and then the test ends with an error (person.py).
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests import sheets
from tests.browser.axe import ALL_RULES, COLOURS_ALONE, run_axe
from tests.browser.conftest import NARROW
from tests.browser.person import Person
from tests.sheets import Sheet

# Where a browser finds the sheet that it is to show; the rest of the server is as it is.
ADDRESS = "/sheet/"
POPOVERS = """() => [...document.querySelectorAll('[popover]')]
    .filter(each => each.matches('[data-sample]') || each.querySelector('[data-sample]'))
    .map(each => each.id)"""
# What stands out of a place that neither cuts it off nor can be scrolled, by its sample.
STANDING_OUT = """() => [...document.querySelectorAll('[data-sample], [data-sample] *')]
    .filter(each => each.checkVisibility({visibilityProperty: true}))
    .filter(each => {
      const {left, right, width} = each.getBoundingClientRect()
      if (width <= 1 || left >= -0.5 && right <= innerWidth + 0.5) return false
      for (let up = each.parentElement; up; up = up.parentElement)
        if (up !== document.body && getComputedStyle(up).overflowX !== 'visible')
          return up.matches('.scroller')
      return true
    })
    .map(each => `${each.closest('[data-sample]').dataset.sample}: ${each.outerHTML.slice(0, 120)}`)"""


@pytest.fixture
def show(stranger: Callable[..., Person]) -> Callable[[Sheet], Page]:
    """Return a function that shows a sheet, with the policy of real pages."""
    reader = stranger(viewport=NARROW)
    page = reader.context.new_page()
    shown: list[Sheet] = []

    def answer(route: Route) -> None:
        headers = {"Content-Security-Policy": shown[-1].policy}
        route.fulfill(body=shown[-1].html, content_type="text/html", headers=headers)

    page.route(f"{reader.url}{ADDRESS}", answer)

    def show(sheet: Sheet) -> Page:
        shown.append(sheet)
        page.goto(f"{reader.url}{ADDRESS}")
        return page

    return show


@pytest.mark.parametrize("look", sheets.looks())
def test_nothing_is_too_wide_for_a_phone_and_everybody_can_read_it(
    look: str, show: Callable[[Sheet], Page]
) -> None:
    for sheet in sheets.sheets(look):
        page = show(sheet)
        page.emulate_media(color_scheme="light")
        fits(page, sheet)
        # What a skin is about is colours and sizes. All else is the same in all looks.
        looks_good(page, "html", COLOURS_ALONE if look else ALL_RULES)
        for popover in page.evaluate(POPOVERS):
            page.locator(f"#{popover}").evaluate("each => each.showPopover()")
            fits(page, sheet)
            looks_good(page, f"#{popover}", COLOURS_ALONE)
        page.emulate_media(color_scheme="dark")
        looks_good(page, "[data-sample]", COLOURS_ALONE)


def looks_good(page: Page, place: str, rules: dict[str, Any]) -> None:
    """See that axe finds nothing in this place."""
    found = run_axe(page, rules, place)
    assert found.violations_count == 0, found.generate_report()


def fits(page: Page, sheet: Sheet) -> None:
    """See that nothing can be scrolled sideways, nor stands out."""
    width = NARROW["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, sheet.names
    for place in page.locator(".scroller, :popover-open").all():
        assert place.evaluate("e => e.scrollWidth <= e.clientWidth"), sheet.names
    assert page.evaluate(STANDING_OUT) == []
