"""In which scripts a word is written."""

from confusable_homoglyphs.categories import alias

# Signs, digits and marks that many scripts share.
SHARED = {"COMMON", "INHERITED"}
# Scripts that one word may be written in (UTS 39, section 5.2, "Highly Restrictive").
WRITTEN_TOGETHER = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "BOPOMOFO"},
    {"LATIN", "HAN", "HANGUL"},
)


def is_shared(character: str) -> bool:
    return alias(character) in SHARED


def mixes_scripts(word: str) -> bool:
    """Whether it has letters of several scripts that no language writes together."""
    if word.isascii():
        return False
    scripts = {alias(character) for character in word} - SHARED
    return len(scripts) > 1 and not any(scripts <= together for together in WRITTEN_TOGETHER)
