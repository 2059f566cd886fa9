import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given

from discuss.rules.characters import DRAWN_FORMATS, is_seen
from discuss.rules.text import (
    clean_message,
    clean_name,
    clean_username,
    name_key,
    printable,
    validate_name,
    validate_username,
)
from tests.texts import ANY_TEXT, BIDI_OVERRIDES


def cleaned(clean, raw: str) -> str | None:
    """What `clean` makes of `raw`; None where it is refused. Anything else it raises is an error."""
    try:
        return clean(raw)
    except ValidationError:
        return None


# --- messages ---------------------------------------------------------------------------------------


@given(ANY_TEXT)
@example("e\u202a\u0301")
@example("\r\r\n\n")
def test_cleaning_a_message_twice_is_cleaning_it_once(raw: str):
    once = cleaned(clean_message, raw)
    if once is not None:
        assert clean_message(once) == once


@given(ANY_TEXT)
@example("e\u202a\u0301")
@example("e\x07\u0301")
def test_a_clean_message_is_composed_trimmed_and_free_of_controls(raw: str):
    text = cleaned(clean_message, raw)
    if text is not None:
        assert unicodedata.is_normalized("NFC", text)
        assert text == text.strip()
        assert not set(text) & {*BIDI_OVERRIDES, "\r", "\x00", "\x1b"}


@given(ANY_TEXT)
def test_only_nul_and_lone_surrogates_are_refused(raw: str):
    is_refused = cleaned(clean_message, raw) is None
    assert is_refused == any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in raw)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  Soup?  ", "Soup?"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("cafe\u0301", "café"),
        ("a\u202eb\u202cc", "abc"),
        ("a\x1b[31mb", "a[31mb"),
        ("a\tb", "a\tb"),
        ("👩\u200d🚀 \u2066שלום\u2069", "👩\u200d🚀 \u2066שלום\u2069"),
        ("\u2764\ufe0f", "\u2764\ufe0f"),
    ],
)
def test_a_message_keeps_what_was_said(raw: str, text: str):
    assert clean_message(raw) == text


@pytest.mark.parametrize(
    "text",
    [
        "\U0001fae9",  # an emoji that is newer than Python's tables
        "\U0001faff",  # not assigned yet
        "\u0378",
        "\ue000",  # for private use
        "\U0010fffd",
        "\u06dd",  # a sign that encloses the digits after it
    ],
)
def test_whatever_may_have_a_look_of_its_own_can_be_said(text: str):
    assert clean_message(text) == text


@pytest.mark.parametrize(
    "raw",
    [
        *["", " \n\t", "\u200b", "\u3164\u2800", "\u202e", "\u00ad", "\ufe0f", "\u034f"],
        *["\u200c", "\u200d", "\ufdd0", "\U0010ffff", "\ufff0", "\U000e0fff", "\U000e0067"],
    ],
)
def test_a_message_in_which_there_is_nothing_to_see_is_empty(raw: str):
    assert clean_message(raw) == ""


# --- names ------------------------------------------------------------------------------------------


@given(ANY_TEXT)
def test_cleaning_a_name_twice_is_cleaning_it_once(raw: str):
    once = cleaned(clean_name, raw)
    if once is not None:
        assert clean_name(once) == once
        assert unicodedata.is_normalized("NFC", once)


@given(ANY_TEXT)
@example("👩🏽\u200d🚀")
@example("स\u094d\u200d")
@example("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f")
def test_a_valid_name_holds_nothing_that_cannot_be_seen_but_what_a_sequence_needs(raw: str):
    name = cleaned(clean_name, raw)
    try:
        validate_name(name or "\x00")
    except ValidationError:
        return
    assert name
    hidden = {c for c in name if unicodedata.category(c) in {"Cc", "Cf", "Cs"}} - DRAWN_FORMATS
    assert all(c in "\u200c\u200d\u180e" or "\U000e0020" < c <= "\U000e007f" for c in hidden)
    assert not any(unicodedata.category(c)[0] == "Z" for c in name.replace(" ", ""))
    assert all(name[0] != c != name[-1] or c == "\u200d" for c in hidden - {"\U000e007f"})
    assert name_key(name).strip()


