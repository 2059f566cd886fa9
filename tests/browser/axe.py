"""axe, which looks for what keeps people with a screen reader, or weak eyes, from using a page."""

from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

RESULTS = {"resultTypes": ["violations"]}
ALL_RULES = {
    **RESULTS,
    # Without JavaScript there is no other way to refresh the framed log. WCAG 2.2.1 allows it where one can
    # turn it off, which the log's first link does; axe sees the element alone.
    "rules": {"meta-refresh": {"enabled": False}},
}
# Those that depend on colours: a third of the time.
COLOURS = ["color-contrast", "link-in-text-block"]
COLOURS_ALONE = {**RESULTS, "runOnly": {"type": "rule", "values": COLOURS}}

Look = tuple[Literal["light", "dark"], Literal["active", "none"], dict[str, Any]]
# In the light, in the dark, in forced colours. All rules look at both ends: what a style sheet says of the
# dark or of forced colours holds in the last one. In between nothing but colours is another.
LOOKS: tuple[Look, ...] = (
    ("light", "none", ALL_RULES),
    ("dark", "none", COLOURS_ALONE),
    ("light", "active", COLOURS_ALONE),
    ("dark", "active", ALL_RULES),
)


def axe_finds_nothing(page: Page) -> None:
    """See that it finds nothing in any look."""
    for scheme, forced, rules in LOOKS:
        page.emulate_media(color_scheme=scheme, forced_colors=forced)
        # What has just come eases in, and is pale meanwhile.
        page.evaluate(
            "() => Promise.allSettled(document.getAnimations()"
            ".filter(each => each instanceof CSSTransition).map(each => each.finished))"
        )
        found = run_axe(page, rules)
        assert found.violations_count == 0, f"{scheme}, {forced}: {found.generate_report()}"


def run_axe(page: Page, options: dict[str, Any] = RESULTS, within: str = "html") -> AxeResults:
    """Return what it finds in the page as it is, or in one element of it."""
    # By the devtools, so that the page's policy need not allow it; once for a document.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    asked = "([within, options]) => axe.run(within, options)"
    return AxeResults(page.evaluate(asked, [within, options]))
