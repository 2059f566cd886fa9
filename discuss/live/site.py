"""What keeps the site's name, words and token sheet current in this process, and the sheet on open pages."""

from collections.abc import Callable, Collection
from functools import cache

from discuss.live.keeper import Keeper
from discuss.live.viewer import Viewer, in_slices
from discuss.reading.site import keep_site
from discuss.reading.token_sheet import keep_token_sheet
from discuss.rendering import fragments
from discuss.server.wire import Prepared
from discuss.token_sheet import token_sheet


class SiteKeeper(Keeper):
    """Keeps them current, and then has each open page wear the sheet that is."""

    def __init__(self, pages: Callable[[], Collection[Viewer]]) -> None:
        """`pages` returns all open pages of this process."""
        super().__init__(_keep, "What the site is called could not be read; the next look will.")
        self._pages = pages

    async def renew(self) -> None:
        await super().renew()
        # Also where it is the one of the last look: a page may have come in between, with one of before.
        worn = token_sheet.digest
        frame = cache(lambda audience: Prepared(fragments.sheet_changed(audience, sheet=worn)))
        async for viewers in in_slices(self._pages()):
            for viewer in viewers:
                if viewer.sheet not in {worn, None}:
                    viewer.sheet = worn
                    viewer.write_prepared(frame(viewer.audience))


def show_sheet(viewer: Viewer, worn: str) -> None:
    """Have a page that wears this sheet wear the one that is, now and from now on."""
    viewer.sheet = token_sheet.digest
    if worn != viewer.sheet:
        viewer.write(fragments.sheet_changed(viewer.audience, sheet=viewer.sheet))


def _keep() -> None:
    keep_site()
    keep_token_sheet()
