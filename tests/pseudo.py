"""A language that nobody speaks: what it leaves as it was, nobody has given to gettext.

Each message becomes accented letters in brackets, and two fifths longer, as translations tend to be. What
stands for a value stays, and so does markup.

A second one runs from right to left: letters of Hebrew stand for ours, and mean nothing.
"""

import re
from gettext import NullTranslations

CODE = "xx"
# Yiddish, which nobody has translated anything into: axe wants a language that there is.
RIGHT_TO_LEFT = "yi"
LONGER = 1.4
OPEN, CLOSE = "⟦", "⟧"

_LETTERS = str.maketrans(
    "aceghijklnorstuwyzACEGHIJKLNORSTUWYZ", "áçéĝĥíĵķļñóŕśťúŵýžÁÇÉĜĤÍĴĶĻÑÓŔŚŤÚŴÝŽ"
)
_HEBREW = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "אבגדהוזחטיכלמנסעפצקרשתןםךף" * 2
)
# Values by either way of formatting, tags, references of characters, and ends of lines.
_KEPT = re.compile(r"(%%|%(?:\(\w+\))?[sdrf]|{[^{}]*}|<[^<>]*>|&#?\w+;|\n)")
_MORE = "óñé ťŵó ťĥŕéé ƒóúŕ "


def pseudo(message: str) -> str:
    """Return what the message is in this language."""
    # What it means stands before it where Django was told (pgettext).
    pieces = _KEPT.split(message.rpartition("\x04")[2])
    read = sum(map(len, pieces[::2]))
    translated = [
        piece if place % 2 else piece.translate(_LETTERS) for place, piece in enumerate(pieces)
    ]
    missing = max(2, round(read * (LONGER - 1)))
    more = (_MORE * (missing // len(_MORE) + 1))[:missing].rstrip()
    return f"{OPEN}{''.join(translated)} {more}{CLOSE}"


def mirrored(message: str) -> str:
    """Return what the message is in the one that runs from right to left."""
    pieces = _KEPT.split(message.rpartition("\x04")[2])
    return "".join(
        piece if place % 2 else piece.translate(_HEBREW) for place, piece in enumerate(pieces)
    )


class Pseudo(NullTranslations):
    """It stands where Django has its catalogues (django.utils.translation.trans_real)."""

    def language(self) -> str:
        return CODE

    to_language = language

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)


class Mirrored(Pseudo):
    def language(self) -> str:
        return RIGHT_TO_LEFT

    to_language = language

    def gettext(self, message: str) -> str:
        return mirrored(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return mirrored(msgid1 if n == 1 else msgid2)
