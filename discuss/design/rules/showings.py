"""How samples are shown: how wide, in which theme and skin, and to whom."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

WIDTHS = (360, 768, 1280)
LIGHT, DARK, BOTH = "light", "dark", "both"
# Of skins: each of them, and none.
ALL = "all"
OTHER, AUTHOR = "other", "author"
THEMES = ((LIGHT, _("Light")), (DARK, _("Dark")), (BOTH, _("Both")))
READERS = ((OTHER, _("Somebody else")), (AUTHOR, _("Who wrote the message")))
# How fast a scene is played: times what its file says, or without any pause.
AT_ONCE = "all"
SPEEDS = (
    ("0.5", _("Half")),
    ("1", _("As written")),
    ("4", _("Four times")),
    (AT_ONCE, _("As fast as it goes")),
)
LEAST_PAUSE = 20
# What a phone shows, a tablet, and a window on a desk.
HEIGHTS = {360: 640, 768: 600, 1280: 680}


class Showing(NamedTuple):
    """How a page of samples is shown; `state` is the slug of one of them, or empty for all."""

    width: int = 360
    theme: str = LIGHT
    reader: str = OTHER
    state: str = ""
    # What the group's page wears; nothing for none, and ALL for each after the other.
    skin: str = ""
    # Whether what is new on the page has a frame.
    mark: bool = False

    @property
    def worn(self) -> str:
        """The skin that a single page wears."""
        return "" if self.skin == ALL else self.skin

    @property
    def themes(self) -> tuple[str, ...]:
        return (LIGHT, DARK) if self.theme == BOTH else (self.theme,)

    @property
    def height(self) -> int:
        return HEIGHTS[self.width]


class Playing(NamedTuple):
    """How a scene is played, and what a press of a button asks for.

    `skin` is what its group wears at first.
    """

    scene: str = ""
    speed: str = "1"
    skin: str = ""
    width: int = 768
    theme: str = ""
    do: str = ""
    # The step that the page shows as the next; and whether one follows the other there.
    expected: int = 0
    is_running: bool = False

    @property
    def height(self) -> int:
        return HEIGHTS[self.width]

    @property
    def is_at_once(self) -> bool:
        return self.speed == AT_ONCE

    def pause_before(self, after: int) -> int:
        """Return the milliseconds before a step for which the scene says so many."""
        return (
            LEAST_PAUSE if self.is_at_once else max(LEAST_PAUSE, round(after / float(self.speed)))
        )
