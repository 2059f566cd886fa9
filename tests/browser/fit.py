"""Whether everybody can use a page: nothing scrolls sideways, a finger hits all, and axe finds nothing."""

from collections.abc import Iterable

from playwright.sync_api import Page, ViewportSize

from tests.browser.axe import axe_finds_nothing
from tests.browser.conftest import NARROW, WIDE

TINY: ViewportSize = {"width": 320, "height": 640}

# How wide the page is, and what in it can be scrolled sideways.
SIDEWAYS = """() => [
    document.documentElement.scrollWidth,
    [...document.querySelectorAll('.scroller')]
        .filter(e => e.scrollWidth > e.clientWidth).map(e => e.outerHTML.slice(0, 120)),
]"""
# A link inside a sentence is as high as its line (WCAG 2.5.5 exempts it). What one presses is a label with
# its words, and all that a `::after` covers.
SMALL = """() => {
    const covers = ({position, content, inset}) =>
        position === 'absolute' && content !== 'none' && inset === '0px'
    const pressed = e => e.closest('label')
        ?? (covers(getComputedStyle(e, '::after')) ? e.offsetParent : e)
    return [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
        .filter(e => e.checkVisibility())
        .filter(e => !e.closest('p:not(.older), .text, .visually-hidden, .skip-link'))
        .map(e => [pressed(e).getBoundingClientRect(), e.outerHTML])
        // What a menu's transition leaves of a number ends in 99998.
        .filter(([box]) => box.width > 0 && Math.min(box.height, box.width).toFixed(3) < 44)
        .map(([box, html]) => `${box.width} x ${box.height} ${html.slice(0, 120)}`)
}"""


def is_fit_for_everybody(page: Page, sizes: Iterable[ViewportSize] = (WIDE, NARROW)) -> None:
    """See that it is, at each of these sizes. Its person has a finger: a mouse hits what is smaller."""
    for size in sizes:
        page.set_viewport_size(size)
        nothing_scrolls_sideways(page, size["width"])
        everything_is_large_enough_to_touch(page)
        axe_finds_nothing(page)


def nothing_scrolls_sideways(page: Page, width: int) -> None:
    there, scrolled = page.evaluate(SIDEWAYS)
    assert there <= width, f"{page.url} is {there} wide, and there are {width}."
    assert scrolled == [], f"{page.url} at {width}"


def everything_is_large_enough_to_touch(page: Page) -> None:
    assert page.evaluate(SMALL) == [], page.url
