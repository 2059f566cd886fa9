"""What a rendered fragment says of itself: its ids, and where each of its parts goes on a page."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

# Fragments that name no place themselves: where pages and other fragments put them.
PLACES: dict[str, tuple[str, str]] = {
    "line": ("beforeend", "#log"),
    "line_unshown": ("beforeend", "#log"),
    "draft": ("innerHTML", "#drafts"),
    "unseen": ("innerHTML", "#unseen"),
    "untold": ("innerHTML", "#untold"),
    "group_row": ("beforeend", "#group-list"),
    "case_row": ("beforeend", "#queue"),
    "held_row": ("beforeend", "#held-list"),
    "own_row": ("beforeend", "#own-groups > ul"),
    "connection_lost": ("outerHTML", "#status > .alive"),
    "unreached": ("innerHTML", "#notice"),
    "reacted_shown": ("innerHTML", "#reacted"),
    "editing_answered": ("innerHTML", "#editing"),
    "reaction_answered": ("innerHTML", "#line-menu"),
    "replying_begun": ("outerHTML", "#drafts > .draft > .replying"),
}
# How ids of lines and rows begin, which come beside others of their kind.
_ROWS = ("entry-", "group-", "case-", "held-", "member-")
_ID = re.compile(r"#([\w-]+)")
# Elements that have no end.
VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input"),
        *("link", "meta", "source", "track", "wbr"),
    }
)


class Swap(NamedTuple):
    """A part of a fragment that htmx puts somewhere: how, and what selects the place."""

    how: str
    target: str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.swaps: list[Swap] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        own = values.get("id")
        if own:
            self.ids.append(own)
        if oob := values.get("hx-swap-oob"):
            how, _, target = oob.partition(":")
            how = "outerHTML" if how == "true" else how
            self.swaps.append(Swap(how, target or f"#{own}"))


class Parts(NamedTuple):
    """The swaps of a rendered fragment, and the ids of its elements."""

    swaps: list[Swap]
    ids: list[str]

    @property
    def targets(self) -> frozenset[str]:
        """The ids that a page has to have for it."""
        return frozenset(found[1] for swap in self.swaps if (found := _ID.search(swap.target)))

    @property
    def marked(self) -> list[str]:
        """The ids of what is new on the page."""
        whole = [swap.target for swap in self.swaps if swap.how in {"outerHTML", "innerHTML"}]
        named = [found[1] for target in whole if (found := _ID.search(target))]
        added = [each for each in self.ids if each in self.brought and each.startswith(_ROWS)]
        return [*named, *added]

    @property
    def brought(self) -> frozenset[str]:
        """The ids that come with it, and are not there before."""
        return frozenset(self.ids) - self.targets


def parts_of(name: str, html: str) -> Parts:
    """Return what a sample of this fragment says of itself."""
    reader = _Reader()
    reader.feed(html)
    place = place_of(name, html)
    swaps = [place] if place else reader.swaps
    return Parts(list(dict.fromkeys(swaps)), list(dict.fromkeys(reader.ids)))


def place_of(name: str, html: str) -> Swap | None:
    """Return where a sample goes that says so itself in none of its elements."""
    return Swap(*PLACES[name]) if name in PLACES and "hx-swap-oob" not in html else None


class _Popovers(HTMLParser):
    """Finds the popovers in which elements of these ids stand."""

    def __init__(self, ids: frozenset[str]) -> None:
        super().__init__()
        self.wanted = ids
        self.found: set[str] = set()
        self.opened: set[str] = set()
        self.around: list[tuple[str, str, bool]] = []
        self.is_in_own_groups = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        own = values.get("id") or ""
        self.around.append((tag, own, "popover" in values))
        if own in self.wanted:
            self.found.add(own)
            self.opened |= {name for _, name, is_popover in self.around if is_popover}
            self.is_in_own_groups |= any(name == "own-groups" for _, name, _ in self.around)
        if tag in VOID:
            self.around.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.around and self.around.pop()[0] != tag:
            pass


class Found(NamedTuple):
    """Which ids a page has, which popovers they stand in, and whether any is in the list of own groups."""

    ids: frozenset[str]
    popovers: list[str]
    is_in_own_groups: bool


def find(html: str, ids: frozenset[str]) -> Found:
    """Return where elements of these ids stand on a page."""
    reader = _Popovers(ids)
    reader.feed(html)
    return Found(frozenset(reader.found), sorted(reader.opened), reader.is_in_own_groups)
