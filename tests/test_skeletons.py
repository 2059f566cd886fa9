"""What a letter looks like, as UTS 39 has it, and in which scripts a word is written."""

import pytest

from discuss.rules.scripts import mixes_scripts
from discuss.rules.skeletons import HARDLY_SEEN, skeleton


def test_skeletons_are_those_of_the_standard():
    # The examples of UTS 39, section 4, but for direction.
    for other in ("ρ⍺у𝓅𝒂ן", "𝔭𝒶ỿ𝕡𝕒ℓ"):
        assert skeleton(other) == skeleton("paypal") == "paypal"
    for letter in map(
        chr, [*range(0x3000), *range(0x3000, 0xD800, 7), *range(0x10000, 0x20000, 7)]
    ):
        look = skeleton(letter)
        assert HARDLY_SEEN.search(look) or skeleton(look) == look


@pytest.mark.parametrize(
    "word",
    ["аnn", "annя", "ΑΛex", "Иvan", "ann\u0e01", "ann\u05d0", "та\u05d0", "漢я", "ㄅたa", "김た"],
)
def test_no_language_mixes_these_scripts(word: str):
    assert mixes_scripts(word)


@pytest.mark.parametrize(
    "word",
    [
        "ann",
        "анна",
        "山田たろうノabc",
        "김金kim",
        "ㄅ陳a",
        "שָׁ",
        "مُحَمَّد",
        "Nguyễn",
        "٣نمد",
        "佐々木ー",
        "1❶.",
    ],
)
def test_these_scripts_are_written_together(word: str):
    assert not mixes_scripts(word)
