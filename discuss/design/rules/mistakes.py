"""What is wrong with a style sheet of a theme or of a skin, as far as it can be said without a browser."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from discuss.design.rules.colours import Wrong
from discuss.design.rules.contrast import WHITE, Contrast, Palette
from discuss.design.rules.defaults import values_in
from discuss.design.rules.tokens import COLOURS, PREFIX

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_TEXT = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")
_NAMED = re.compile(rf"(?<![\w-]){PREFIX}[\w-]+")
_SET = re.compile(rf"(?<![\w-])({PREFIX}[\w-]+)\s*:")
_USED = re.compile(rf"var\(\s*({PREFIX}[\w-]+)")
_FILE = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")


class Mistake(NamedTuple):
    """The line where it is, and what it is, for whoever wrote the sheet."""

    line: int
    text: str


def known_properties(css: str) -> frozenset[str]:
    """Return the properties that a sheet of ours sets."""
    return frozenset(_SET.findall(_COMMENT.sub(_blank, css)))


def mistakes_in(css: str, known: Collection[str]) -> Iterator[Mistake]:
    """Yield what no browser tells of. `known` are the properties that there are.

    A property of the sheet's own is one that it sets and uses.
    """
    code = _COMMENT.sub(_blank, css)
    own = set(_SET.findall(code)) & set(_USED.findall(code))
    for match in _NAMED.finditer(code):
        name = match[0]
        if name not in known and name not in own:
            names = [each.removeprefix(PREFIX) for each in known]
            near = difflib.get_close_matches(name.removeprefix(PREFIX), names, 1)
            is_it = f" Is it {PREFIX}{near[0]}?" if near else ""
            yield Mistake(_line(code, match), f"There is no property {name}.{is_it}")
    yield from _brackets(_TEXT.sub(_blank, code))


def files_in(css: str) -> Iterator[tuple[int, str]]:
    """Yield the files that a sheet names, each with its line: those that are beside it, and not elsewhere."""
    code = _COMMENT.sub(_blank, css)
    for match in _FILE.finditer(code):
        if not re.match(r"[a-z]+:|/|#", match[1], re.IGNORECASE):
            yield _line(code, match), match[1]


def hard_to_read(css: str, ours: Mapping[str, str]) -> list[tuple[int, Contrast]]:
    """Return what cannot be read of the colours that a sheet gives to :root, with the line of one of them.

    `ours` are the values of tokens.css. Nothing is said of a sheet with colours that are written otherwise
    than the admin lets them be.
    """
    theirs = {name: value for name, value in values_in(css).items() if name in COLOURS}
    try:
        palette = Palette({**ours, **theirs})
        low = [
            (made, contrast)
            for contrast in palette.contrasts
            if not contrast.is_enough and (made := _made_of(palette, contrast) & theirs.keys())
        ]
    except Wrong:
        return []
    return [(min(_line_of(css, name) for name in made), contrast) for made, contrast in low]


def _made_of(palette: Palette, contrast: Contrast) -> frozenset[str]:
    front, ground, _ = contrast.pair
    return (palette.made_of(front) if front != WHITE else frozenset()) | palette.made_of(ground)


def _brackets(code: str) -> Iterator[Mistake]:
    opened: list[int] = []
    for match in re.finditer(r"[{}]", code):
        if match[0] == "{":
            opened.append(_line(code, match))
        elif opened:
            opened.pop()
        else:
            yield Mistake(_line(code, match), "This bracket closes nothing.")
    if opened:
        yield Mistake(opened[-1], "This bracket is never closed.")


def _blank(match: re.Match[str]) -> str:
    """Return as many lines, so that those of what follows are right."""
    return re.sub(r"[^\n]", " ", match[0])


def _line(code: str, match: re.Match[str]) -> int:
    return code.count("\n", 0, match.start()) + 1


def _line_of(css: str, token: str) -> int:
    code = _COMMENT.sub(_blank, css)
    found = re.search(rf"(?<![\w-]){re.escape(PREFIX + token)}\s*:", code)
    return _line(code, found) if found else 1
