"""A colour of a token sheet: read into its parts, and written anew from them."""

import re
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from discuss.design.rules.tokens import COLOURS, PREFIX
from discuss.rules.text import Text

# How deep mixtures of mixtures go.
DEEPEST = 4
SPACES = frozenset({"srgb", "srgb-linear", "oklab", "oklch", "hsl"})
# Of each function: whether the old form with commas is one.
FUNCTIONS = {"rgb": True, "rgba": True, "hsl": True, "hsla": True, "oklch": False, "oklab": False}
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


def _written(part: float | None) -> str:
    return "" if part is None else f" {part:g}%"
