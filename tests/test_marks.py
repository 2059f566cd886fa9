"""Marks on letters: every language has its own, and no text paints over others or stops the process."""

import sys
import unicodedata
from itertools import groupby
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from discuss.accounts import forms as account_forms
from discuss.admin.group import GroupForm
from discuss.forms import (
    AboutForm,
    DescriptionField,
    MessageField,
    NameField,
    ResumeLobbyForm,
    UsernameField,
)
from discuss.models import User
from discuss.rules import marks
from discuss.rules.marks import PILE, SPLIT, STREAM_SAFE, has_pile, normalized
from discuss.rules.text import name_key

# One piece of whatever a form takes, or of a frame.
MUCH = 65_536

# What people write, each with the most marks that it has on a letter.
WRITTEN = [
    "Ṩȯḿẽ l̥̄ḗťt̪̀ẽrs",
    "Ti\u1ebf\u0301ng Vi\u1ec7\u0323t",
    "וַיִּ֣קְרָא שִׁ֣יר הַשִּׁירִ֔ים",  # Hebrew with points and cantillation
    "بِسْمِ ٱللَّهِ ٱلرَّحْمَـٰنِ ٱلرَّحِيمِ",
    "น้ำ ที่ กี่ ปู่ ผู้ใหญ่",
    "क्षत्रिय र्‍य शृङ्ग हिन्दी",
    "ཧཱུྃ་ ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ",
    "မြန်မာ ဘာသာ ကျွန်ုပ်",
    "ភាសាខ្មែរ ស្ត្រី",
    "👨‍👩‍👧‍👦 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f 1️⃣",
]

# What would stop the process, or paint over other lines.
HOSTILE = {
    "marks out of order": "a" + "\u0301\u0316" * (MUCH // 2),
    "marks backwards": "a" + "\u0301" * (MUCH // 2) + "\u0316" * (MUCH // 2),
    "marks of many places": "a" + "".join(map(chr, range(0x0591, 0x05BD))) * (MUCH // 44),
    "marks that are made of marks": "a" + "\u0f73" * (MUCH - 1),
    "marks of half a width": "a" + "\uff9e" * (MUCH - 1),
    "marks alone": "\u0301" * MUCH,
    "letters and marks": "e\u0301" * (MUCH // 2),
    "controls": "\x07" * MUCH,
    "spaces": " " * MUCH,
    "lines": "\r\n" * (MUCH // 2),
    "nothing to see": "\u200b" * MUCH,
    "long by compatibility": "\ufdfa" * MUCH,
    "Hangul in parts": "\u1112\u1161\u11ab" * (MUCH // 3),
    "overrides": "\u202e" * MUCH,
    "addresses": "http://a/( " * (MUCH // 11),
    "joiners": "\u200d" * MUCH,
    "pictures": "👩\u200d" * (MUCH // 2),
    "surrogates": "\ud800" * MUCH,
    "letters": "x" * MUCH,
}

FIELDS = {
    "a message": MessageField(),
    "a name": NameField(max_length=60),
    "a person's name": UsernameField(max_length=40),
    "a description": DescriptionField(max_length=200),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_has_no_pile_of_marks(text: str):
    for form in ("NFC", "NFD"):
        assert not has_pile(unicodedata.normalize(form, text))


@pytest.mark.parametrize(
    "mark",
    [
        *"\u0301\u0316\u0489\u20dd\u20e3\u0338\u0e47\u0e49\u0e34\u05b0\u064b\u0f74\u302a\u0330",
    ],
)
def test_a_mark_piles_up(mark: str):
    letter = "ก" if "\u0e00" < mark < "\u0e7f" else "a"
    assert not has_pile(letter + PILE * mark)
    assert has_pile(f"x {letter}{(PILE + 2) * mark} y")
    # Nothing that cannot be seen parts them.
    for hidden in "\u034f\u200d\ufe0f\u2060\U000e0100":
        assert has_pile(letter + (PILE + 2) * (mark + hidden))
    # Letters do.
    assert not has_pile((letter + PILE * mark) * 9)


def test_marks_of_different_kinds_pile_up_together():
    assert has_pile("a\u0300\u0301\u0302\u0316\u0317")
    assert not has_pile("a\u0300\u0301\u0302\u0316b\u0317")


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_where_others_would_be_painted_over_it_is_refused(field: forms.Field):
    assert field.clean("Ze\u0301ro\u0327\u0301")
    with pytest.raises(ValidationError) as refused:
        field.clean("Z" + "\u0301\u0316" * 5)
    assert "marks" in str(refused.value)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_normal_form_is_unicodes_own(text: str):
    for form in ("NFC", "NFKC"):
        for source in (text, unicodedata.normalize("NFD", text)):
            assert normalized(form, source) == unicodedata.normalize(form, source)


def test_a_row_of_marks_that_no_language_has_is_cut():
    assert normalized("NFC", "x" + 50 * "\u0316" + "y") == "x" + STREAM_SAFE * "\u0316" + "y"


def test_these_are_all_the_characters_that_hide_a_mark():
    every = map(chr, range(sys.maxunicode + 1))
    hidden = {
        c
        for c in every
        if not unicodedata.combining(c)
        and unicodedata.combining(unicodedata.normalize("NFKD", c)[0])
    }
    assert hidden == SPLIT


@pytest.fixture
def sorted_rows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the rows of marks that were sorted, which takes the square of each."""
    rows: list[int] = []

    class Watched:
        def __getattr__(self, name: str):
            return getattr(unicodedata, name)

        def normalize(self, form: Any, text: str) -> str:
            apart = unicodedata.normalize(form.replace("C", "D"), text)
            found = groupby(map(unicodedata.combining, apart), bool)
            rows.extend(len(list(row)) for is_mark, row in found if is_mark)
            return unicodedata.normalize(form, text)

    monkeypatch.setattr(marks, "unicodedata", Watched())
    return rows


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.django_db
def test_no_field_sorts_what_only_an_attack_has(text: str, sorted_rows: list[int]):
    for field in FIELDS.values():
        with pytest.raises(ValidationError):
            field.clean(text)
    assert sorted_rows == []
    ResumeLobbyForm({"q": text}).query()
    name_key(text)
    for form in (
        AboutForm({"name": text, "description": text}, user=User()),
        GroupForm({"name": text, "description": text}),
        account_forms.SignupForm({"username": text, "email": text, "password1": text}),
        account_forms.LoginForm({"login": text, "password": "x"}, request=HttpRequest()),
    ):
        form.is_valid()
    # Some characters are made of two marks or three.
    assert max(sorted_rows, default=0) <= 3 * STREAM_SAFE
