"""What a browser says of every fragment, in each state and in each look: of many at once (tests/sheets.py).

It complains about whatever the policy blocks, and then the test ends with an error (person.py).
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from tests import sheets
from tests.browser.axe import WITHOUT_COLOURS, all_can_be_read, have_axe_at_hand, nothing_is_found
from tests.browser.conftest import NARROW
from tests.browser.person import Person
from tests.sheets import Sheet

# Where a browser finds the sheet that it is to show; the rest of the server is as it is.
ADDRESS = "/sheet/"
POPOVERS = """() => [...document.querySelectorAll('[popover]')]
    .filter(each => each.matches('[data-sample]') || each.querySelector('[data-sample]'))
    .map(each => each.id)"""
# How wide the page is; what can be scrolled sideways; and, by its sample, what stands out of a place that
# neither cuts it off nor can be scrolled.
TOO_WIDE = """() => [
  document.documentElement.scrollWidth,
  [...document.querySelectorAll('.scroller, :popover-open')]
    .filter(each => each.scrollWidth > each.clientWidth).map(each => each.outerHTML.slice(0, 120)),
  [...document.querySelectorAll('[data-sample], [data-sample] *')]
    .filter(each => each.checkVisibility({visibilityProperty: true}))
    .filter(each => {
      const {left, right, width} = each.getBoundingClientRect()
      if (width <= 1 || left >= -0.5 && right <= innerWidth + 0.5) return false
      for (let up = each.parentElement; up; up = up.parentElement)
        if (up !== document.body && getComputedStyle(up).overflowX !== 'visible')
          return up.matches('.scroller')
      return true
    })
    .map(each => `${each.closest('[data-sample]').dataset.sample}: ${each.outerHTML.slice(0, 120)}`),
]"""


@pytest.fixture
def show(stranger: Callable[..., Person]) -> Callable[[Sheet], Page]:
    """Return a function that shows a sheet, with the policy of real pages."""
    reader = stranger(viewport=NARROW)
    have_axe_at_hand(reader.context)
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


@pytest.mark.timeout(600)
@pytest.mark.parametrize("look", sheets.looks())
def test_nothing_is_too_wide_for_a_phone_and_everybody_can_read_it(
    look: str, show: Callable[[Sheet], Page]
) -> None:
    for sheet in sheets.sheets(look):
        page = show(sheet)
        page.emulate_media(color_scheme="light")
        fits(page, sheet)
        all_can_be_read(page, ("light", "none"))
        # What a skin is about is colours and sizes. All else is the same in all looks.
        if not look:
            nothing_is_found(page, WITHOUT_COLOURS, f"{sheet.names}")
        for popover in page.evaluate(POPOVERS):
            page.locator(f"#{popover}").evaluate("each => each.showPopover()")
            fits(page, sheet)
            all_can_be_read(page, ("light", "none"), f"#{popover}")
        page.emulate_media(color_scheme="dark")
        all_can_be_read(page, ("dark", "none"), "[data-sample]")


def fits(page: Page, sheet: Sheet) -> None:
    """See that nothing can be scrolled sideways, nor stands out."""
    width, scrolled, standing_out = page.evaluate(TOO_WIDE)
    assert width <= NARROW["width"], sheet.names
    assert scrolled == [], sheet.names
    assert standing_out == []
