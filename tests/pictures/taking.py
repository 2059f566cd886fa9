"""Takes the pictures: of each sheet in one go, cut into those of its samples."""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from tests.sheets import Sheet

THEMES = ("light", "dark")
WIDTHS = (360, 768, 1280)
# No server is there: what a page asks for comes from the folder of collected static files.
ADDRESS = "http://pictures.invalid/"
# Chromium takes no picture that is higher, and few sheets are.
HIGHEST = 16_000
# Around a sample: outlines and shadows belong to it.
MARGIN = 6
# Which popovers have to be opened for samples in them; "" stands for the page itself. One that is seen
# without that, as on a wide page, would lose its place.
POPOVERS = """() => ['', ...[...document.querySelectorAll('[popover]')]
    .filter(each => each.matches('[data-sample]') || each.querySelector('[data-sample]'))
    .filter(each => !each.checkVisibility())
    .map(each => each.id)]"""
# How high a window has to be that nothing in it has to be scrolled. What stands around may grow with it.
HEIGHT = """() => Math.ceil(Math.max(document.documentElement.scrollHeight,
    ...[...document.querySelectorAll('.scroller, [popover]')]
        .map(each => each.scrollHeight + Math.max(400, innerHeight - each.clientHeight))))"""
# Stills are of the end of what moves. At that end stands the banner of a lost connection: over other samples.
BANNER = """() => document.querySelectorAll('.status .lost').forEach(each => each.getAnimations()
    .forEach(moving => each.closest('[data-sample]') ? moving.finish() : moving.cancel()))"""
# Where each sample is that stands in this popover, or in none.
BOXES = """popover => {
    const boxes = {}
    const add = (name, each) => {
      const {left, top, right, bottom} = each.getBoundingClientRect()
      // What has no box itself has those of what is in it.
      if (getComputedStyle(each).display === 'contents' || each.matches('.status'))
        return [...each.children].forEach(c => add(name, c))
      if (!each.checkVisibility({visibilityProperty: true}) || right - left < 2 || bottom - top < 2) return
      const [x, y, w, z] = boxes[name] ?? [1e9, 1e9, 0, 0]
      boxes[name] = [Math.min(x, left), Math.min(y, top), Math.max(w, right), Math.max(z, bottom)]
    }
    for (const each of document.querySelectorAll('[data-sample]'))
      if ((each.closest(':popover-open')?.id ?? '') === popover) add(each.dataset.sample, each)
    return boxes
}"""


class Picture(NamedTuple):
    """One picture: `name` says of which sample, look, theme and width, and is its file's."""

    name: str
    image: Image.Image


def take(
    browser: Browser,
    sheets: Iterable[Sheet],
    look: str,
    widths: Iterable[int] = WIDTHS,
    themes: Iterable[str] = THEMES,
) -> Iterator[Picture]:
    """Yield the pictures of all samples on these sheets that can be seen."""
    context = browser.new_context(reduced_motion="reduce", base_url=ADDRESS)
    page = context.new_page()
    shown: list[Sheet] = []
    context.route("**", lambda route: _answer(route, shown[-1]))
    for sheet in sheets:
        shown.append(sheet)
        page.goto(ADDRESS)
        page.evaluate(BANNER)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            for _ in range(2):
                height = min(page.evaluate(HEIGHT), HIGHEST)
                page.set_viewport_size({"width": width, "height": height})
            for theme in themes:
                page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                for name, image in _of_samples(page):
                    yield Picture(f"{name}/{look or 'site'}-{theme}-{width}.png", image)
    context.close()


def remove(folder: Path, only: str = "") -> None:
    """Delete the pictures in a folder, or those alone of samples that begin so."""
    for file in folder.rglob("*.png"):
        if str(file.relative_to(folder)).startswith(only):
            file.unlink()


def save(pictures: Iterable[Picture], folder: Path) -> int:
    """Write the pictures into a folder, and return how many they are."""
    count = 0
    for name, image in pictures:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        image.save(file, compress_level=1)
        count += 1
    return count


def _of_samples(page: Page) -> Iterator[tuple[str, Image.Image]]:
    """Yield each sample that can be seen, with what it looks like."""
    for popover in page.evaluate(POPOVERS):
        if popover:
            page.locator(f"#{popover}").evaluate("each => each.showPopover()")
        boxes: dict[str, list[float]] = page.evaluate(BOXES, popover)
        if boxes:
            shot = page.screenshot(animations="disabled", caret="hide")
            whole = Image.open(io.BytesIO(shot)).convert("RGB")
            for name, (left, top, right, bottom) in boxes.items():
                box = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
                yield name, whole.crop(_within(whole, box))
        if popover:
            page.locator(f"#{popover}").evaluate("each => each.hidePopover()")


def _within(
    whole: Image.Image, box: tuple[float, float, float, float]
) -> tuple[int, int, int, int]:
    left, top, right, bottom = map(round, box)
    return (
        min(max(left, 0), whole.width - 1),
        min(max(top, 0), whole.height - 1),
        max(min(right, whole.width), 1),
        max(min(bottom, whole.height), 1),
    )


def _answer(route: Route, sheet: Sheet) -> None:
    path = urlsplit(route.request.url).path
    if path == "/":
        policy: dict[str, Any] = {"Content-Security-Policy": sheet.policy}
        route.fulfill(body=sheet.html, content_type="text/html; charset=utf-8", headers=policy)
        return
    file = Path(settings.STATIC_ROOT, path.removeprefix(settings.STATIC_URL))
    if path.startswith(settings.STATIC_URL) and file.is_file():
        route.fulfill(path=file)
    else:
        route.fulfill(status=404)
