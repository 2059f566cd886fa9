"""Working at cases: who sees which, who is on it, and what comes of it."""

import pytest
from django.contrib.auth.models import Permission

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Act, Case, Entry, Membership, Role, User
from discuss.moderation.actions import (
    Why,
    decide_case,
    let_case_go,
    reopen_case,
    report_group,
    report_member,
    report_message,
    take_case,
)
from discuss.moderation.reading.queue import QueueQuery, count_cases, read_queue
from discuss.moderation.reading.scopes import read_scope
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def soup(cast: Cast) -> Entry:
    return cast.say(cast.bob, "Soup")


@pytest.fixture
def case(cast: Cast, soup: Entry) -> Case:
    return report_message(cast.member(cast.ann), entry=soup, reason="insult").case


def site_moderator(name: str = "sam") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="discuss", codename__in=["view_case", "add_act"]
        )
    )
    return user


def seen_by(user: User) -> list[int]:
    scope = read_scope(user.pk)
    found = [row.pk for row in read_queue(scope, QueueQuery()).rows]
    # For moderators that is a statement of its own, compiled once.
    assert count_cases(scope) == len(found)
    return found


def test_moderators_see_cases_of_their_groups_and_staff_with_the_right_all(cast: Cast, case: Case):
    other = User.objects.create_user("other")
    actions.create_group(other, name="Cellar")
    powerless = User.objects.create_user("powerless", is_staff=True)
    seeing = [
        user.username
        for user in (cast.ann, cast.mod, cast.bob, cast.cleo, other, powerless, site_moderator())
        if seen_by(user) == [case.pk]
    ]
    assert seeing == ["ann", "mod", "sam"]


@pytest.mark.log
def test_nobody_sees_what_is_about_themselves_or_their_equals(cast: Cast):
    """So that the reported person never learns who it was."""
    second = User.objects.create_user("second")
    actions.join_group(second, group=cast.kitchen)
    Membership.objects.filter(user=second).update(role=Role.MODERATOR)
    of_mod = report_message(
        cast.member(cast.bob), entry=cast.say(cast.mod, "Insult"), reason="insult"
    ).case.pk
    of_ann = report_member(cast.member(cast.bob), user=cast.ann, reason="insult").case.pk
    of_group = report_group(cast.bob, group=cast.kitchen, reason="spam").case.pk
    assert seen_by(cast.mod) == []
    assert seen_by(second) == []
    assert seen_by(cast.ann) == [of_mod]
    assert seen_by(site_moderator()) == [of_mod, of_ann, of_group]


@pytest.mark.parametrize("is_superuser", [False, True])
def test_staff_see_no_report_of_a_group_that_they_own(cast: Cast, is_superuser: bool):
    owner = site_moderator()
    User.objects.filter(pk=owner.pk).update(is_superuser=is_superuser)
    group = actions.create_group(owner, name="Cellar")
    report_group(cast.bob, group=group, reason="spam")
    of_kitchen = report_group(cast.bob, group=cast.kitchen, reason="spam").case.pk
    assert seen_by(owner) == [of_kitchen]
    assert len(seen_by(site_moderator("max"))) == 2


def test_what_is_about_staff_is_for_superusers(cast: Cast):
    sam, boss, other = (
        site_moderator(),
        User.objects.create_superuser("boss"),
        User.objects.create_superuser("other"),
    )
    for user in (sam, boss):
        actions.join_group(user, group=cast.kitchen)
    of_sam = report_member(cast.member(cast.bob), user=sam, reason="insult").case.pk
    of_boss = report_member(cast.member(cast.bob), user=boss, reason="insult").case.pk
    assert seen_by(sam) == []
    assert seen_by(site_moderator("max")) == []
    assert seen_by(boss) == [of_sam]
    assert seen_by(other) == [of_sam, of_boss]


def test_people_of_the_same_rights_have_one_scope(cast: Cast):
    second = User.objects.create_user("second")
    actions.join_group(second, group=cast.kitchen)
    Membership.objects.filter(user=second).update(role=Role.MODERATOR)
    assert read_scope(second.pk) == read_scope(cast.mod.pk)
    assert read_scope(site_moderator().pk) == read_scope(site_moderator("max").pk)


