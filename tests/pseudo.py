"""A language that nobody speaks: what it leaves as it was, nobody has given to gettext.

Each message becomes accented letters in brackets, and two fifths longer, as translations tend to be. What
stands for a value stays, and so does markup.
"""

import re
from gettext import NullTranslations

CODE = "xx"
LONGER = 1.4
OPEN, CLOSE = "⟦", "⟧"

_LETTERS = str.maketrans(
    "aceghijklnorstuwyzACEGHIJKLNORSTUWYZ", "áçéĝĥíĵķļñóŕśťúŵýžÁÇÉĜĤÍĴĶĻÑÓŔŚŤÚŴÝŽ"
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


class Pseudo(NullTranslations):
    """It stands where Django has its catalogues (django.utils.translation.trans_real)."""

    def language(self) -> str:
        return CODE

    to_language = language

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)
