"""Reporting: one open case for what is reported, bounded, and nothing of it for whom it is about."""

from datetime import timedelta

import pytest
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Act, Case, Entry, Group, Report, User
from discuss.moderation.actions import (
    Why,
    decide_case,
    report_group,
    report_member,
    report_message,
)
from discuss.moderation.reading.snapshots import AROUND
from discuss.moderation.rules.report_limits import A_DAY, NO_ACCIDENT, SELDOM
from tests.cast import Cast, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def soup(cast: Cast) -> Entry:
    return cast.say(cast.bob, "Soup")


def report(cast: Cast, user: User, entry: Entry, reason: str = "insult", note: str = "") -> Report:
    return report_message(cast.member(user), entry=entry, reason=reason, note=note)


def test_reports_of_one_message_are_one_case(cast: Cast, soup: Entry):
    actions.join_group(cast.cleo, group=cast.kitchen)
    first = report(cast, cast.ann, soup, note="Look")
    second = report(cast, cast.cleo, soup, "spam")
    case = Case.objects.get()
    assert (first.case, second.case) == (case, case)
    assert (case.kind, case.entry, case.user, case.group) == (
        "message",
        soup,
        cast.bob,
        cast.kitchen,
    )
    assert (case.state, case.taken_by) == ("open", None)
    assert list(case.reports.order_by("pk").values_list("reporter", "reason", "note")) == [
        (cast.ann.pk, "insult", "Look"),
        (cast.cleo.pk, "spam", ""),
    ]


def test_to_report_twice_is_nothing(cast: Cast, soup: Entry, bells_of):
    report(cast, cast.ann, soup)
    assert bells_of(lambda: report(cast, cast.ann, soup, "spam")) == []
    assert Report.objects.get().reason == "insult"


def test_it_rings_the_queue_and_changes_no_log(cast: Cast, soup: Entry, bells_of):
    head = cast.head()
    assert bells_of(lambda: report(cast, cast.ann, soup)) == [Bell("queue", cast.kitchen.pk)]
    assert cast.head() == head
    assert not Act.objects.exists()


def test_the_case_keeps_five_messages_on_either_side_as_they_were(cast: Cast):
    lines = [cast.say(cast.bob, f"Line {number}") for number in range(15)]
    actions.hide_message(cast.member(cast.bob), entry=lines[6])
    report(cast, cast.ann, lines[7])
    actions.edit_message(cast.member(cast.bob), entry=lines[7], text="Never")
    actions.delete_user(cast.bob, user=cast.bob)
    snapshot = Case.objects.get().snapshot
    assert snapshot is not None
    assert snapshot["position"] == lines[7].position
    kept = snapshot["lines"]
    assert [line["text"] for line in kept] == [
        # What its author had removed is not kept.
        f"Line {number}" if number != 6 else ""
        for number in range(7 - AROUND, 8 + AROUND)
    ]
    # Names are looked up, as long as there is somebody.
    assert {line["author_id"] for line in kept} == {cast.bob.pk}
    assert "author" not in kept[0]
    assert [line["is_hidden"] for line in kept].index(True) == 4


def test_nobody_reports_what_is_theirs(cast: Cast, soup: Entry):
    with pytest.raises(Refused, match="yourself"):
        report(cast, cast.bob, soup)
    with pytest.raises(Refused, match="yourself"):
        report_member(cast.member(cast.bob), user=cast.bob, reason="spam")
    with pytest.raises(Refused, match="yourself"):
        report_group(cast.ann, group=cast.kitchen, reason="spam")
    assert not Case.objects.exists()


def test_it_refuses_someone_who_left(cast: Cast, soup: Entry):
    member = cast.member(cast.ann)
    actions.remove_member(User.objects.create_user("boss", is_staff=True), membership=member)
    with pytest.raises(Refused, match="not a member"):
        report_message(member, entry=soup, reason="spam")
    assert not Report.objects.exists()


def test_what_is_removed_is_reported_no_more_but_joins_an_open_case(cast: Cast, soup: Entry):
    actions.join_group(cast.cleo, group=cast.kitchen)
    other = cast.say(cast.bob, "Salad")
    report(cast, cast.ann, soup)
    for entry in (soup, other):
        actions.hide_message(cast.member(cast.bob), entry=entry)
    assert report(cast, cast.cleo, soup).case == Case.objects.get()
    with pytest.raises(Refused, match="was removed"):
        report(cast, cast.cleo, other)


def test_an_event_is_no_message_to_report(cast: Cast):
    with pytest.raises(Refused, match="no such message"):
        report(cast, cast.ann, cast.lines()[-1])


def test_a_person_and_a_group_are_reported_too(cast: Cast):
    report_member(cast.member(cast.ann), user=cast.bob, reason="false name", note="No Bob")
    report_group(cast.cleo, group=cast.kitchen, reason="hate")
    report_group(cast.bob, group=cast.kitchen, reason="spam")
    person, group = Case.objects.order_by("pk")
    assert (person.kind, person.user, person.group) == ("person", cast.bob, cast.kitchen)
    assert person.snapshot == {"name": "bob", "username": "bob"}
    assert (group.kind, group.user, group.group) == ("group", None, cast.kitchen)
    assert group.reports.count() == 2


