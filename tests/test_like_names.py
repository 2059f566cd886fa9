"""No new name passes for another, and honest names are let in; of older ones: test_older_version.py."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from discuss.models import User
from discuss.rules.names import look_of
from discuss.rules.skeletons import skeleton
from tests.admin.desk import form_of, url
from tests.cast import log_in
from tests.document import Document
from tests.test_text import BLANK, LETTERS_OF_ALL_THE_WORLD

pytestmark = pytest.mark.django_db

SECRET = "a long enough secret"
# Tries of one address are counted one after another, and who waits a second for that is refused.
TWO_ADDRESSES = "192.0.2.1", "192.0.2.2"
ALIKE = "This name looks like that of somebody else. Please choose another one."
NOT_HERE = "Nobody is called so here. Please choose another name."
ONE_SCRIPT = "A word of a name has letters of one script alone."
BOTH_ENDS = "A name begins and ends with a letter or a digit."


def is_let_in(name: str) -> bool:
    """Whether somebody may sign up under this name."""
    try:
        get_adapter().clean_username(name)
    except ValidationError:
        return False
    return True


def sign_up(name: str, address: str = "192.0.2.1") -> list[str]:
    """Try to sign up from an address, and return what is said beside the name."""
    client = Client(REMOTE_ADDR=address)
    fields = {"username": name, "password1": SECRET, "password2": SECRET}
    response = client.post("/accounts/signup/", fields)
    if response.status_code == 302:
        return []
    assert response.status_code == 200
    page = Document(response.content.decode()).document
    assert page.xpath("//input[@name='username']/@value") == [name]
    return page.xpath("//ul[@id='id_username_error']/li/text()")


# --- names that pass for others ---------------------------------------------------------------------

# One letter in the place of another, as it was tried in a review.
LOOK_ALIKES = {
    "admin": "аdmin αdmin ɑdmin ᴀdmin ａdmin 𝐚dmin Αdmin ⍺dmin aԁmin aⅾmin aᴅmin aᑯmin adrnin adмin adⅿin "
    "adᴍin admіn adm1n admln admIn admın admɪn admӏn admιn admiո admiп admiɴ admiη ÁDMIN ad-min a.d.m.i.n",
    "ann": "аnn αnn ɑnn ᴀnn Ꭺnn Αnn ａnn 𝒶nn aոn anո aпn anп anɴ aηn 𝖺𝗇𝗇 ΑΝΝ anꓠ",
    "lisa": "Iisa 1isa ӏisa Ӏisa Ιisa ⅼisa ℓisa ǀisa lіsa lιsa lısa lɪsa l1sa lIsa llsa liѕa liꜱa lisа lisɑ "
    "lisα LISА ӏіѕа 丨isa ㅣisa ו\u05d9sa",
    "moderator": "m0derator moderat0r mоderator mοderator moderatоr moԁerator modеrator modҽrator "
    "moderаtor moderɑtor moderaтor moderaτor modeгator moderatoг rnoderator mσderator mᴏderator m〇derator",
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_no_letter_of_another_look_makes_another_name(name: str):
    assert is_let_in(f"{name}x")
    if name in {"ann", "lisa"}:  # the others are nobody's
        User.objects.create_user(name)
    assert [other for other in LOOK_ALIKES[name].split() if is_let_in(other)] == []


def test_a_letter_that_looks_like_no_other_makes_another_name():
    User.objects.create_user("ann")
    assert all(map(is_let_in, ["anna", "änn", "ɐnn"]))


def test_no_letter_of_all_unicode_passes_for_one_of_a_name():
    for name in ("ann", "lisa"):
        User.objects.create_user(name)
    spelled = {skeleton(own): own for own in set("".join(LOOK_ALIKES))}
    tried = []
    for letter in map(chr, range(0x80, 0x32000)):
        if own := spelled.get(skeleton(letter)):
            tried += [name.replace(own, letter) for name in LOOK_ALIKES if own in name]
    assert len(tried) > 500
    assert [name for name in tried if is_let_in(name)] == []


# Marks of many kinds that hardly show, and letters that show nothing at all.
HARDLY_SEEN = (
    "\u0640\u07fa\u02d0\u02d1\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u02cc\u02d7\u00b4"
    "\u00b7\u2019\u2018\u02c6\u02c9\u02ee\ua717\ua78b\ua78c\ua78f\u2d7f\u30fb'`"
)


def test_what_hardly_shows_tells_no_two_names_apart():
    User.objects.create_user("ann")
    tried = [
        name for sign in HARDLY_SEEN + BLANK for name in (f"{sign}ann", f"an{sign}n", f"ann{sign}")
    ]
    assert [name for name in tried if is_let_in(name)] == []


@pytest.mark.parametrize("sign", ".-_@+")
def test_signs_stand_between_letters_alone(sign: str):
    assert is_let_in(f"a{sign}nn")
    for name in (
        f"ann{sign}",
        f"{sign}ann",
        f"{sign}ann{sign}",
        f"ann{sign}{sign}",
        sign,
        sign * 3,
    ):
        assert sign_up(name) == [BOTH_ENDS]


@pytest.mark.parametrize(
    "name", ["\u02bc", "\u02bb.", "1-", "\U00013441", "\u00b7", "\u0301", "हि."]
)
def test_what_is_hardly_a_name_is_none(name: str):
    assert not is_let_in(name)


# --- names of honest people -------------------------------------------------------------------------

HONEST = [
    *[
        "Müller",
        "O’Brien",
        "山田太郎",
        "たなかさん",
        "김철수",
        "محمد",
        "नरेन्द्र",
        "สมชาย",
        "Nguyễn",
        "Łukasz",
    ],
    *[
        "ΑΛΈΞΗΣ",
        "Иван",
        "ann2",
        "a.b-c_d",
        "José",
        "Åsa",
        "Đặng",
        "Çağla",
        "İbrahim",
        "Işıl",
        "Ali",
        "Björk",
    ],
    *[
        "Þór",
        "Zoë",
        "Škoda",
        "Őrsi",
        "Ķērūs",
        "ʻIolani",
        "ʿAlī",
        "Ngũgĩ",
        "Ọláyẹmí",
        "Cʼhloe",
        "Straße",
    ],
    *[
        "Мар’яна",
        "Дмитро",
        "Ђорђе",
        "Қайрат",
        "Γιώργος",
        "Անահիտ",
        "გიორგი",
        "דָּוִד",
        "צ׳רלי",
        "יהונתן",
        "فاطمة",
    ],
    *[
        "علی\u200cرضا",
        "پرویز",
        "اردوانㅤ"[:-1],
        "ދިވެހި",
        "বাঙালি",
        "ਗੁਰਪ੍ਰੀਤ",
        "પ્રિયા",
        "தமிழ்",
        "లక్ష్మి",
        "ಕನ್ನಡ",
        "മലയാളം",
    ],
    *[
        "ශ්\u200dරී",
        "ນ້ຳ",
        "မောင်",
        "ខ្មែរ",
        "བོད་ཡིག",
        "ᠮᠣᠩᠭᠣᠯ",
        "ዮሐንስ",
        "ⵎⴰⵙⵉⵏⵉⵙⴰ",
        "ᏣᎳᎩ",
        "王小明",
        "陳ㄇㄟˊ"[:-1],
        "佐々木ノゾミ",
    ],
    *[
        "レオ・ナルド",
        "らーめん",
        "金哲洙씨",
        "小明abc",
        "ann山田",
        "李〇〇",
        "〆木",
        "Zm2",
        "1984",
        "x1",
        "٣محمد",
        "नमन२",
        "Anne-Marie",
    ],
    *["иван.petrov", "ann+bob@home", "Σωκράτης", "Ω", "李"],
]


def test_honest_people_of_many_languages_are_let_in_beside_each_other():
    assert len(HONEST) >= 40
    for name in dict.fromkeys([*HONEST, *map(nfc, LETTERS_OF_ALL_THE_WORLD)]):
        assert is_let_in(name), name
        User.objects.create_user(name)
    # Each of them has what the next one is compared by.
    assert not User.objects.filter(username_look=None).exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[
            ("Ann", "Anna"),
            ("Ann", "Änn"),
            ("José", "Jose"),
            ("Hoa", "Hòa"),
            ("ann.b", "annb"),
            ("ann1", "ann2"),
        ],
        *[
            ("דן", "דין"),
            ("ノア", "アノ"),
            ("علي", "عالي"),
            ("नमन", "नमान"),
            ("王", "玉"),
            ("Zoe", "Noe"),
            ("김", "긴"),
        ],
    ],
)
def test_names_that_people_tell_apart_are_two(one: str, other: str):
    User.objects.create_user(one)
    assert sign_up(other) == []


@pytest.mark.parametrize(
    "word",
    [
        "аnn",
        "annя",
        "ΑΛex",
        "Иvan",
        "ann\u0e01",
        "annш",
        "ann\u05d0",
        "たа",
        "漢я",
        "ㄅたa",
        "김た",
    ],
)
def test_a_word_has_one_script(word: str):
    assert sign_up(word) == [ONE_SCRIPT]
    assert sign_up(f"x-{word}") == [ONE_SCRIPT]


def nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


# --- reserved names ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *[
            "admin",
            "АDМIN"[:1] + "dmin",
            "ádmin",
            "adm1n",
            "M0DERATOR",
            "ѕtaff",
            "ad.min",
            "ROOT",
            "r00t",
            "0wner",
        ],
        *[
            "s0meone",
            "soмeone",
            "everyοne",
            "n0body",
            "a11",
            "aIl",
            "D1scussIt",
            "Discuss-It",
            "Κitchen",
            "k1tchen",
        ],
    ],
)
def test_who_speaks_for_the_site_and_nobody_are_names_of_none(settings: Settings, name: str):
    settings.SITE_NAME = "The Kitchen"
    assert is_let_in("kitchens")
    assert is_let_in("Ali")
    settings.SITE_NAME = "Kitchen"
    assert sign_up(name)[0] in {NOT_HERE, ONE_SCRIPT}
    assert not User.objects.exists()


def test_staff_give_reserved_names_and_none_that_only_look_so():
    boss = User.objects.create_superuser("boss")
    desk = log_in(boss)

    def add(name: str) -> Any:
        fields = {"username": name, "usable_password": "true"}
        return desk.post(url(User, "add"), {**fields, "password1": SECRET, "password2": SECRET})

    for name, why in (
        ("m0derator", NOT_HERE),
        ("b0ss", ALIKE),
        ("bоss", ONE_SCRIPT),
        ("bob.", BOTH_ENDS),
    ):
        form = form_of(add(name))
        assert form.errors["username"] == [why], name
        assert form["username"].value() == name
    assert add("moderator").status_code == 302
    assert set(User.objects.values_list("username", flat=True)) == {"boss", "moderator"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("b0ss", ALIKE),
        ("аdmin", ONE_SCRIPT),
        ("@admin", BOTH_ENDS),
        ("adm1n", NOT_HERE),
        ("⑴", "letters"),
    ],
)
def test_the_command_line_refuses_them_too(name: str, why: str):
    User.objects.create_user("boss")
    with pytest.raises(CommandError, match=why):
        call_command("createsuperuser", interactive=False, username=name, email="a@example.org")
    call_command(
        "createsuperuser", interactive=False, username="admin", email="a@example.org", verbosity=0
    )
    assert User.objects.count() == 2


# --- two at once ------------------------------------------------------------------------------------


@pytest.mark.log
@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_up_at_once_one_has_the_name_and_the_other_is_told(
    monkeypatch: pytest.MonkeyPatch,
):
    both = Barrier(2, timeout=60)
    set_password = User.set_password

    def set_together(user: User, password: str | None) -> None:
        # Behind the look for others, and before the row is written.
        both.wait()
        set_password(user, password)

    def try_to(name: str, address: str) -> list[str]:
        try:
            return sign_up(name, address)
        finally:
            connection.close()

    monkeypatch.setattr(User, "set_password", set_together)
    for names, why in (
        (("lisa", "1isa"), ALIKE),
        (("dora", "DORA"), "Someone has this name already."),
    ):
        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(try_to, names, TWO_ADDRESSES)) == [[], [why]]
        assert User.objects.filter(username_look=look_of(names[0])).count() == 1
