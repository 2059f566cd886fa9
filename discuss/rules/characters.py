"""What a character is: a letter, a mark, seen or not seen. Scripts need some that are not seen."""

import re
import unicodedata

# Default_Ignorable_Code_Point: nothing to see, letters and marks by their category among them. Without the
# tags of flags, which tell one flag from another.
IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e001f\U000e0080-\U000e0fff]"
)
# Cc control, Cf format, Cs surrogate; Zl, Zp and Zs separate.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
# The names of characters that take room and draw nothing: Braille without dots, a Hangul filler, blank
# hieroglyphs, a note without its head. Fillers of lines are punctuation (Po), and drawn.
BLANK = re.compile(".* (BLANK|FILLER|NULL NOTEHEAD)")
# Cf by their category, yet each draws something around or above the digits after it.
DRAWN_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)

JOINER, NON_JOINER = "\u200d", "\u200c"
# Arabic, Syriac, N'Ko, Mandaic, Mongolian, Phags-pa, Manichaean and others: letters that join each other.
CURSIVE = re.compile(
    "[\u0600-\u07ff\u0840-\u08ff\u1800-\u18af\ua840-\ua87f\U00010ac0-\U00010aff\U00010b80-\U00010baf"
    "\U00010d00-\U00010d3f\U00010f30-\U00010fdf\U0001e900-\U0001e95f]"
)
MONGOLIAN = re.compile("[\u1820-\u18aa]")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")
# The canonical combining class of the sign that takes a letter's vowel away.
VIRAMA = 9


def is_seen(character: str) -> bool:
    """Whether it has a look of its own, as far as anybody can know.

    A character that is not assigned yet may be an emoji that is newer than this Python, and one for private
    use is in somebody's font. The last two of each plane, and 32 others, will never be anything.
    """
    code, category = ord(character), unicodedata.category(character)
    return (
        (category not in UNSEEN or character in DRAWN_FORMATS)
        and not IGNORABLE.match(character)
        and (category == "Po" or not BLANK.fullmatch(unicodedata.name(character, "")))
        and code & 0xFFFE != 0xFFFE
        and not 0xFDD0 <= code <= 0xFDEF
    )


def is_needed(name: str, place: int) -> bool:
    """Whether a script needs the invisible character that stands there."""
    hidden, before, after = name[place], name[:place], name[place + 1 : place + 2]
    last = before[-1:]
    if hidden == NON_JOINER:
        # Contexts A1 and A2 of UAX 31. A1 is wider here: Persian is typed with it after every letter.
        return is_letter(after) and (
            _follows_virama(before)
            or bool(CURSIVE.match(after) and CURSIVE.match(_last_letter(before)))
        )
    if hidden == JOINER:
        if is_letter(last) and after and unicodedata.combining(after) == VIRAMA:
            return True  # ya-phalaa of Bengali (chapter 12.2 of Unicode), and its like in Kannada
        # Context B.
        return _follows_virama(before) and not (after and unicodedata.category(after)[0] in "MC")
    if hidden == "\u180e":
        return bool(MONGOLIAN.match(last) and MONGOLIAN.match(after))
    if "\u180b" <= hidden <= "\u180f":
        return bool(MONGOLIAN.match(last))
    # Which of a character's shapes it is, as the register of a town has it (UTS 37).
    return "\U000e0100" <= hidden <= "\U000e01ef" and bool(HAN.match(last))


def _follows_virama(before: str) -> bool:
    for character in reversed(before):
        if unicodedata.combining(character) in {0, VIRAMA}:
            return unicodedata.combining(character) == VIRAMA
    return False


def _last_letter(before: str) -> str:
    """Return the letter that `before` ends with, marks above it left out; nothing where it is none."""
    for character in reversed(before):
        if unicodedata.category(character) != "Mn" or IGNORABLE.match(character):
            return character if is_letter(character) else ""
    return ""


def is_letter(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] == "L"


def is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or bool(IGNORABLE.match(character))


def bears_marks(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" or bool(IGNORABLE.match(character))
