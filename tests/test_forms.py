import pytest

from discuss.forms import (
    LAST_NUMBER,
    AboutForm,
    GroupForm,
    MessageForm,
    OlderForm,
    ResumeForm,
    ResumeLobbyForm,
    SuccessorForm,
)
from discuss.models import User
from discuss.reading.lobby import ListQuery
from tests.cast import Cast

NONCE = "nonce-123"
# Whatever JSON can hold where a form field is expected.
WRONG_TYPES = [None, True, 0, -1, 10**30, 1.5, float("inf"), float("nan"), [], ["x"], {}, {"x": 1}]


@pytest.mark.parametrize(
    "text", ["x", "x" * 4000, " " + "x" * 4000 + "\n", "e\u0301" * 4000, "<b>"]
)
def test_a_message_has_1_to_4000_characters_once_cleaned(text: str):
    assert MessageForm({"text": text, "nonce": NONCE}).is_valid()


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "x" * 4001, "x\x00", "x\ud800", *WRONG_TYPES])
def test_a_message_is_nothing_else(text: object):
    assert "text" in MessageForm({"text": text, "nonce": NONCE}).errors


def test_it_says_how_long_a_message_is():
    form = MessageForm({"text": "x" * 4001, "nonce": NONCE})
    assert form.errors["text"] == ["A message has at most 4,000 characters; this one has 4001."]


@pytest.mark.parametrize(
    "nonce",
    [
        "",
        "short",
        "x" * 41,
        "nonce 123",
        "nonce-123\n",
        "nönce-123",
        "\ud800" * 9,
        "nonce\x00123",
        *(w for w in WRONG_TYPES if w != 10**30),
    ],
)
def test_a_nonce_is_8_to_40_plain_characters(nonce: object):
    assert MessageForm({"text": "x", "nonce": NONCE}).is_valid()
    assert "nonce" in MessageForm({"text": "x", "nonce": nonce}).errors


@pytest.mark.parametrize(
    "number",
    [
        "",
        "-1",
        "x",
        str(LAST_NUMBER + 1),
        "1" * 5000,
        "\ud800",
        "1\x00",
        *(w for w in WRONG_TYPES if w != 0),
    ],
)
def test_a_number_of_the_log_is_one_that_the_database_can_hold(number: object):
    assert OlderForm({"oldest": str(LAST_NUMBER)}).is_valid()
    assert not OlderForm({"oldest": number}).is_valid()


@pytest.mark.parametrize("missing", ["cursor", "epoch", "oldest"])
def test_a_group_resumes_with_all_three(missing: str):
    data = {"cursor": "3", "epoch": "0123456789abcdef", "oldest": "1"}
    assert ResumeForm(data).is_valid()
    assert not ResumeForm({**data, missing: ""}).is_valid()


@pytest.mark.parametrize("value", ["", "0", "x", "\x00", "\ud800", "x" * 101, *WRONG_TYPES])
@pytest.mark.parametrize("name", ["q", "page", "fingerprint"])
def test_a_lobby_that_makes_no_sense_is_the_first_page(name: str, value: object):
    assert ResumeLobbyForm({"q": "soup", "page": "2"}).query() == ListQuery("soup", 2)
    query = ResumeLobbyForm({name: value}).query()
    assert query.page == 1
    assert query.words in {"", "0", "x", "x" * 100}


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 5000, "\x00", None, []])
def test_a_page_that_makes_no_sense_leaves_the_words_alone(page: object):
    data = {"q": "tea", "page": page, "fingerprint": "x" * 17}
    assert ResumeLobbyForm(data).query() == ListQuery("tea", 1)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (" tea \n house ", "tea house"),
        ("tea\x00\ud800", "tea"),
        ("\u202etea", "tea"),
        ("❤\ufe0f", "❤"),
        ("cafe\u0301", "café"),
        ("x" * 101, "x" * 100),
        ("x" * 99 + " yz", "x" * 99),
        ("\U0001fae9", "\U0001fae9"),
        ("\u200b", ""),
    ],
)
def test_words_are_cleaned_as_names_are_and_never_dropped(raw: str, words: str):
    assert ResumeLobbyForm({"q": raw, "page": "2"}).query() == ListQuery(words, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["", "x", "\x00", "\ud800", "0" * 5000, *WRONG_TYPES])
def test_a_group_is_a_uuid_of_one(cast: Cast, value: object):
    assert GroupForm({"group": str(cast.kitchen.uuid)}, user=cast.bob).is_valid()
    assert not GroupForm({"group": value}, user=cast.bob).is_valid()


@pytest.mark.django_db
def test_a_group_that_is_gone_is_called_so(cast: Cast):
    form = GroupForm({"group": str(cast.kitchen.uuid)[::-1]}, user=cast.bob)
    assert form.errors["group"] == ["This group is gone."]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Kitchen", "KITCHEN", "kitchen ", "Ｋｉｔｃｈｅｎ"])
def test_the_name_of_a_new_group_is_one_that_no_other_has(cast: Cast, name: str):
    assert AboutForm({"name": "Garden"}, user=cast.bob).is_valid()
    form = AboutForm({"name": name}, user=cast.bob)
    assert form.errors["name"] == ["There is a group of this name already."]


@pytest.mark.django_db
def test_a_successor_is_another_member_who_may_act(cast: Cast):
    ann = cast.member(cast.ann)

    def is_possible(user: User) -> bool:
        return SuccessorForm({"successor": cast.member(user).pk}, owner=ann).is_valid()

    assert [is_possible(user) for user in (cast.bob, cast.mod, cast.ann)] == [True, True, False]
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert not is_possible(cast.bob)
