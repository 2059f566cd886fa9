"""What text may be: names that cannot pretend to be others, messages that cannot disturb the page.

Pure functions on strings. Forms clean with them, models validate with them.
"""

import re
import unicodedata
from typing import NamedTuple

from django.core.exceptions import ValidationError
from linkify_it import LinkifyIt

# Embeddings and overrides (Unicode Standard Annex 9) turn the text after them around. Isolates are
# kept in messages, where a template isolates the whole text; names lose all of them.
BIDI_CONTROLS = re.compile("[\u202a-\u202e]")
# Letters and marks by their category, yet nothing to see (Default_Ignorable_Code_Point, and the blank
# Braille cell).
BLANK_LETTERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
) | frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
# They choose between a letter's and a picture's look, nothing that could tell two names apart.
EMOJI_STYLES = re.compile("[\ufe0e\ufe0f]")
# Characters in the key of a name.
KEY_LENGTH = 500
# Cc control, Cf format, Cs surrogate, Co private use, Cn unassigned.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
SEPARATORS = frozenset({"Zl", "Zp", "Zs"})

_links = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
for _schema in ("mailto:", "ftp:", "//"):
    _links.add(_schema, None)


class Part(NamedTuple):
    """A piece of a message: plain text, or text that links to `url`."""

    text: str
    url: str = ""


def clean_message(raw: str) -> str:
    """Return `raw` as it is stored: NFC, newlines as \\n, no bidi overrides or controls, trimmed.

    Raises ValidationError for NUL and lone surrogates: no one types them, and no database takes them.
    """
    if raw.isprintable():
        # Most are: one line without controls, surrogates or unassigned characters, nor any space but " ".
        text = unicodedata.normalize("NFC", raw.strip())
        return text if any(is_seen(c) for c in text) else ""
    refuse_unstorable(raw)
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = BIDI_CONTROLS.sub("", text)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc").strip()
    # Last, because letters and marks compose that had one of these in between.
    text = unicodedata.normalize("NFC", text)
    return text if any(is_seen(c) for c in text) else ""


def clean_name(raw: str) -> str:
    """Return `raw` as a name is stored: NFC, one space between words, trimmed, emoji without a style.

    Raises ValidationError for NUL and lone surrogates; validate_name says what else a name may not hold.
    """
    refuse_unstorable(raw)
    return unicodedata.normalize("NFC", " ".join(EMOJI_STYLES.sub("", raw).split()))


def name_key(name: str) -> str:
    """Return what two names that look alike by case or compatible characters share (NFKC, case folded)."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded)


def refuse_unstorable(text: str) -> None:
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValidationError("This text holds a character that cannot be stored.", "unstorable")


def printable(raw: object) -> str:
    """Return what of `raw` can be sent back to the one who typed it: no NUL, no lone surrogates."""
    return str(raw).replace("\x00", "").encode("utf-8", "ignore").decode() if raw else ""


def validate_name(name: str) -> None:
    """Raise ValidationError unless every character of `name` can be seen (plain spaces may stand between).

    Also where its key does not fit its column: a single compatible character can stand for many.
    """
    if len(name_key(name)) > KEY_LENGTH:
        raise ValidationError("This name is too long.", "max_length")
    for character in name:
        if character != " " and not is_seen(character):
            raise ValidationError(
                "A name cannot hold invisible or control characters.", "invisible"
            )


def is_seen(character: str) -> bool:
    return (
        unicodedata.category(character) not in UNSEEN | SEPARATORS
        and character not in BLANK_LETTERS
    )


def split_links(text: str) -> list[Part]:
    """Return `text` in pieces, each http(s) address one of its own."""
    if "http" not in text.lower():
        return [Part(text)]
    parts, end = [], 0
    for match in _links.match(text) or ():
        if match.index > end:
            parts.append(Part(text[end : match.index]))
        parts.append(Part(text[match.index : match.last_index], match.url))
        end = match.last_index
    return [*parts, Part(text[end:])] if end < len(text) else parts