def test_of_two_who_take_a_case_the_second_is_told_who_is_on_it(cast: Cast, case: Case, bells_of):
    take = lambda: take_case(cast.mod, case_id=case.pk)  # noqa: E731
    assert bells_of(take) == [Bell("queue", cast.kitchen.pk)]
    assert bells_of(take) == []
    with pytest.raises(Refused, match="mod is on this case"):
        take_case(cast.ann, case_id=case.pk)
    with pytest.raises(Refused, match="mod is on this case"):
        decide_case(cast.ann, case_id=case.pk, name="dismiss", why=Why())
    assert not Act.objects.exists()
    case.refresh_from_db()
    assert (case.state, case.taken_by) == ("taken", cast.mod)


def test_it_is_taken_over_from_whom_one_saw_to_be_on_it_alone(cast: Cast, case: Case):
    take_case(cast.mod, case_id=case.pk)
    with pytest.raises(Refused, match="mod is on this case"):
        take_case(cast.ann, case_id=case.pk, over=cast.bob.pk)
    take_case(cast.ann, case_id=case.pk, over=cast.mod.pk)
    let_case_go(cast.mod, case_id=case.pk)
    case.refresh_from_db()
    assert case.taken_by == cast.ann
    let_case_go(cast.ann, case_id=case.pk)
    case.refresh_from_db()
    assert case.state == "open"
    assert not case.taken_by


def test_to_dismiss_closes_it_and_is_in_the_record(cast: Cast, case: Case, bells_of):
    bells = bells_of(
        lambda: decide_case(cast.mod, case_id=case.pk, name="dismiss", why=Why(note="Fine"))
    )
    assert Bell("queue", cast.kitchen.pk) in bells
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "dismiss")
    assert case.closed_at
    act = Act.objects.get()
    assert (act.kind, act.actor_id, act.user_id, act.case_id, act.note) == (
        "dismiss",
        cast.mod.pk,
        cast.bob.pk,
        case.pk,
        "Fine",
    )


def test_an_act_closes_it_or_does_not_as_one_wishes(cast: Cast, case: Case, soup: Entry):
    why = Why("insult")
    decide_case(cast.mod, case_id=case.pk, name="hide", why=why, closes=False)
    case.refresh_from_db()
    soup.refresh_from_db()
    assert (case.state, soup.is_hidden) == ("open", True)
    decide_case(cast.mod, case_id=case.pk, name="restore", why=why)
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "restore")
    assert set(Act.objects.values_list("case_id", flat=True)) == {case.pk}


def test_a_case_that_was_closed_meanwhile_is_told_and_nothing_is_done(
    cast: Cast, case: Case, soup: Entry
):
    decide_case(cast.ann, case_id=case.pk, name="dismiss", why=Why())
    for act in ("hide", "dismiss"):
        with pytest.raises(Refused, match="closed meanwhile"):
            decide_case(cast.mod, case_id=case.pk, name=act, why=Why())
    with pytest.raises(Refused, match="closed meanwhile"):
        take_case(cast.mod, case_id=case.pk)
    soup.refresh_from_db()
    assert not soup.is_hidden
    assert Act.objects.count() == 1


def test_who_is_no_moderator_any_more_does_nothing(cast: Cast, case: Case, soup: Entry):
    Membership.objects.filter(user=cast.mod).update(role=Role.MEMBER)
    for act in (
        lambda: take_case(cast.mod, case_id=case.pk),
        lambda: decide_case(cast.mod, case_id=case.pk, name="hide", why=Why()),
        lambda: reopen_case(cast.mod, case_id=case.pk),
    ):
        with pytest.raises(Refused, match="no such case"):
            act()
    soup.refresh_from_db()
    assert not soup.is_hidden


def test_it_is_opened_again_and_the_record_says_so(cast: Cast, case: Case):
    decide_case(cast.mod, case_id=case.pk, name="dismiss", why=Why())
    reopen_case(cast.ann, case_id=case.pk)
    with pytest.raises(Refused, match="open again already"):
        reopen_case(cast.mod, case_id=case.pk)
    case.refresh_from_db()
    assert (case.state, case.outcome, case.taken_by) == ("open", "", None)
    first, second = Act.objects.order_by("pk")
    assert (second.kind, second.undoes_id) == ("reopen", first.pk)


def test_it_is_not_opened_beside_another_about_the_same(cast: Cast, case: Case, soup: Entry):
    actions.join_group(cast.cleo, group=cast.kitchen)
    decide_case(cast.mod, case_id=case.pk, name="dismiss", why=Why())
    report_message(cast.member(cast.cleo), entry=soup, reason="spam")
    with pytest.raises(Refused, match="open again already"):
        reopen_case(cast.mod, case_id=case.pk)
    assert Case.objects.exclude(state="closed").count() == 1
    assert list(Act.objects.values_list("kind", flat=True)) == ["dismiss"]
