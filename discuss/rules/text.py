"""What text may be: names that cannot pretend to be others, messages that cannot disturb the page.

Pure functions on strings. Forms clean with them, models validate with them.
"""

import re
import unicodedata
from typing import TYPE_CHECKING, NoReturn

from django.core.exceptions import ValidationError
from django.utils.functional import keep_lazy_text
from django.utils.translation import gettext_lazy as _

from discuss.rules.characters import (
    IGNORABLE,
    JOINER,
    bears_marks,
    is_letter,
    is_mark,
    is_needed,
    is_seen,
)
from discuss.rules.marks import has_pile, normalized
from discuss.rules.scripts import is_shared, mixes_scripts
from discuss.rules.skeletons import HARDLY_SEEN

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# What people read: as it stands, or a message that becomes text where it is shown, in the language of who
# sees it.
type Text = str | _StrPromise

# Embeddings and overrides (Unicode Standard Annex 9) turn the text after them around. Isolates are
# kept in messages, where a template isolates the whole text; names lose all of them.
BIDI_CONTROLS = re.compile("[\u202a-\u202e]")
# Characters in the key of a name.
KEY_LENGTH = 500

# Extended_Pictographic by blocks, so that a picture newer than Python's tables is one.
PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001faff\U0001fc00-\U0001fffd]"
)
STYLE = "\ufe0f"
# Pictures that are one only together (UTS 51): joined ones, keycaps, and flags that are spelled by tags.
SEQUENCE = re.compile(
    f"{PICTURE}{STYLE}?(?:{JOINER}{PICTURE}[\U0001f3fb-\U0001f3ff]?{STYLE}?)+"
    f"|[0-9#*]{STYLE}\u20e3"
    # Of England, Scotland and Wales: whatever else is spelled looks like a plain black flag.
    "|\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)"
    "\U000e007f"
)
# Elsewhere a style chooses between a letter's and a picture's look: nothing that tells two names apart.
LONE_STYLE = re.compile(f"({SEQUENCE.pattern})|[\ufe0e\ufe0f]")

USERNAME_SIGNS = frozenset("@.+-_")
WORD = re.compile("[^@.+_-]+")
# They stand between two letters: Catalan, Armenian, Hebrew, Tibetan, Japanese, and the apostrophe of many.
MEDIAL_SIGNS = frozenset("\u00b7\u058a\u05f3\u05f4\u0f0b\u2019\u30a0\u30fb")
# Marks above or below one letter (UTS 39 takes more for a forgery).
MARKS_IN_A_ROW = 4
# NFKC takes the vowel am of Thai and Lao apart, and its ring would then stand above a tone mark.
VOWEL_AM = re.compile("([\u0e33\u0eb3])")


def clean_message(raw: str) -> str:
    """Return `raw` as it is stored: NFC, newlines as \\n, no bidi overrides or controls, trimmed.

    Raises ValidationError for NUL and lone surrogates: no one types them, and no database takes them.
    """
    if raw.isprintable():
        # Most are: one line without controls, surrogates or unassigned characters, nor any space but " ".
        text = normalized("NFC", raw.strip())
        return text if any(is_seen(c) for c in text) else ""
    refuse_unstorable(raw)
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = BIDI_CONTROLS.sub("", text)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc").strip()
    # Last, because letters and marks compose that had one of these in between.
    text = normalized("NFC", text)
    return text if any(is_seen(c) for c in text) else ""


def clean_name(raw: str) -> str:
    """Return `raw` as a name is stored: NFC, one space between words, trimmed, no style of a lone picture.

    Raises ValidationError for NUL and lone surrogates; validate_name says what else a name may not hold.
    """
    refuse_unstorable(raw)
    unstyled = LONE_STYLE.sub(lambda match: match[1] or "", raw)
    return normalized("NFC", " ".join(unstyled.split()))


def clean_username(raw: str) -> str:
    """Return `raw` as a username is stored: compatible characters by their plain ones (NFKC)."""
    parts = VOWEL_AM.split(normalized("NFC", raw))
    return "".join(
        part if place % 2 else normalized("NFKC", part) for place, part in enumerate(parts)
    )


def clean_display_name(raw: str) -> str:
    """Return `raw` as a display name is stored: as a username, with one space between words.

    The apostrophe of a keyboard becomes that of names.
    """
    refuse_unstorable(raw)
    return " ".join(clean_username(raw).replace("'", "\u2019").split())


