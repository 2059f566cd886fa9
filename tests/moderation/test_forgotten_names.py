"""What a case keeps of somebody goes with their account, but for what they wrote."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from discuss import actions
from discuss.actions import forgetting
from discuss.actions.waiting import hold
from discuss.models import Case
from discuss.moderation.actions import report_member, report_message
from tests.cast import Cast, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def kept() -> str:
    return str(list(Case.objects.values_list("snapshot", flat=True)))


def page_of(cast: Cast, case: Case) -> str:
    response = log_in(cast.ann).get(reverse("case", args=[case.pk]))
    return str(response.content.decode())


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Of what bob wrote, of what somebody else wrote beside it, of bob himself, and of what of his waits."""
    actions.join_group(cast.cleo, group=cast.kitchen)
    soup, salad = cast.say(cast.bob, "Soup"), cast.say(cast.cleo, "Salad")
    mod = cast.member(cast.mod)
    found = [
        report_message(mod, entry=soup, reason="spam").case,
        report_message(mod, entry=salad, reason="spam").case,
        report_member(mod, user=cast.bob, reason="spam").case,
    ]
    hold(group_id=cast.kitchen.pk, user_id=cast.bob.pk, text="Bread", nonce="1")
    return [*found, Case.objects.latest("pk")]


def test_the_page_of_a_case_has_the_names_of_now(cast: Cast, cases: list[Case]):
    actions.change_display_name(cast.bob, display_name="Robert")
    for case in cases[:2]:
        assert "<bdi>Robert</bdi>" in page_of(cast, case)
    assert "Robert" not in kept()


def test_no_case_knows_any_more_whose_it_was(cast: Cast, cases: list[Case]):
    number = f"'author_id': {cast.bob.pk},"
    assert number in kept()
    assert "'name': 'bob'" in kept()
    others = f"'author_id': {cast.cleo.pk},"
    before = kept().count(others)
    cast.delete(cast.bob)
    assert number not in kept()
    assert "bob" not in kept()
    # What was said stays, and what is others' stays theirs.
    assert kept().count("Soup") == 2
    assert kept().count(others) == before > 0
    page = page_of(cast, cases[1])
    assert "<bdi>someone</bdi>" in page
    assert "<bdi>cleo</bdi>" in page


def test_of_very_many_some_are_taken_at_a_time(
    cast: Cast, cases: list[Case], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(forgetting, "CASES_AT_ONCE", 1)
    cast.delete(cast.bob)
    assert f"'author_id': {cast.bob.pk}," not in kept()
    assert not type(cast.bob).objects.filter(username="bob").exists()


def test_whoever_quotes_it_in_a_message_is_not_taken_for_them(cast: Cast):
    text = f'"author_id": {cast.bob.pk}, "author": "bob"'
    line = cast.say(cast.ann, text)
    report_message(cast.member(cast.mod), entry=line, reason="spam")
    assert not forgetting.forget_in_cases(cast.bob.pk)
    snapshot: Any = Case.objects.get().snapshot
    assert snapshot["lines"][0]["author_id"] == cast.ann.pk


def test_the_migration_takes_names_out_that_were_kept_before(cast: Cast, cases: list[Case]):
    snapshot: Any = cases[0].snapshot
    snapshot["lines"] = [{**line, "author": "bob"} for line in snapshot["lines"]]
    Case.objects.filter(pk=cases[0].pk).update(snapshot=snapshot)
    migration = import_module("discuss.migrations.0037_record_stays")
    migration.forget_names(apps, SimpleNamespace(connection=connection))
    now: Any = Case.objects.get(pk=cases[0].pk).snapshot
    assert [line["text"] for line in now["lines"]] == [line["text"] for line in snapshot["lines"]]
    assert "'author'" not in kept()
