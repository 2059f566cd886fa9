"""`manage.py moderate`."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from discuss.models import Act, Ban, Role, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss")


def moderate(*words: Any, **options: Any) -> str:
    out = StringIO()
    call_command("moderate", *map(str, words), stdout=out, **options)
    return out.getvalue()


def test_it_hides_a_message_and_shows_it_again(cast: Cast, boss: User):
    soup = cast.say(cast.bob, "Soup")
    said = moderate("hide", "--by=boss", f"--message={soup.pk}", "--reason=spam", "--note=Again")
    assert said.startswith("Done: ")
    row = Act.objects.get()
    assert (row.kind, row.actor_id, row.reason, row.note) == ("hide", boss.pk, "spam", "Again")
    assert moderate("hide", "--by=boss", f"--message={soup.pk}") == "There was nothing to do.\n"
    moderate("restore", "--by=boss", f"--message={soup.pk}")
    soup.refresh_from_db()
    assert not soup.is_hidden


def test_it_acts_on_a_member_and_on_a_person(cast: Cast, boss: User):
    here = f"--group={cast.kitchen.uuid}"
    moderate("time_out", "--by=boss", "--person=bob", here, "--length=1h")
    assert cast.member(cast.bob).muted_until is not None
    moderate("promote", "--by=boss", "--person=bob", here, "--role=owner")
    assert cast.member(cast.bob).role == Role.OWNER
    moderate("ban", "--by=boss", "--person=bob", "--length=ever")
    assert Ban.objects.get().user == cast.bob


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["ban", "--by=boss", "--person=bob"], "length"),
        (["ban", "--by=boss", "--person=nobody", "--length=ever"], "no such person"),
        (["ban", "--by=bob", "--person=ann", "--length=ever"], "Only staff"),
        (["ban", "--by=boss", "--person=boss", "--length=ever"], "yourself"),
        (["hide", "--by=boss", "--message=0"], "no such message"),
        (["warn", "--by=boss", "--person=bob"], "no such group"),
    ],
)
def test_it_says_what_was_wrong(cast: Cast, boss: User, words: list[str], why: str):
    with pytest.raises(CommandError, match=why):
        moderate(*words)
    assert not Act.objects.exists()


@pytest.mark.parametrize("name", ["approve", "dismiss", "reopen"])
def test_what_is_done_to_cases_it_does_not_offer(cast: Cast, boss: User, name: str):
    with pytest.raises(CommandError, match="invalid choice"):
        moderate(name, "--by=boss", "--person=bob")
    assert not Act.objects.exists()
