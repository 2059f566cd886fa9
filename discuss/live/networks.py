"""What keeps the blocked networks current in this process, and ends the pages that come from one."""

from collections.abc import Callable, Collection

from django.utils.translation import gettext_lazy as _

from discuss.actions import networks
from discuss.live.keeper import Keeper
from discuss.live.viewer import Viewer, in_slices
from discuss.reading.networks import known_networks
from discuss.rendering import fragments
from discuss.server.protocol import CLOSE_NO_MEMBER

NO_ENTRANCE = _("Nobody may come in from your network at the moment.")


class NetworkKeeper(Keeper):
    """Keeps them current, and then looks whether each open page may stay."""

    def __init__(self, pages: Callable[[], Collection[Viewer]]) -> None:
        """`pages` returns all open pages of this process."""
        failure = "The blocked networks could not be read; the next look will."
        super().__init__(known_networks.renew, failure)
        self._pages = pages

    async def renew(self) -> None:
        """Read them now, and close the pages of whoever may not come in any more from where they are."""
        await super().renew()
        if known_networks.is_known:
            async for viewers in in_slices(self._pages()):
                for viewer in viewers:
                    end_if_barred(viewer)


def end_if_barred(viewer: Viewer) -> None:
    """Close a page that comes from a blocked network, and say why."""
    if viewer.is_open and (block := known_networks.bars_entrance(viewer.address)):
        networks.count_barred(block)
        viewer.end(fragments.entrance_barred(viewer.audience, text=NO_ENTRANCE), CLOSE_NO_MEMBER)
