"""What a case keeps of somebody goes with their account, but for what they wrote."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from discuss import actions
from discuss.actions import cases as cases_of, forgetting
from discuss.actions.waiting import hold
from discuss.models import Case, CaseAuthor, User
from discuss.moderation.actions import (
    Why,
    make_appeal,
    perform_act,
    report_member,
    report_message,
)
from discuss.moderation.actions.reports import report_by_rule
from discuss.rules.filters import Rule
from tests.cast import Cast, log_in
from tests.waiting import do_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.log]

RULE = Rule(1, "words", "Soups")


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
    for module in (forgetting, cases_of):
        monkeypatch.setattr(module, "CASES_AT_ONCE", 1)
    as_before()
    cast.delete(cast.bob)
    assert f"'author_id': {cast.bob.pk}," not in kept()
    assert not type(cast.bob).objects.filter(username="bob").exists()


def as_before() -> None:
    """Have the cases be as the version before has opened them."""
    CaseAuthor.objects.all().delete()
    Case.objects.update(knows_authors=False)


def test_nor_one_that_a_process_of_the_version_before_has_opened(cast: Cast, cases: list[Case]):
    as_before()
    cast.delete(cast.bob)
    assert f"'author_id': {cast.bob.pk}," not in kept()
    assert "bob" not in kept()
    # What was looked at is not looked at again.
    assert Case.objects.filter(knows_authors=False).count() == 0
    assert set(CaseAuthor.objects.values_list("user", flat=True)) >= {cast.cleo.pk}


def work_of(user: User) -> tuple[int, int]:
    """Return how many statements it takes to have cases forget somebody, and how many cases are read."""
    read = 0
    load = Case.from_db.__func__  # type: ignore[attr-defined]

    def count(cls: Any, *args: Any, **options: Any) -> Any:
        nonlocal read
        read += 1
        return load(cls, *args, **options)

    loading = patch.object(Case, "from_db", classmethod(count))
    with CaptureQueriesContext(connection) as statements, loading:
        assert not forgetting.forget_in_cases(user.pk)
    return len(statements), read


def test_it_looks_at_the_cases_that_name_the_person_and_at_no_others(cast: Cast, cases: list[Case]):
    assert Case.objects.count() == 4
    # Beside what bob wrote stands what others wrote.
    assert work_of(cast.ann) == (3, 0)
    # Those of the two messages, of the one that waits, and of bob himself.
    few = work_of(cast.bob)
    assert few[1] == 4
    for number in range(40):
        line = cast.say(cast.cleo, f"Salad {number}")
        # The first five have what bob wrote beside it.
        if number > 5:
            report_by_rule(line, RULE)
    assert Case.objects.count() > 30
    for case in cases:
        Case.objects.filter(pk=case.pk).update(snapshot=case.snapshot, knows_authors=False)
    assert cases_of.note_authors()
    assert work_of(cast.bob) == few


def test_they_are_found_by_keys(cast: Cast, cases: list[Case]):
    unknown = Case.objects.filter(knows_authors=False, snapshot__isnull=False).order_by("pk")
    found = CaseAuthor.objects.filter(user=cast.bob.pk).order_by("pk")
    if connection.vendor == "postgresql":
        # It goes through tables that have one page.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "cases_of_unknown_authors" in unknown[:200].explain()
    assert "discuss_caseauthor_user_id" in found.explain()


def test_whoever_opens_one_notes_whose_words_it_keeps(cast: Cast, cases: list[Case]):
    report_by_rule(cast.say(cast.bob, "Soup again"), RULE)
    act = perform_act(cast.member(cast.mod), "warn", user=cast.bob, group=cast.kitchen, why=Why())
    assert act is not None
    make_appeal(cast.bob, act_id=act.pk, note="No")
    assert Case.objects.count() == 6
    assert not Case.objects.filter(knows_authors=False).exists()
    for case in Case.objects.all():
        lines = (case.snapshot or {}).get("lines", ())
        noted = set(case.authors.values_list("user", flat=True))
        assert noted == {line["author_id"] for line in lines}, case.kind


def in_the_database() -> dict[str, str]:
    """Return what stands in each table, as text."""
    found = {}
    with connection.cursor() as cursor:
        # The index cannot be read; what it stores stands in tables of its own.
        for table in {*connection.introspection.table_names(cursor)} - {"discuss_words"}:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = repr(cursor.fetchall())
    return found


def test_nothing_of_the_name_stays(cast: Cast):
    user = User.objects.create_user("zwieback", "zwieback@example.org", display_name="Zwiebelchen")
    member = actions.join_group(user, group=cast.kitchen)
    line = cast.say(user, "Soup")
    report_message(cast.member(cast.mod), entry=line, reason="spam")
    report_message(cast.member(cast.mod), entry=cast.say(cast.bob, "Salad"), reason="spam")
    report_member(cast.member(cast.mod), user=user, reason="spam")
    report_message(cast.member(user), entry=cast.say(cast.ann, "Bread"), reason="insult")
    hold(group_id=cast.kitchen.pk, user_id=user.pk, text="Bread", nonce="1")
    actions.change_display_name(user, display_name="Zwiebel")
    act = perform_act(cast.member(cast.mod), "warn", user=user, group=cast.kitchen, why=Why())
    assert act is not None
    make_appeal(user, act_id=act.pk, note="No")
    actions.save_message(member, entry=line)
    names = ("zwieb", "ZWIEB", "Zwieb")

    def saying() -> set[str]:
        return {table for table, rows in in_the_database().items() if any(n in rows for n in names)}

    # The group says the new name, and what they were called.
    do_tasks()
    assert {"discuss_user", "discuss_case", "discuss_entry"} <= saying()
    cast.delete(user)
    do_tasks()
    assert saying() == set()
    number = f'"author_id": {user.pk},'
    assert number not in in_the_database()["discuss_case"]


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
