"""Words find what people take for the same, in the lobby and in the admin, whatever the database."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from discuss import actions
from discuss.models import Event, Group, Message, User
from discuss.reading.lobby import ListQuery, read_listing
from tests.admin.desk import rows_of, url
from tests.cast import Cast, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.log]

# What is there, and what people type to find it.
FOUND = [
    ("Über den Dächern", "über"),
    ("Über den Dächern", "DÄCHERN"),
    ("Über den Dächern", "da\u0308chern"),
    ("Große Straße", "STRASSE"),
    ("GROSSE STRASSE", "große straße"),
    ("STRAẞE", "straße"),
    ("ΟΔΟΣ Α", "οδος"),
    ("Ελένης", "ΈΝΗΣ"),
    ("İstanbul", "İSTANBUL"),
    ("Ａｎｎ ﬁndet", "ann find"),
    ("Love ❤\ufe0f", "❤"),
    ("Love ❤", "❤\ufe0f"),
    ("نامه\u200cای", "نامهای"),
    ("Kaffee\u00adklatsch", "kaffeeklatsch"),
    ("100 % _sure_ \\o/", "% _SURE_ \\O"),
    ("หาน้ำ", "น้ำ"),
]


@pytest.fixture
def desk(cast: Cast) -> Client:
    return log_in(User.objects.create_superuser("boss"))


def listed(desk: Client, model: Any, words: str) -> list[Any]:
    # As a phrase, or it would be looked for word by word.
    response = desk.get(url(model, "changelist"), {"q": f'"{words}"'})
    return rows_of(response)


@pytest.mark.parametrize(("text", "words"), FOUND)
def test_groups_are_found_by_their_descriptions(cast: Cast, desk: Client, text: str, words: str):
    loft = actions.create_group(cast.ann, name="Loft", description=text)
    assert read_listing(ListQuery(words), cast.ann.pk).groups == [loft]
    if "\\" not in words:  # an escape, in the admin's phrases
        assert listed(desk, Group, words) == [loft]


@pytest.mark.parametrize(("text", "words"), FOUND)
def test_groups_are_found_by_their_names(cast: Cast, text: str, words: str):
    loft = actions.create_group(cast.ann, name=text)
    assert read_listing(ListQuery(words), cast.ann.pk).groups == [loft]


def test_a_new_description_is_found_and_the_old_one_no_more(cast: Cast):
    staff = User.objects.create_user("sam", is_staff=True)
    for description in ("DÄCHER", "Ölmühle"):
        actions.change_group(staff, group=cast.kitchen, name="Kitchen", description=description)
    assert read_listing(ListQuery("ÖLMÜHLE"), cast.ann.pk).groups == [cast.kitchen]
    assert read_listing(ListQuery("dächer"), cast.ann.pk).groups == []


@pytest.mark.parametrize(("text", "words"), [each for each in FOUND if "\\" not in each[1]])
def test_messages_and_events_are_found_in_the_admin(
    cast: Cast, desk: Client, text: str, words: str
):
    cast.say(cast.bob, "Something else")
    said = cast.say(cast.bob, f"So: {text}!")
    staff = User.objects.get(username="boss")
    actions.change_group(staff, group=cast.kitchen, name="Kitchen", description=f"So: {text}!")
    assert [line.pk for line in listed(desk, Message, words)] == [said.pk]
    assert [line.text for line in listed(desk, Event, words)] == [f"So: {text}!"]


@pytest.mark.parametrize("words", ["JÖRG@", "jo\u0308rg", "STRASSE"])
def test_people_are_found_by_their_address(cast: Cast, desk: Client, words: str):
    User.objects.filter(pk=cast.bob.pk).update(email="Jörg@straße.example")
    EmailAddress.objects.create(user=cast.bob, email="Jörg@straße.example")
    assert listed(desk, User, words) == [cast.bob]
    changelist = reverse("admin:account_emailaddress_changelist")
    found = rows_of(desk.get(changelist, {"q": words}))
    assert [address.user for address in found] == [cast.bob]


def test_keys_are_in_the_order_of_code_points(cast: Cast):
    names = ["a-b", "a_b", "ab", "a b", "B", "Zebra", "Ärger", "ß", "\U0001f383", "\ue000"]
    for name in names:
        actions.create_group(cast.ann, name=name)
    keys = list(Group.objects.order_by("name_key").values_list("name_key", flat=True))
    assert keys == sorted(map(str, keys))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND collation_name = 'C' AND column_name LIKE '%_key'"
                "ORDER BY 1"
            )
            columns = [column for (column,) in cursor.fetchall()]
        assert columns == ["description_key", "display_key", "name_key", "username_key"]