@given(ANY_TEXT)
def test_a_valid_username_is_a_valid_name_without_spaces_signs_and_pictures(raw: str):
    name = cleaned(clean_username, raw)
    try:
        validate_username(name or "\x00")
    except ValidationError:
        return
    assert name
    validate_name(name)
    assert clean_username(name) == name
    assert {unicodedata.category(c)[0] for c in name} <= set("LMNPSC")
    assert {c for c in name if unicodedata.category(c)[0] in "SZ"} <= {"+"}
    assert not any(unicodedata.category(c) in {"Cn", "Co", "Cc", "Cs", "Me"} for c in name)


LETTERS_OF_ALL_THE_WORLD = [
    *[
        "Ann",
        "Ännchen",
        "李雷",
        "علي",
        "Ольга",
        "Ελένη",
        "შოთა",
        "Անահիտ",
        "ዮሐንስ",
        "たろう",
        "가온",
    ],
    *["हिन्दी", "สมศรี", "น้ำฝน", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം", "বাংলা", "ਪੰਜਾਬੀ", "ગુજરાતી", "ଓଡ଼ିଆ"],
    *[
        "සිංහල",
        "မြန်မာ",
        "ខ្មែរ",
        "ລາວ",
        "བོད་ཡིག",
        "ދިވެހި",
        "ܣܘܪܝܝܐ",
        "שָׁלוֹם",
        "مُحَمَّد",
        "ᮘᮞ",
        "𞤀𞤣𞤤𞤢𞤥",
        "Nguyễn",
    ],
    # With joiners: Persian, Sinhala, Bengali, Marathi, Malayalam as it was once written, Mongolian.
    *["علی\u200cرضا", "نامه\u200cای", "مهدی\u200cزاده", "نادر\u200cپور", "ශ්\u200dරී", "র\u200d্যাব"],
    *["र्\u200dया", "ക്\u200cഷ", "അവന്\u200d", "ᠮᠣᠩᠭ\u180eᠠ", "ᠨ\u180b"],
    # With the sign that stands between two letters in some of them.
    *["Gal·la", "O’Neill", "Мар’яна", "צ׳רלי", "レオ・ナルド", "ann.b", "ann_b", "a+b@c-d"],
    "葛\U000e0100城",
]


@pytest.mark.parametrize("name", LETTERS_OF_ALL_THE_WORLD)
def test_people_are_called_by_the_letters_of_every_script(name: str):
    name = unicodedata.normalize("NFC", name)
    assert clean_username(name) == name
    validate_username(name)
    assert clean_name(name) == name
    validate_name(name)


FAMILIES_AND_FLAGS = [
    *[
        "🎃",
        "👩\u200d🚀",
        "👩🏽\u200d🚀",
        "👨\u200d👩\u200d👧\u200d👦",
        "👩\u200d❤\ufe0f\u200d👨",
        "🏳\ufe0f\u200d🌈",
    ],
    *[
        "❤\ufe0f\u200d🔥",
        "🙂\u200d↔\ufe0f",
        "🇩🇪",
        "1\ufe0f\u20e3",
        "\U0001fae9",
        "\U0001fae9\u200d\U0001fac8",
    ],
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
]


@pytest.mark.parametrize(
    "name",
    ["Reading circle", "Кухня №1", "O’Neill & sons", "\u0378", "\ue000", *FAMILIES_AND_FLAGS],
)
def test_groups_are_called_by_what_can_be_seen_pictures_and_flags_too(name: str):
    assert clean_name(f" {name}  {name}") == f"{name} {name}"
    validate_name(f"{name} {name}")
    with pytest.raises(ValidationError):
        validate_username(name)


INVISIBLE = [
    *"\u200b\u200c\u200d\u2060\u00ad\u202e\u2066\u3164\uffa0\u2800\u034f\u180b\u180e\ufe00\U000e0100\U000e0041\x07\ufeff",
    *"\U000e007f\ufdd0\uffff\ufff0",
]


@pytest.mark.parametrize("character", INVISIBLE)
@pytest.mark.parametrize("validate", [validate_name, validate_username])
def test_a_name_may_not_hold_what_cannot_be_seen(validate, character: str):
    validate("Ann")
    for name in (f"An{character}n", f"{character}Ann", f"Ann{character}"):
        with pytest.raises(ValidationError, match="invisible"):
            validate(clean_name(name))


# Letters, marks and signs that are assigned and take room, and show nothing.
BLANK = "\U00013441\U00013442\U0001d159\u3164\u115f\u1160\uffa0\u2800\U00016fe4\u034f\u200b\u00ad"


def test_a_group_has_no_blank_letters_in_its_name_either():
    for blank in BLANK:
        assert not is_seen(blank)
        with pytest.raises(ValidationError, match="invisible"):
            validate_name(f"Kit{blank}chen")


def test_what_is_drawn_is_not_blank():
    assert all(map(is_seen, "\u2422\u2400\u303f\U0001f5c5\u2205\ua8f9"))
    validate_name("\u2422 \u2400 \U0001fab9")


@pytest.mark.parametrize(
    "name",
    [
        "\u200cعلی",
        "علی\u200c",
        "علی\u200c رضا",
        "علی\u200c\u200cرضا",
        "علی\u200dرضا",
        "علی\u200cAnn",
        "क\u200cख",  # nothing to keep apart
        "क्\u200c",
        "क्\u200d\u200dख",
        "क्\u200dि",
        "👩\u200d",
        "\u200d👩",
        "👩\u200d\u200d👩",
        "👩\u200dn",
        "👩\u200c👩",
        "🏴\U000e0067\U000e0062",
        # Flags that nobody draws, and so look alike.
        "🏴\U000e007a\U000e007a\U000e007a\U000e007a\U000e007f",
        "🏴\U000e0075\U000e0073\U000e0063\U000e0061\U000e007f",
        "🎃\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "علی\u180eرضا",
    ],
)
def test_a_joiner_stands_only_where_its_script_or_picture_needs_it(name: str):
    validate_name("".join(c for c in name if unicodedata.category(c) != "Cf"))
    for validate in (validate_name, validate_username):
        with pytest.raises(ValidationError):
            validate(clean_name(name))


@pytest.mark.parametrize(
    "name",
    [
        "two words",
        "\u0301Ann",  # a mark of nothing
        "@\u0301",
        "·Ann",
        "Ann’",
        "a··b",
        "Ann🎃",
        "Ann.",
        "@ann",
        "ʻ-",
        "аnn",  # the first letter is Cyrillic
        "❶nn",
        "an\u2780",
        "\u20e3",
        "A\u20e3",
        "Ann!",
        "An\u0378",
        "An\ue000",
        "q" + "\u0301\u0302\u0303\u0304\u0305",  # a tower of them
    ],
)
def test_a_person_is_called_by_nothing_else(name: str):
    with pytest.raises(ValidationError):
        validate_username(clean_username(name))


def test_compatible_characters_are_written_plainly_but_where_that_harms_a_script():
    assert clean_username("Ａｎｎ ﬁ") == "Ann fi"
    # Taken apart, its ring would stand above the tone mark.
    assert clean_username("น้ำ") == "น้ำ"
    assert name_key("น้ำ") == name_key(unicodedata.normalize("NFKC", "น้ำ"))


@pytest.mark.parametrize("character", "\ufe0e\ufe0f")
def test_the_style_of_an_emoji_is_not_a_part_of_a_name(character: str):
    assert clean_name(f"\u2764{character}") == "\u2764"
    assert clean_name(f"Ann{character}") == "Ann"


@pytest.mark.parametrize("other", ["ANN", "ann", "Ａｎｎ", "𝐀𝐧𝐧"])
def test_names_that_look_alike_have_one_key(other: str):
    assert name_key(other) == name_key("Ann")
    assert name_key("Anna") != name_key("Ann")


def test_the_key_knows_more_than_ascii():
    assert name_key("ÄNNCHEN") == name_key("ännchen") == name_key("a\u0308nnchen")
    assert name_key("Straße") == name_key("STRASSE")


@pytest.mark.parametrize("name", [*LETTERS_OF_ALL_THE_WORLD, *FAMILIES_AND_FLAGS])
def test_what_cannot_be_seen_tells_no_two_names_apart(name: str):
    plain = "".join(c for c in name if c not in "\u200c\u200d\ufe0f\u180b\u180e\U000e0100")
    assert name_key(name) == name_key(plain)


def test_flags_differ_by_what_spells_them():
    scotland, wales = (
        "🏴" + "".join(chr(0xE0000 + ord(c)) for c in letters) + "\U000e007f"
        for letters in ("gbsct", "gbwls")
    )
    assert len({name_key(scotland), name_key(wales), name_key("🏴")}) == 3


# --- sent back --------------------------------------------------------------------------------------


@given(ANY_TEXT)
def test_what_is_sent_back_can_be_sent(raw: str):
    assert "\x00" not in printable(raw)
    printable(raw).encode()


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_of_nothing_nothing_is_sent_back(nothing: object):
    assert printable(nothing) == ""
