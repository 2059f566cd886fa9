"""axe, which looks for what keeps people with a screen reader, or weak eyes, from using a page."""

from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import BrowserContext, Page

RESULTS: dict[str, Any] = {"resultTypes": ["violations"]}
ALL_RULES = {
    **RESULTS,
    # Without JavaScript there is no other way to refresh the framed log. WCAG 2.2.1 allows it where one can
    # turn it off, which the log's first link does; axe sees the element alone.
    "rules": {"meta-refresh": {"enabled": False}},
}
# Those that depend on colours. They take as long as all others do.
COLOURS = ["color-contrast", "link-in-text-block"]
COLOURS_ALONE = {**RESULTS, "runOnly": {"type": "rule", "values": COLOURS}}
WITHOUT_COLOURS = {
    **RESULTS,
    "rules": {**ALL_RULES["rules"], **{name: {"enabled": False} for name in COLOURS}},
}

Look = tuple[Literal["light", "dark"], Literal["active", "none"]]
# In the light, in the dark, in forced colours.
LOOKS: tuple[Look, ...] = (
    ("light", "none"),
    ("dark", "none"),
    ("light", "active"),
    ("dark", "active"),
)
# Of a page and its frames: how large each element is that can be seen; and how each text is written, on what
# grounds. That is all that the rules about colours ask of it.
LOOK = r"""async within => {
    // What has just come eases in, and is pale meanwhile.
    await Promise.allSettled(document.getAnimations()
        .filter(each => each instanceof CSSTransition).map(each => each.finished))
    const isSeen = each => each.checkVisibility({visibilityProperty: true})
    const sizes = root => [...root.querySelectorAll('*')].flatMap(each => {
        const {width, height} = each.getBoundingClientRect()
        const size = isSeen(each) ? [width, height].map(Math.round) : [-1, -1]
        return each.contentDocument ? [...size, ...sizes(each.contentDocument)] : size
    })
    const grounds = new Map()
    const ground = each => {
        if (!grounds.has(each)) {
            const {backgroundColor, backgroundImage, opacity, filter, mixBlendMode} = getComputedStyle(each)
            grounds.set(each, [backgroundColor, backgroundImage, opacity, filter, mixBlendMode].join(' '))
        }
        return grounds.get(each)
    }
    // Those that show through. Of what is below an opaque one nothing does.
    const through = all => {
        const shown = all.map(ground).filter(each => each !== 'rgba(0, 0, 0, 0) none 1 none normal')
        const last = shown.findIndex(each => /^rgb\(.*\) none 1 none normal$/.test(each))
        return last < 0 ? shown : shown.slice(0, last + 1)
    }
    const up = each => each ? [each, ...up(each.parentElement)] : []
    const written = new Set()
    const texts = top => {
        const root = top.ownerDocument, walker = root.createTreeWalker(top, NodeFilter.SHOW_TEXT)
        while (walker.nextNode()) {
            const text = walker.currentNode, each = text.parentElement
            if (!text.data.trim() || !isSeen(each)) continue
            const range = root.createRange()
            range.selectNodeContents(text)
            const {x, y, width, height} = range.getBoundingClientRect()
            const has = getComputedStyle(each), size = parseFloat(has.fontSize)
            const link = each.closest('a'), around = link && getComputedStyle(link.parentElement).color
            written.add([
                // As large as WCAG 1.4.3 has it, from where on a weaker contrast is enough.
                has.color, size >= 24 || size > 18.6 && has.fontWeight >= 700, has.textShadow,
                // A link in a text differs from it by its colour, or by a line.
                around, link && getComputedStyle(link).textDecorationLine,
                each.matches(':disabled, :disabled *, [aria-disabled=true], [aria-disabled=true] *'),
                // Of a sign or two axe says nothing.
                /[\p{L}\p{N}]{2}/u.test(text.data),
                ...through(up(each)),
                ...through(root.elementsFromPoint(x + width / 2, y + height / 2)),
            ].join())
        }
        for (const frame of top.querySelectorAll('iframe'))
            if (frame.contentDocument?.body) texts(frame.contentDocument.body)
    }
    document.querySelectorAll(within).forEach(texts)
    return [sizes(document), [...written]]
}"""
# Pixels by which a border of forced colours makes something larger, and what is around it by some per cent.
ABOUT = 4
PER_CENT = 2
# What it has found nothing wrong with: how texts were written, in each look.
_judged: dict[Look, set[str]] = {look: set() for look in LOOKS}


def axe_finds_nothing(page: Page) -> None:
    """See that it finds nothing in any look.

    What is no affair of colours it is asked in the first look, and in each in which something else is seen,
    or of another size.
    """
    first: list[float] = []
    for look in LOOKS:
        scheme, forced = look
        page.emulate_media(color_scheme=scheme, forced_colors=forced)
        sizes = all_can_be_read(page, look)
        if not _are_alike(sizes, first):
            nothing_is_found(page, WITHOUT_COLOURS, f"{scheme}, {forced}")
        first = first or sizes


def all_can_be_read(page: Page, look: Look, within: str = "body") -> list[float]:
    """See that it finds no wrong colours in these places of a page that has this look.

    It is asked where a text is written as none was before in that look. Returns how large all elements are.
    """
    sizes, texts = page.evaluate(LOOK, within)
    if not _judged[look].issuperset(texts):
        nothing_is_found(page, COLOURS_ALONE, ", ".join(look), within)
        _judged[look].update(texts)
    return list(sizes)


def nothing_is_found(
    page: Page, rules: dict[str, Any], where: str = "", within: str = "html"
) -> None:
    found = run_axe(page, rules, within)
    assert found.violations_count == 0, f"{page.url}, {where}: {found.generate_report()}"


def _are_alike(one: list[float], other: list[float]) -> bool:
    """Whether what is seen is the same, and of about the same size."""
    return len(one) == len(other) and all(
        (now < 0) == (then < 0) and abs(now - then) <= max(ABOUT, then * PER_CENT / 100)
        for now, then in zip(one, other, strict=True)
    )


def have_axe_at_hand(context: BrowserContext) -> None:
    """Load it with each page of the context, and frame: it takes less time than to ask each for it."""
    context.add_init_script(AXE_SCRIPT)


def run_axe(page: Page, options: dict[str, Any] = RESULTS, within: str = "html") -> AxeResults:
    """Return what it finds in the page as it is, or in one element of it."""
    # By the devtools, so that the page's policy need not allow it; once for a document.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    asked = """async ([within, options]) => {
        const {violations, ...found} = await axe.run(within, options)
        return {...found, violations, passes: [], incomplete: [], inapplicable: []}
    }"""
    return AxeResults(page.evaluate(asked, [within, options]))