def test_what_was_dismissed_is_not_reported_again_by_the_same_person(cast: Cast, soup: Entry):
    actions.join_group(cast.cleo, group=cast.kitchen)
    report(cast, cast.ann, soup)
    decide_case(cast.mod, case_id=Case.objects.get().pk, name="dismiss", why=Why())
    with pytest.raises(Refused, match="left it as it is"):
        report(cast, cast.ann, soup)
    # Somebody else may, and so may who reported it once it says something else.
    report(cast, cast.cleo, soup)
    decide_case(cast.mod, case_id=Case.objects.get(state="open").pk, name="dismiss", why=Why())
    actions.edit_message(cast.member(cast.bob), entry=soup, text="Worse")
    report(cast, cast.ann, soup)
    assert Case.objects.count() == 3


def dismissed_before(cast: Cast, user: User, count: int) -> None:
    """Write reports of somebody that were dismissed, some days ago."""
    ago = timezone.now() - timedelta(days=5)
    for _ in range(count):
        case = Case.objects.create(
            kind="person", user=cast.mod, group=cast.kitchen, state="closed", outcome="dismiss"
        )
        Report.objects.create(case=case, reporter=user, reason="spam", at=ago)


def test_whose_reports_are_mostly_dismissed_may_report_seldom(cast: Cast):
    lines = [cast.say(cast.bob, f"Line {number}") for number in range(SELDOM + 1)]
    dismissed_before(cast, cast.ann, NO_ACCIDENT)
    for line in lines[:SELDOM]:
        report(cast, cast.ann, line)
    with pytest.raises(Refused, match="as much as you may"):
        report(cast, cast.ann, lines[-1])
    # Whom it hits is who reports so, and nobody else; and not for ever.
    actions.join_group(cast.cleo, group=cast.kitchen)
    report(cast, cast.cleo, lines[-1])
    Report.objects.filter(reporter=cast.ann).update(at=timezone.now() - timedelta(days=100))
    report(cast, cast.ann, lines[-1])


def test_nobody_reports_without_end(cast: Cast):
    lines = [cast.say(cast.bob, f"Line {number}") for number in range(A_DAY + 1)]
    for line in lines[:-1]:
        report(cast, cast.ann, line)
    with pytest.raises(Refused, match="as much as you may"):
        report(cast, cast.ann, lines[-1])


def test_a_group_that_one_does_not_find_is_not_reported(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    from tests.hidden import hide

    hide(monkeypatch, pk=cast.kitchen.pk)
    with pytest.raises(Refused, match="gone"):
        report_group(cast.cleo, group=Group.objects.get(pk=cast.kitchen.pk), reason="spam")
    report_group(cast.bob, group=cast.kitchen, reason="spam")


def test_what_authors_removed_is_not_kept_and_what_moderators_hid_is(cast: Cast, soup: Entry):
    withdrawn, hidden = cast.say(cast.bob, "Secret"), cast.say(cast.bob, "Insult")
    actions.hide_message(cast.member(cast.bob), entry=withdrawn)
    actions.hide_message(cast.member(cast.mod), entry=hidden)
    report(cast, cast.ann, soup)
    kept = (Case.objects.get().snapshot or {})["lines"]
    assert [(line["text"], line["is_hidden"]) for line in kept] == [
        ("Soup", False),
        ("", True),
        ("Insult", True),
    ]


def test_what_its_author_wrote_and_removed_after_the_report_is_not_shown(cast: Cast, soup: Entry):
    report(cast, cast.ann, soup)
    actions.edit_message(cast.member(cast.bob), entry=soup, text="Secret")
    pk = Case.objects.get().pk
    shows = lambda: "Secret" in log_in(cast.mod).get(f"/moderation/cases/{pk}/").content.decode()  # noqa: E731
    assert shows()
    actions.edit_message(cast.member(cast.bob), entry=soup, text="Bread")
    assert shows()
    actions.hide_message(cast.member(cast.bob), entry=soup)
    assert not shows()


def test_a_reporter_reads_no_words_that_are_hidden_nor_those_of_a_group_they_left(
    cast: Cast, soup: Entry
):
    report(cast, cast.ann, soup)
    actions.join_group(cast.cleo, group=cast.kitchen)
    report(cast, cast.cleo, soup)
    own = lambda user: log_in(user).get("/reports/").content.decode()  # noqa: E731
    assert "Soup" in own(cast.ann)
    assert "Soup" in own(cast.cleo)
    actions.leave_group(cast.member(cast.cleo))
    assert "Soup" not in own(cast.cleo)
    actions.hide_message(cast.member(cast.mod), entry=soup)
    assert "Soup" not in own(cast.ann)
    assert "This message was removed." in own(cast.ann)
