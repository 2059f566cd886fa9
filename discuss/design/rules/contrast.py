"""What can be read on what: the contrast of a token sheet's colours, in light and in dark.

Computed as WCAG 2.2 does (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio): 4.5 for text (1.4.3), 3 for what
one acts on (1.4.11). Thin lines between parts say nothing that is not said otherwise, and need none.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from discuss.design.rules.colours import (
    NOT_A_COLOUR,
    Colour,
    LightDark,
    Mix,
    Plain,
    Var,
    Wrong,
    read_colour,
)
from discuss.design.rules.tokens import COLOURS, TOKENS
from discuss.rules.text import Text

if TYPE_CHECKING:
    from coloraide import Color

LIGHT, DARK = "light", "dark"
THEMES: Mapping[str, Text] = {LIGHT: _("light"), DARK: _("dark")}
TEXT, CONTROLS = 4.5, 3.0
WHITE = "white"
# What is see-through shows this: messages and panels stand on it.
BEHIND = "surface"


class Pair(NamedTuple):
    """What has to be told from what it stands on; WHITE is no token, but the letters of faces."""

    front: str
    ground: str
    least: float = TEXT


PAIRS = (
    *(
        Pair("ink", ground)
        for ground in ("paper", "surface", "raised", "bubble", "own-bubble", "called-bubble")
    ),
    *(Pair("ink-soft", ground) for ground in ("paper", "surface", "raised")),
    *(Pair("accent", ground) for ground in ("paper", "surface", "bubble", "own-bubble")),
    Pair("accent-ink", "accent"),
    Pair("accent", "accent-soft"),
    *(Pair("danger", ground) for ground in ("surface", "danger-soft")),
    Pair("warn-ink", "warn-soft"),
    Pair("called-ink", "called"),
    *(
        Pair(f"code-{kind}", "raised")
        for kind in ("comment", "keyword", "string", "number", "name", "builtin")
    ),
    *(Pair(WHITE, f"hue-{number}") for number in range(8)),
    *(Pair("focus", ground, CONTROLS) for ground in ("paper", "surface")),
    Pair("warn", "surface", CONTROLS),
)


class Contrast(NamedTuple):
    """How well a pair can be told apart in a theme."""

    pair: Pair
    theme: str
    ratio: float

    @property
    def is_enough(self) -> bool:
        return self.ratio >= self.pair.least

    @property
    def shown(self) -> str:
        """Return the ratio as people read it, cut off and not rounded: what falls short is never enough."""
        return f"{int(self.ratio * 10) / 10:.1f}"


class Palette:
    """All colours of a token sheet, each from its value or from that of tokens.css."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """`values` has one for each of COLOURS. Raises Wrong where one is none."""
        self._read = {name: read_colour(values[name]) for name in COLOURS}
        self._seen: dict[tuple[str, str], Color] = {}

    def colour(self, name: str, theme: str) -> "Color":
        """Return what a token shows in a theme. Raises Wrong where colours are made of each other."""
        if name == WHITE:
            return _named(WHITE)
        key = name, theme
        if key not in self._seen:
            self._seen[key] = self._resolve(self._read[name], theme, (name,))
        return self._seen[key]

    def hex(self, name: str, theme: str) -> str:
        """Return it as it is painted on what stands behind it, for a picture."""
        return str(self._opaque(name, theme).convert("srgb").to_string(hex=True, alpha=False))

    def contrast(self, pair: Pair, theme: str) -> Contrast:
        ground = self._opaque(pair.ground, theme)
        front = self._over(self.colour(pair.front, theme), ground)
        return Contrast(pair, theme, front.contrast(ground, method="wcag21"))

    @cached_property
    def contrasts(self) -> list[Contrast]:
        return [self.contrast(pair, theme) for pair in PAIRS for theme in THEMES]

    def made_of(self, name: str) -> frozenset[str]:
        """Return the tokens of which a colour is made, itself among them."""
        found: set[str] = set()
        waiting = [name] if name in COLOURS else []
        while waiting:
            found.add(name := waiting.pop())
            waiting += set(_vars(self._read[name])) - found
        return frozenset(found)

    def _opaque(self, name: str, theme: str) -> "Color":
        behind = _named(WHITE if theme == LIGHT else "black")
        if name != BEHIND:
            behind = self._over(self.colour(BEHIND, theme), behind)
        return self._over(self.colour(name, theme), behind)

    def _over(self, front: "Color", behind: "Color") -> "Color":
        from coloraide import Color

        return Color.layer([front, behind], space="srgb").clip("srgb")

    def _resolve(self, colour: Colour, theme: str, path: tuple[str, ...]) -> "Color":
        match colour:
            case Plain(css):
                return _named(css)
            case Var(name):
                if name in path:
                    raise Wrong(_("These colours are made of each other."))
                return self._resolve(self._read[name], theme, (*path, name))
            case LightDark(light, dark):
                return self._resolve(light if theme == LIGHT else dark, theme, path)
            case Mix():
                return self._mixed(colour, theme, path)

    def _mixed(self, mix: Mix, theme: str, path: tuple[str, ...]) -> "Color":
        """Mix as https://www.w3.org/TR/css-color-5/#color-mix says."""
        first = self._resolve(mix.first, theme, path)
        second = self._resolve(mix.second, theme, path)
        one, other = mix.first_part, mix.second_part
        if one is None:
            one = 50.0 if other is None else 100 - other
        if other is None:
            other = 100 - one
        mixed = first.mix(second, other / (one + other), space=mix.space)
        mixed["alpha"] = mixed["alpha"] * min(1.0, (one + other) / 100)
        return mixed


def check_colour(text: str) -> None:
    """Raise Wrong where a part of a colour is none: of a name that there is not."""
    for part in _plains(read_colour(text)):
        _named(part)


def _named(css: str) -> "Color":
    from coloraide import Color  # 150 ms and some MB, for whoever writes a token sheet alone

    found = Color.match(css, fullmatch=True)
    if found is None:
        raise Wrong(NOT_A_COLOUR)
    return found.color


def _plains(colour: Colour) -> Iterator[str]:
    match colour:
        case Plain(css):
            yield css
        case Var():
            return
        case LightDark(light, dark):
            yield from _plains(light)
            yield from _plains(dark)
        case Mix():
            yield from _plains(colour.first)
            yield from _plains(colour.second)


def _vars(colour: Colour) -> Iterator[str]:
    match colour:
        case Plain():
            return
        case Var(name):
            yield name
        case LightDark(light, dark):
            yield from _vars(light)
            yield from _vars(dark)
        case Mix():
            yield from _vars(colour.first)
            yield from _vars(colour.second)


def meaning_of(name: str) -> Text:
    """Return what stands in front of, or behind, something else."""
    return TOKENS[name].meaning if name in TOKENS else _("White letters")
