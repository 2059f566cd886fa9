"""How samples are shown: how wide, in which theme, and to whom."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

WIDTHS = (360, 768, 1280)
LIGHT, DARK, BOTH = "light", "dark", "both"
OTHER, AUTHOR = "other", "author"
THEMES = ((LIGHT, _("Light")), (DARK, _("Dark")), (BOTH, _("Both")))
READERS = ((OTHER, _("Somebody else")), (AUTHOR, _("Who wrote the message")))
# What a phone shows, a tablet, and a window on a desk.
HEIGHTS = {360: 640, 768: 600, 1280: 680}


class Showing(NamedTuple):
    """How a page of samples is shown; `state` is the slug of one of them, or empty for all."""

    width: int = 360
    theme: str = LIGHT
    reader: str = OTHER
    state: str = ""
    # Whether what is new on the page has a frame.
    mark: bool = False

    @property
    def themes(self) -> tuple[str, ...]:
        return (LIGHT, DARK) if self.theme == BOTH else (self.theme,)

    @property
    def height(self) -> int:
        return HEIGHTS[self.width]
