"""Letters and a colour stand for a picture."""

import pytest

from discuss.rules.faces import HUES, hue_of, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("ann", "An"),
        ("Ali", "Al"),
        ("a", "A"),
        ("Kitchen table", "KT"),
        ("the group with the longest name", "TG"),
        ("bob.smith", "BS"),
        ("x_y", "XY"),
        ("7up", "7u"),
        ("ليلى", "لي"),
        ("旅行", "旅行"),
        ("ßtraße", "SSt"),
        ("🎲 Games", "Ga"),
        ("🇩🇪", "🇩🇪"),
        ("", "?"),
    ],
)
def test_two_letters_of_a_name(name: str, letters: str):
    assert initials(name) == letters


def test_a_name_has_one_colour_of_those_there_are_and_all_are_in_use():
    hues = [hue_of(f"person {number}") for number in range(200)]
    assert set(hues) == set(range(HUES))
    assert hue_of("ann") == hue_of("ann")
