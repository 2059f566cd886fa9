"""What a value of a token sheet may say. It is read into its parts, and written anew from them.

So a value can hold no address, no rule and no comment: there is no part for any. Which names and numbers are
those of a colour is left to the library that computes with it (contrast.py).
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from django.utils.translation import gettext, gettext_lazy as _

from discuss.design.rules.tokens import COLOUR, COLOURS, FONT, NUMBER, PREFIX, SIZE, Token
from discuss.rules.text import Text

LONGEST = 160
# How deep mixtures of mixtures go.
DEEPEST = 4
SPACES = frozenset({"srgb", "srgb-linear", "oklab", "oklch", "hsl"})
# Of each function: whether the old form with commas is one.
FUNCTIONS = {"rgb": True, "rgba": True, "hsl": True, "hsla": True, "oklch": False, "oklab": False}
# Pixels of each unit at the usual size of letters.
UNITS = {"px": 1.0, "rem": 16.0, "em": 16.0, "ch": 8.0}
GENERIC = frozenset(
    [
        "serif",
        "sans-serif",
        "monospace",
        "cursive",
        "system-ui",
        "ui-serif",
        "ui-sans-serif",
        "ui-monospace",
        "ui-rounded",
    ]
)
_NUMBER = r"[+-]?(?:\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})"
_PIECE = re.compile(
    rf"""\s*(?:
    (?P<hash>\#[0-9a-f]{{3,8}})(?![\w-])
  | (?P<call>[a-z][a-z-]*)\(
  | (?P<property>--[a-z][a-z0-9-]*)
  | (?P<word>[a-z][a-z-]*)(?![\w-])
  | (?P<number>{_NUMBER}(?:%|deg|turn)?)(?![\w.%])
  | (?P<mark>[,/)])
    )\s*""",
    re.VERBOSE,
)
_LENGTH = re.compile(r"(\d{1,4}(?:\.\d{1,4})?|\.\d{1,4})(px|rem|em|ch)?")
_FAMILY = re.compile(r'"([^\W_][\w .&+-]{0,39})"|(-apple-system|[A-Za-z][A-Za-z-]{0,29})')


class Wrong(ValueError):
    """A value that a token sheet cannot have; it says why, to whoever wrote it."""

    def __init__(self, why: Text) -> None:
        super().__init__(why)
        self.why = why


class Plain(NamedTuple):
    """A colour by its numbers or its name."""

    css: str


class Var(NamedTuple):
    """The colour of another token."""

    name: str

    @property
    def css(self) -> str:
        return f"var({PREFIX}{self.name})"


class LightDark(NamedTuple):
    light: "Colour"
    dark: "Colour"

    @property
    def css(self) -> str:
        return f"light-dark({self.light.css}, {self.dark.css})"


class Mix(NamedTuple):
    """Two colours, with how many hundredths of each; None where that is not said."""

    space: str
    first: "Colour"
    first_part: float | None
    second: "Colour"
    second_part: float | None

    @property
    def css(self) -> str:
        first = f"{self.first.css}{_written(self.first_part)}"
        return f"color-mix(in {self.space}, {first}, {self.second.css}{_written(self.second_part)})"


type Colour = Plain | Var | LightDark | Mix

NOT_A_COLOUR = _(
    "This is no colour: write #2f6f62, oklch(50% 0.07 170), light-dark(a, b) or the like."
)


def clean(token: Token, text: str) -> str:
    """Return the value as style sheets have it. Raises Wrong."""
    text = text.strip()
    if len(text) > LONGEST:
        raise Wrong(gettext("A value has at most %(most)s characters.") % {"most": LONGEST})
    if token.kind == COLOUR:
        return read_colour(text).css
    if token.kind == FONT:
        return _font(text)
    if token.kind == NUMBER:
        return _number(token, text)
    return _length(token, text)


def read_colour(text: str) -> Colour:
    """Read a colour of any form that a token sheet may have. Raises Wrong."""
    reader = _Reader(text.lower())
    colour = reader.colour(0)
    reader.end()
    return colour


class _Reader:
    """Reads a colour piece by piece."""

    def __init__(self, text: str) -> None:
        self._pieces: list[tuple[str, str]] = []
        place = 0
        while place < len(text):
            found = _PIECE.match(text, place)
            if found is None:
                raise Wrong(NOT_A_COLOUR)
            place = found.end()
            self._pieces.append((str(found.lastgroup), found[str(found.lastgroup)]))
        self._pieces.reverse()

    def end(self) -> None:
        if self._pieces:
            raise Wrong(NOT_A_COLOUR)

    def colour(self, depth: int) -> Colour:
        kind, text = self._take()
        if kind in {"hash", "word"}:
            return Plain(text)
        if kind != "call" or depth >= DEEPEST:
            raise Wrong(NOT_A_COLOUR)
        if text in FUNCTIONS:
            return Plain(self._numbers(text))
        if text == "var":
            return self._var()
        if text == "light-dark":
            return self._light_dark(depth)
        if text == "color-mix":
            return self._mix(depth)
        raise Wrong(NOT_A_COLOUR)

    def _numbers(self, function: str) -> str:
        """Read what stands between the brackets, and return all of it as it is written."""
        numbers, marks = [], []
        while True:
            kind, text = self._take()
            if kind == "number" or (kind, text) == ("word", "none"):
                numbers.append(text)
            else:
                raise Wrong(NOT_A_COLOUR)
            if self._next() == ("mark", ")"):
                self._take()
                break
            marks.append(self._take()[1] if self._next()[0] == "mark" else " ")
        alpha = [" / "] if len(numbers) == 4 else []
        if marks == [" ", " ", *(["/"] if alpha else [])]:
            return f"{function}({' '.join(numbers[:3])}{''.join(alpha)}{''.join(numbers[3:])})"
        if FUNCTIONS[function] and len(numbers) in {3, 4} and set(marks) == {","}:
            return f"{function}({', '.join(numbers)})"
        raise Wrong(NOT_A_COLOUR)

    def _var(self) -> Var:
        kind, text = self._take()
        self._expect("mark", ")")
        name = text.removeprefix(PREFIX)
        if kind != "property" or name == text or name not in COLOURS:
            raise Wrong(_("Name one of the colours of this page: var(--discuss-accent)."))
        return Var(name)

    def _light_dark(self, depth: int) -> LightDark:
        light = self.colour(depth + 1)
        self._expect("mark", ",")
        dark = self.colour(depth + 1)
        self._expect("mark", ")")
        return LightDark(light, dark)

    def _mix(self, depth: int) -> Mix:
        self._expect("word", "in")
        kind, space = self._take()
        if kind != "word" or space not in SPACES:
            raise Wrong(_("Colours are mixed in srgb, srgb-linear, hsl, oklab or oklch."))
        self._expect("mark", ",")
        first, first_part = self._share(depth)
        self._expect("mark", ",")
        second, second_part = self._share(depth)
        self._expect("mark", ")")
        if first_part == second_part == 0:
            raise Wrong(NOT_A_COLOUR)
        return Mix(space, first, first_part, second, second_part)

    def _share(self, depth: int) -> tuple[Colour, float | None]:
        """Read a colour of a mixture, and how much of it."""
        colour = self.colour(depth + 1)
        if self._next()[0] != "number":
            return colour, None
        text = self._take()[1]
        part = float(text.removesuffix("%")) if text.endswith("%") else -1.0
        if not 0 <= part <= 100:
            raise Wrong(_("How much of a colour is mixed in is said from 0% to 100%."))
        return colour, part

    def _next(self) -> tuple[str, str]:
        return self._pieces[-1] if self._pieces else ("", "")

    def _take(self) -> tuple[str, str]:
        if not self._pieces:
            raise Wrong(NOT_A_COLOUR)
        return self._pieces.pop()

    def _expect(self, *piece: str) -> None:
        if self._take() != piece:
            raise Wrong(NOT_A_COLOUR)


def _length(token: Token, text: str) -> str:
    found = _LENGTH.fullmatch(text.lower())
    units: Collection[str] = {"rem"} if token.kind == SIZE else UNITS
    if found is None or (found[2] not in units and float(found[1])):
        raise Wrong(gettext("Write a number with a unit: %(units)s.") % {"units": ", ".join(units)})
    unit = found[2] if found[2] in units else "rem"
    if not token.least <= float(found[1]) * UNITS[unit] <= token.most:
        least, most = token.least / UNITS[unit], token.most / UNITS[unit]
        bounds = {"least": f"{least:g}{unit}", "most": f"{most:g}{unit}"}
        raise Wrong(gettext("Between %(least)s and %(most)s.") % bounds)
    return f"{float(found[1]):g}{unit}"


def _number(token: Token, text: str) -> str:
    found = re.fullmatch(r"\d(?:\.\d{1,3})?", text)
    if found is None or not token.least <= float(text) <= token.most:
        bounds = {"least": f"{token.least:g}", "most": f"{token.most:g}"}
        raise Wrong(gettext("A number between %(least)s and %(most)s.") % bounds)
    return f"{float(text):g}"


def _font(text: str) -> str:
    families = []
    for family in text.split(","):
        found = _FAMILY.fullmatch(family.strip())
        if found is None:
            raise Wrong(_('Write families behind each other: "Source Serif 4", Georgia, serif.'))
        families.append(f'"{found[1]}"' if found[1] else found[2])
    if families[-1] not in GENERIC:
        raise Wrong(_("Name serif, sans-serif, monospace or system-ui last, for who has none."))
    return ", ".join(families)


def _written(part: float | None) -> str:
    return "" if part is None else f" {part:g}%"
