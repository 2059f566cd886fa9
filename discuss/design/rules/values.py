"""What a value of a token sheet may say. It is read into its parts, and written anew from them.

So a value can hold no address, no rule and no comment: there is no part for any. Which names and numbers are
those of a colour is left to the library that computes with it (contrast.py).
"""

import re
from collections.abc import Collection

from django.utils.translation import gettext, gettext_lazy as _

from discuss.design.rules.colours import Wrong, read_colour
from discuss.design.rules.tokens import COLOUR, FONT, NUMBER, SIZE, Token

LONGEST = 160
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
_LENGTH = re.compile(r"(\d{1,4}(?:\.\d{1,4})?|\.\d{1,4})(px|rem|em|ch)?")
_FAMILY = re.compile(r'"([^\W_][\w .&+-]{0,39})"|(-apple-system|[A-Za-z][A-Za-z-]{0,29})')


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
