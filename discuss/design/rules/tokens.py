"""The custom properties of our style sheets: what each is called, what it is for, and what it may be.

They are those of static/discuss/tokens.css, in its order (a test compares them). The docs and the page of the
admin on which a token sheet is written list what stands here.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from discuss.rules.text import Text

PREFIX = "--discuss-"
COLOUR, LENGTH, SIZE, NUMBER, FONT = "colour", "length", "size", "number", "font"
TIME, SHADOW = "time", "shadow"
KINDS: dict[str, Text] = {
    COLOUR: _("colour"),
    LENGTH: _("length"),
    SIZE: _("size of letters"),
    NUMBER: _("number"),
    FONT: _("font"),
    TIME: _("time"),
    SHADOW: _("shadow"),
}


class Token(NamedTuple):
    """One property. What is not open follows another one, or keeps pages usable: style sheets alone set it.

    `least` and `most` bound what a token sheet may say: pixels of a length (a rem has 16), or a number.
    Compact pages have their own value of one that `is_dense`.
    """

    name: str
    kind: str
    meaning: Text
    is_open: bool = True
    least: float = 0
    most: float = 0
    is_dense: bool = False

    @property
    def property(self) -> str:
        return f"{PREFIX}{self.name}"


class Part(NamedTuple):
    """Tokens that belong together."""

    title: Text
    tokens: tuple[Token, ...]


def _colour(name: str, meaning: Text, *, is_open: bool = True) -> Token:
    return Token(name, COLOUR, meaning, is_open)


def _length(
    name: str, meaning: Text, least: float, most: float, *, is_dense: bool = False
) -> Token:
    return Token(name, LENGTH, meaning, True, least, most, is_dense)


def _size(name: str, meaning: Text, least: float, most: float) -> Token:
    return Token(name, SIZE, meaning, True, least, most)


PARTS = (
    Part(
        _("Grounds and text"),
        (
            _colour("paper", _("The ground behind everything")),
            _colour("surface", _("What one reads on: the log, cards, menus, fields")),
            _colour("raised", _("What stands out from that: buttons, code, the current row")),
            _colour("line", _("Thin lines between parts, and around them")),
            _colour("ink", _("Text")),
            _colour("ink-soft", _("Text that matters less: times, hints")),
        ),
    ),
    Part(
        _("Accent and signals"),
        (
            _colour("accent", _("Links, the main button, counts of what is unread")),
            _colour("accent-ink", _("Text on the accent, which it follows"), is_open=False),
            _colour("accent-soft", _("A breath of the accent, behind what is one's own")),
            _colour("danger", _("What went wrong, and what cannot be taken back")),
            _colour("danger-soft", _("The ground behind that")),
            _colour("warn-ink", _("What to look out for")),
            _colour("warn-soft", _("The ground behind that, and behind mentions")),
            _colour("warn", _("Edges of what to look out for")),
        ),
    ),
    Part(
        _("Messages"),
        (
            _colour("bubble", _("The ground behind a message")),
            _colour("mark", _("The ground behind the line that a link named"), is_open=False),
            _colour("own-bubble", _("The ground behind one's own messages")),
            _colour("called-bubble", _("The ground behind messages that mention the reader")),
            _colour("called", _("The ground behind that mention itself")),
            _colour("called-ink", _("The text of that mention")),
        ),
    ),
    Part(
        _("Code"),
        (
            _colour("code-comment", _("Comments in code")),
            _colour("code-keyword", _("Keywords in code")),
            _colour("code-string", _("Strings in code")),
            _colour("code-number", _("Numbers in code")),
            _colour("code-name", _("Names of functions and classes in code")),
            _colour("code-builtin", _("Names that a language brings")),
        ),
    ),
    Part(
        _("Focus"),
        (
            _colour("focus", _("The frame around what the keyboard is at")),
            _colour("ring", _("A glow around the field that is written in")),
        ),
    ),
    Part(
        _("Letters"),
        (
            Token("font", FONT, _("The letters of everything")),
            Token("mono", FONT, _("The letters of code")),
            _size("tiny", _("The smallest text: times, counts"), 12, 20),
            _size("small", _("Small text: hints, lists"), 12, 24),
            _size("text", _("What people write"), 14, 28),
            _size("large", _("Headings within a page"), 16, 40),
            _size("huge", _("The heading of a page"), 18, 64),
        ),
    ),
    Part(
        _("Room"),
        (
            _length("gap", _("Between parts"), 4, 48, is_dense=True),
            _length("gap-small", _("Between things of one part"), 2, 24, is_dense=True),
            _length("gap-tiny", _("Between things that are one"), 0, 12),
            _length("radius", _("How round cards and panels are"), 0, 40),
            _length(
                "radius-small",
                _("How round buttons, messages and fields are, but the one for messages"),
                0,
                40,
            ),
            Token("touch", LENGTH, _("What a finger hits"), is_open=False),
            Token("control", LENGTH, _("What a mouse hits as easily"), is_open=False),
            _length("measure", _("How wide the log is"), 320, 1920),
            Token("leading", NUMBER, _("From line to line of a text"), True, 1.2, 2.2, True),
            _length("between", _("Between messages"), 0, 48, is_dense=True),
            _length("row", _("How high a group in the list is"), 44, 160, is_dense=True),
            _length("face", _("How large a face is"), 20, 80, is_dense=True),
            Token("shadow", SHADOW, _("Under cards"), is_open=False),
            Token("shadow-high", SHADOW, _("Under menus"), is_open=False),
            Token("moment", TIME, _("How long what comes and goes is on its way"), is_open=False),
        ),
    ),
    Part(
        _("People"),
        tuple(
            _colour(f"hue-{number}", _("The ground of faces and tiles, behind white letters"))
            for number in range(8)
        ),
    ),
)


def tokens() -> Iterator[Token]:
    for part in PARTS:
        yield from part.tokens


TOKENS = {token.name: token for token in tokens()}
OPEN = {name: token for name, token in TOKENS.items() if token.is_open}
COLOURS = frozenset(name for name, token in TOKENS.items() if token.kind == COLOUR)