def clean_words(raw: str, length: int) -> str:
    """Return the first `length` characters of search words, cleaned as names are.

    What cannot be stored is nowhere to be found: it is left out.
    """
    words = clean_name(clean_message(printable(raw)))
    if len(words) > length:
        # What cannot be seen finds nothing, and takes no room from what can.
        words = IGNORABLE.sub("", words)
    return words[:length].strip()


def name_key(name: str) -> str:
    """Return what two names share that look alike by case, compatible or invisible characters.

    Texts are searched by it too. It is NFKC_Casefold of Unicode's chapter 3.13, but for the tags of flags.
    """
    if name.isascii():
        return name.lower()
    folded = normalized("NFKC", IGNORABLE.sub("", name)).casefold()
    return normalized("NFKC", folded)


def refuse_unstorable(text: str) -> None:
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValidationError(_("This text holds a character that cannot be stored."), "unstorable")


@keep_lazy_text
def printable(raw: object) -> str:
    """Return what of `raw` can be sent back to the one who typed it: no NUL, no lone surrogates."""
    return str(raw).replace("\x00", "").encode("utf-8", "ignore").decode() if raw else ""


def clean_draft(raw: str, most: int) -> str:
    """Return what stands in a field as it can be kept: not trimmed, and the first `most` characters."""
    text = printable(raw[: 2 * most])
    if not text.isprintable():
        text = BIDI_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return text[:most] if text.strip() else ""


def validate_marks(text: str) -> None:
    """Raise ValidationError where marks pile up on a letter and would paint over other lines."""
    if has_pile(text):
        raise ValidationError(_("Too many marks stand above or below one letter."), "marks")


def validate_name(name: str) -> None:
    """Raise ValidationError unless every character of `name` can be seen (plain spaces may stand between).

    Joiners and their like may stand where a script or a sequence of pictures needs them: the name's key is
    without them. Also raises where that key does not fit its column: a character can stand for many.
    """
    _refuse_long(name)
    validate_marks(name)
    in_sequence = {place for match in SEQUENCE.finditer(name) for place in range(*match.span())}
    for place, character in enumerate(name):
        if not (
            character == " " or is_seen(character) or place in in_sequence or is_needed(name, place)
        ):
            _refuse_invisible()


def validate_username(name: str) -> None:
    """Raise ValidationError unless `name` is letters of any script with their marks, digits and few signs.

    After UAX 31 (which also says where joiners are needed), RFC 8265, and UTS 39 (a word has one script).
    """
    _refuse_long(name)
    marks = 0
    for place, character in enumerate(name):
        category = unicodedata.category(character)
        marks = marks + 1 if category == "Mn" else 0
        if not is_seen(character) and character != " ":
            if not is_needed(name, place):
                _refuse_invisible()
        elif not (
            # Numbers that no script has are pictures, such as a 1 in a black circle.
            (character.isalnum() and not (category == "No" and is_shared(character)))
            or character in USERNAME_SIGNS
            or (category in {"Mn", "Mc"} and place and bears_marks(name[place - 1]))
            or (character in MEDIAL_SIGNS and _is_between_letters(name, place))
        ):
            raise ValidationError(
                _("A name holds letters and digits of any script and @ . + - _ alone."), "invalid"
            )
        if marks > MARKS_IN_A_ROW:
            raise ValidationError(_("A name cannot hold so many marks in a row."), "invalid")
    shown = HARDLY_SEEN.sub("", name)
    # Marks, and what joins or selects, belong to the letter before them.
    last = next((c for c in reversed(shown) if not is_mark(c)), "")
    if not (shown[:1].isalnum() and last.isalnum()):
        raise ValidationError(_("A name begins and ends with a letter or a digit."), "ends")
    if any(mixes_scripts(word) for word in WORD.findall(name)):
        raise ValidationError(_("A word of a name has letters of one script alone."), "scripts")


def validate_display_name(name: str) -> None:
    """Raise ValidationError unless `name` is what a username may be, with spaces between its words."""
    validate_username(name.replace(" ", "-"))


def _refuse_long(name: str) -> None:
    if len(name) > KEY_LENGTH or len(name_key(name)) > KEY_LENGTH:
        raise ValidationError(_("This name is too long."), "max_length")


def _refuse_invisible() -> NoReturn:
    raise ValidationError(_("A name cannot hold invisible or control characters."), "invisible")


def _is_between_letters(name: str, place: int) -> bool:
    return bool(place) and bears_marks(name[place - 1]) and is_letter(name[place + 1 : place + 2])
