"""What filters do to messages, edits and names, and what stays of it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from discuss import actions
from discuss.actions import Draft, Refused, Stored, filtering
from discuss.doorbell.bell import Bell
from discuss.models import (
    Act,
    Case,
    Entry,
    Filter,
    FilterHits,
    Group,
    Held,
    Membership,
    Revision,
    Role,
    Utterance,
)
from discuss.reading.filters import known_filters
from discuss.rules.refusals import Code
from tests.cast import Cast, log_in
from tests.moderation.ruled import ruled, ruled_everywhere

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], Any]) -> Refused:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value


def garden(cast: Cast) -> Group:
    """Another group of ann's and bob's."""
    group = actions.create_group(cast.ann, name="Garden")
    actions.join_group(cast.bob, group=group)
    return group


def hits(made: Filter) -> int:
    actions.write_filter_hits()
    return sum(FilterHits.objects.filter(filter=made).values_list("hits", flat=True))


@pytest.fixture(autouse=True)
def _no_hits() -> None:
    filtering._hits.forget()


# --- what is said -------------------------------------------------------------------------------------------


def test_what_is_blocked_is_refused_with_the_reason_and_recorded_without_its_text(cast: Cast):
    made = ruled(cast)
    head = cast.head()
    refusal = refused(lambda: cast.say(cast.bob, "Buy ѕраm today"))
    assert refusal.code == Code.FILTERED_WORDS
    assert "No spam" in str(refusal)
    assert "Change them" in str(refusal)
    assert cast.head() == head
    row = Act.objects.get(kind="filter")
    assert (row.actor_id, row.user_id, row.group_id) == (None, cast.bob.pk, cast.kitchen.pk)
    assert row.details == {"rule": made.pk, "name": "No spam", "did": "block"}
    assert "today" not in str(vars(row))


def test_whoever_tries_again_and_again_does_not_fill_the_record(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    made = ruled(cast)
    line = cast.say(cast.bob, "Soup")
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            refused(lambda: cast.say(cast.bob, "spam"))
            refused(
                lambda: actions.edit_message(cast.member(cast.bob), entry=line, text="Spam soup")
            )
    assert Act.objects.filter(kind="filter").count() == 1
    assert hits(made) == 6
    # Another rule and another person have rows of their own; and so has the next hour.
    ruled(cast, name="No ham", terms="ham")
    refused(lambda: cast.say(cast.bob, "ham"))
    refused(lambda: cast.say(cast.mod, "spam"))
    assert Act.objects.filter(kind="filter").count() == 3
    with mock.patch.object(filtering, "RECORDED_EVERY", timedelta()):
        refused(lambda: cast.say(cast.bob, "spam"))
    assert Act.objects.filter(kind="filter").count() == 4


def test_what_breaks_no_rule_goes_through(cast: Cast):
    ruled(cast)
    assert cast.say(cast.bob, "Soup").text == "Soup"
    assert not Act.objects.filter(kind="filter").exists()


def test_a_filter_that_is_off_stops_nothing(cast: Cast):
    made = ruled(cast, is_on=False)
    assert cast.say(cast.bob, "spam")
    assert hits(made) == 0


def test_a_rule_of_a_group_is_about_no_other(cast: Cast):
    other = garden(cast)
    ruled(cast)
    bob = Membership.objects.get(group=other, user=cast.bob)
    assert actions.post_message(bob, text="spam", nonce=actions.new_nonce())
    refused(lambda: cast.say(cast.bob, "spam"))


def test_a_rule_of_the_site_is_about_every_group(cast: Cast):
    other = garden(cast)
    ruled_everywhere()
    bob = Membership.objects.get(group=other, user=cast.bob)
    for member in (bob, cast.member(cast.bob)):
        refused(lambda m=member: actions.post_message(m, text="spam", nonce=actions.new_nonce()))  # type: ignore[misc]


def test_rules_of_the_site_and_of_a_group_are_asked_together(cast: Cast):
    ruled(cast, name="Of the Kitchen", terms="salt", does="note")
    ruled_everywhere(name="Of the site", terms="pepper")
    assert cast.say(cast.bob, "salt")
    assert "Of the site" in str(refused(lambda: cast.say(cast.bob, "salt and pepper")))


def test_what_is_held_waits_and_is_in_no_log(cast: Cast):
    made = ruled(cast, does="hold")
    bob, head, nonce = cast.member(cast.bob), cast.head(), actions.new_nonce()
    for _ in range(2):
        # Sent again, it is the same.
        refusal = refused(lambda: actions.post_message(bob, text="spam?", nonce=nonce))
        assert refusal.code == Code.HELD
    assert cast.head() == head
    held = Held.objects.get()
    assert (held.user, held.group, held.text) == (cast.bob, cast.kitchen, "spam?")
    assert held.rule == made.pk
    assert (Act.objects.get(kind="filter").details or {})["did"] == "hold"


def test_what_a_filter_holds_comes_into_the_log_once_a_moderator_approves_it(cast: Cast):
    """Though the filter is still on, and another one would refuse it by now."""
    made = ruled(cast, does="hold")
    refused(lambda: cast.say(cast.bob, "spam, this is spam"))
    held = Held.objects.get()
    case = Case.objects.get()
    assert (case.kind, case.held, case.user) == ("held", held, cast.bob)
    ruled(cast, name="Later")
    refused(lambda: cast.say(cast.bob, "spam, this is spam"))
    actions.approve_held(cast.member(cast.mod), held=held)
    line = cast.lines()[-1]
    assert (line.text, line.author) == ("spam, this is spam", cast.bob)
    assert not Held.objects.exists()
    assert (Act.objects.get(kind="approve").details or {})["rule"] == made.pk


def test_what_is_reported_is_said_and_a_case_is_open(cast: Cast):
    made = ruled(cast, does="report")
    cast.say(cast.mod, "Before")
    line = cast.say(cast.bob, "spam")
    case = Case.objects.get()
    assert (case.kind, case.entry, case.group, case.user) == (
        *("message", line, cast.kitchen, cast.bob),
    )
    assert [each["text"] for each in (case.snapshot or {})["lines"]] == ["Before", "spam"]
    report = case.reports.get()
    assert (report.reporter, report.note) == (None, "No spam")
    row = Act.objects.get(kind="filter")
    assert (row.entry_id, row.case_id, row.details) == (
        *(line.pk, case.pk),
        {"rule": made.pk, "name": "No spam", "did": "report"},
    )


def test_moderators_hear_of_a_case_that_a_filter_opened(cast: Cast, bells_of: Any):
    ruled(cast, does="report")
    rung = bells_of(lambda: cast.say(cast.bob, "spam"))
    assert Bell("queue", cast.kitchen.pk) in rung
    page = log_in(cast.mod).get("/moderation/").content.decode()
    assert "spam" in page
    case = Case.objects.get()
    assert "No spam" in log_in(cast.mod).get(f"/moderation/cases/{case.pk}/").content.decode()


def test_what_is_noted_is_counted_and_nothing_else(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    made = ruled(cast, does="note")
    with django_capture_on_commit_callbacks(execute=True):
        cast.say(cast.bob, "spam")
        cast.say(cast.bob, "Spam")
    assert not Act.objects.filter(kind="filter").exists()
    assert not Case.objects.exists()
    assert hits(made) == 2


def test_of_several_rules_the_one_that_does_the_most_decides_and_all_are_counted(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    noting, blocking = ruled(cast, does="note"), ruled(cast, name="Second", does="block")
    with django_capture_on_commit_callbacks(execute=True):
        assert "Second" in str(refused(lambda: cast.say(cast.bob, "spam")))
    assert (hits(noting), hits(blocking)) == (1, 1)


def test_exempt_roles_are_decided_under_the_lock(cast: Cast):
    ruled(cast, exempt="moderator")
    assert cast.say(cast.mod, "spam")
    assert cast.say(cast.ann, "spam")
    refused(lambda: cast.say(cast.bob, "spam"))
    # As the page still has it, mod moderates.
    mod = cast.member(cast.mod)
    Membership.objects.filter(pk=mod.pk).update(role=Role.MEMBER)
    refused(lambda: actions.post_message(mod, text="spam", nonce=actions.new_nonce()))


def test_together_each_gets_what_its_own_text_deserves(cast: Cast):
    ruled(cast)
    bob, mod = cast.member(cast.bob), cast.member(cast.mod)
    outcomes = actions.post_messages(
        [
            Draft(bob, "one", "nonce-one"),
            Draft(mod, "spam", "nonce-two"),
            Draft(bob, "3", "nonce-3"),
        ]
    )
    assert [isinstance(outcome, Stored) for outcome in outcomes] == [True, False, True]
    assert [line.text for line in cast.lines()[-2:]] == ["one", "3"]
    assert Act.objects.filter(kind="filter").count() == 1


def test_what_was_sent_before_the_rule_is_still_answered_as_sent(cast: Cast):
    bob, nonce = cast.member(cast.bob), actions.new_nonce()
    first = actions.post_message(bob, text="spam", nonce=nonce)
    ruled(cast)
    assert actions.post_message(bob, text="spam", nonce=nonce) == first
    (outcome,) = actions.post_messages([Draft(bob, "spam", nonce)])
    assert outcome == Stored(first)
    assert Entry.objects.filter(text="spam").count() == 1


def test_who_may_not_post_is_told_that_and_hits_nothing(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    made = ruled(cast)
    soon = timezone.now() + timedelta(hours=1)
    Membership.objects.filter(user=cast.bob).update(muted_until=soon)
    with django_capture_on_commit_callbacks(execute=True):
        assert refused(lambda: cast.say(cast.bob, "spam")).code == Code.MUTED
    assert hits(made) == 0


def test_many_mentions_are_counted_by_people(cast: Cast):
    ruled(cast, kind="mentions", name="Calm", number=1)
    assert cast.say(cast.bob, "@ann and @ann and @nobody")
    refusal = refused(lambda: cast.say(cast.bob, "@ann and @mod"))
    assert "at most 1" in str(refusal)


# --- what is edited -----------------------------------------------------------------------------------------


def test_an_edit_that_makes_a_harmless_message_a_bad_one_is_refused(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    made = ruled(cast)
    line, bob = cast.say(cast.bob, "Soup"), cast.member(cast.bob)
    head = cast.head()
    with django_capture_on_commit_callbacks(execute=True):
        refusal = refused(lambda: actions.edit_message(bob, entry=line, text="SPАM"))
    assert refusal.code == Code.FILTERED_WORDS
    line.refresh_from_db()
    assert (line.text, cast.head()) == ("Soup", head)
    assert not Revision.objects.exists()
    assert Act.objects.get(kind="filter").entry_id == line.pk
    assert hits(made) == 1


def test_an_edit_that_would_be_held_is_refused_and_one_that_is_reported_is_done(cast: Cast):
    ruled(cast, does="hold", terms="ham")
    ruled(cast, does="report")
    line, bob = cast.say(cast.bob, "Soup"), cast.member(cast.bob)
    refused(lambda: actions.edit_message(bob, entry=line, text="ham"))
    assert not Held.objects.exists()
    actions.edit_message(bob, entry=line, text="spam")
    actions.edit_message(bob, entry=line, text="more spam")
    assert Case.objects.get().entry == line


# --- the same again -----------------------------------------------------------------------------------------


def test_the_same_text_again_is_refused_for_a_while(cast: Cast):
    ruled(cast, kind="repeated", name="Once", number=1, seconds=60, terms="")
    cast.say(cast.bob, "Buy now!")
    assert refused(lambda: cast.say(cast.bob, "buy  NOW")).code == Code.FILTERED_REPEATED
    assert cast.say(cast.mod, "Buy now!")
    assert cast.say(cast.bob, "Something else")
    Utterance.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert cast.say(cast.bob, "Buy now!")


def test_it_may_be_said_as_often_as_the_rule_lets_through(cast: Cast):
    ruled(cast, kind="repeated", number=3, seconds=60)
    for _ in range(3):
        cast.say(cast.bob, "Hello")
    refused(lambda: cast.say(cast.bob, "Hello"))
    Utterance.objects.update(at=timezone.now() - timedelta(days=2))
    assert filtering.clear_utterances(200) == 3


def test_of_two_in_one_batch_the_second_is_refused(cast: Cast):
    ruled(cast, kind="repeated", number=1, seconds=60)
    bob = cast.member(cast.bob)
    drafts = [Draft(bob, "Hi", "nonce-one"), Draft(bob, "Hi", "nonce-two")]
    assert [isinstance(o, Stored) for o in actions.post_messages(drafts)] == [True, False]


def test_a_rule_of_the_site_finds_it_in_all_groups_and_one_of_a_group_in_its_own(cast: Cast):
    other = garden(cast)
    ruled(cast, kind="repeated", number=1, seconds=60)
    ruled(cast, group=other, kind="repeated", number=1, seconds=60)
    there = Membership.objects.get(group=other, user=cast.bob)
    cast.say(cast.bob, "Hi")
    assert actions.post_message(there, text="Hi", nonce=actions.new_nonce())
    ruled_everywhere(kind="repeated", number=1, seconds=60)
    cast.say(cast.bob, "Ho")
    refused(lambda: actions.post_message(there, text="Ho", nonce=actions.new_nonce()))


def test_an_edit_is_not_the_same_as_its_own_message_but_as_another(cast: Cast):
    ruled(cast, kind="repeated", number=1, seconds=60)
    first, bob = cast.say(cast.bob, "Buy now"), cast.member(cast.bob)
    second = cast.say(cast.bob, "Soup")
    assert actions.edit_message(bob, entry=first, text="Buy now!").text == "Buy now!"
    refused(lambda: actions.edit_message(bob, entry=second, text="buy NOW"))


# --- names --------------------------------------------------------------------------------------------------


def test_names_are_refused_where_a_rule_of_the_site_says_so(cast: Cast):
    ruled_everywhere(is_for_names=True, is_part=True)
    refused(lambda: actions.change_display_name(cast.bob, display_name="The Spammer"))
    refused(lambda: actions.create_group(cast.bob, name="Spam"))
    refused(lambda: actions.create_group(cast.bob, name="Fine", description="All about spam"))
    owner = cast.member(cast.ann)
    refused(
        lambda: actions.change_group(
            owner, group=cast.kitchen, name="Spam kitchen", description=cast.kitchen.description
        )
    )
    # One of each person.
    people = Act.objects.filter(kind="filter").order_by("pk").values_list("user_id", flat=True)
    assert list(people) == [cast.bob.pk, cast.ann.pk]
    cast.kitchen.refresh_from_db()
    assert cast.kitchen.name == "Kitchen"
    cast.bob.refresh_from_db()
    assert cast.bob.name == "bob"


def test_other_rules_are_about_no_names(cast: Cast):
    ruled_everywhere(is_part=True)
    ruled(cast, is_for_names=True, is_part=True)
    ruled_everywhere(is_for_names=True, terms="ham", does="note")
    actions.change_display_name(cast.bob, display_name="Spam Ham")
    assert actions.create_group(cast.bob, name="Spam")


# --- what it costs ------------------------------------------------------------------------------------------


def test_where_there_is_no_rule_it_is_one_look_up(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    other = garden(cast)
    ruled(cast, group=other)
    bob = cast.member(cast.bob)

    def post() -> int:
        with CaptureQueriesContext(connection) as queries:
            actions.post_messages([Draft(bob, "spam", actions.new_nonce())])
        return len(queries)

    post()
    with_rules_elsewhere = post()
    monkeypatch.setattr("discuss.actions.filtering.Folded", None)
    assert post() == with_rules_elsewhere
    known_filters.forget(is_none=True)
    assert post() == with_rules_elsewhere


def test_a_message_that_breaks_no_rule_asks_nothing(cast: Cast):
    bob = cast.member(cast.bob)

    def queries_of(text: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            actions.post_messages([Draft(bob, text, actions.new_nonce())])
        return len(queries)

    queries_of("Soup")
    without = queries_of("Soup")
    ruled(cast)
    assert queries_of("Soup") == without


def test_hits_are_written_from_time_to_time_and_not_with_the_message(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    made = ruled(cast, does="note")
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            cast.say(cast.bob, "spam")
        assert actions.has_filter_hits()
        actions.write_filter_hits()
        assert not actions.has_filter_hits()
    row = FilterHits.objects.get()
    assert (row.filter, row.hits, row.day) == (made, 2, timezone.now().date())


def test_hits_of_a_filter_that_is_gone_are_nobodys(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    made = ruled(cast, does="note")
    with django_capture_on_commit_callbacks(execute=True):
        cast.say(cast.bob, "spam")
    made.delete()
    actions.write_filter_hits()
    assert not FilterHits.objects.exists()


def test_what_cannot_be_written_is_written_the_next_time(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
):
    made = ruled(cast, does="note")
    with django_capture_on_commit_callbacks(execute=True):
        cast.say(cast.bob, "spam")
    with monkeypatch.context() as patch:
        patch.setattr(filtering, "FilterHits", None)
        with pytest.raises(AttributeError):
            actions.write_filter_hits()
    assert hits(made) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.log
def test_of_many_who_say_the_same_at_once_each_person_comes_through_once(cast: Cast):
    ruled(cast, kind="repeated", number=1, seconds=60)
    bob = cast.member(cast.bob)
    came: list[str] = []

    def post() -> None:
        try:
            actions.post_message(bob, text="Buy now", nonce=actions.new_nonce())
            came.append("stored")
        except Refused as refusal:
            came.append(str(refusal.code))
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(came) == ["filtered repeated"] * 5 + ["stored"]
