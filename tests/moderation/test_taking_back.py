"""An act is taken back by who may do it, and by nobody of a lower role than in which it was done."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused
from discuss.models import Act, Ban, Bar, Membership, Role, User
from discuss.moderation.actions import Why, decide_case, perform_act, reopen_case, report_message
from discuss.rules.refusals import Code
from tests.cast import Cast, log_in
from tests.moderation.test_doors import address_of, menu

pytestmark = [pytest.mark.django_db, pytest.mark.log]

# What is done to somebody in a group, and by what it is taken back.
ON_MEMBERS = {
    "time_out": "end_time_out",
    "warn": "take_warning_back",
    "remove": "let_in_again",
    "bar": "end_bar",
}


def staff(name: str, *, is_superuser: bool = False) -> User:
    user = User.objects.create_user(name, is_staff=True, is_superuser=is_superuser)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="discuss"))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def sam(db: None) -> User:
    return staff("sam")


@pytest.fixture
def boss(db: None) -> User:
    return staff("boss", is_superuser=True)


def soon(**length: int) -> datetime:
    return timezone.now() + timedelta(**length)


def do(
    cast: Cast, name: str, actor: Membership | User, *, user: User | None = None, **why: object
) -> Act | None:
    if name in {"time_out", "bar"}:
        why = {"until": soon(days=7), **why}
    said = Why(**why)  # type: ignore[arg-type]
    return perform_act(actor, name, user=user or cast.bob, group=cast.kitchen, why=said)


def is_refused(act: Callable[[], object]) -> bool:
    before = Act.objects.count()
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code == Code.OF_HIGHER and Act.objects.count() == before


def test_the_record_says_in_which_role_it_was_done(cast: Cast, sam: User, boss: User):
    for actor in (cast.member(cast.mod), cast.member(cast.ann), sam, boss):
        do(cast, "warn", actor)
    roles = list(Act.objects.order_by("pk").values_list("role", flat=True))
    assert roles == ["moderator", "owner", "staff", "superuser"]


@pytest.mark.parametrize("name", ON_MEMBERS)
def test_a_moderator_takes_nothing_back_that_an_owner_did(cast: Cast, name: str):
    ann, mod = cast.member(cast.ann), cast.member(cast.mod)
    do(cast, name, ann)
    assert is_refused(lambda: do(cast, ON_MEMBERS[name], mod))
    assert do(cast, ON_MEMBERS[name], ann)


@pytest.mark.parametrize("name", ON_MEMBERS)
def test_owners_and_other_moderators_take_back_what_a_moderator_did(cast: Cast, name: str):
    second = cast.member(cast.mod)
    actions.join_group(cast.cleo, group=cast.kitchen)
    Membership.objects.filter(user=cast.cleo).update(role=Role.MODERATOR)
    for other in (second, cast.member(cast.ann)):
        do(cast, name, cast.member(cast.cleo))
        assert do(cast, ON_MEMBERS[name], other)


def test_what_staff_did_is_taken_back_by_staff_alone(cast: Cast, sam: User, boss: User):
    for by, backer in ((sam, sam), (sam, boss), (boss, boss)):
        do(cast, "bar", by)
        assert is_refused(lambda: do(cast, "end_bar", cast.member(cast.ann)))
        assert do(cast, "end_bar", backer)
    do(cast, "bar", boss)
    assert is_refused(lambda: do(cast, "end_bar", sam))
    assert Bar.objects.exists()


def test_a_message_is_shown_again_by_nobody_lower(cast: Cast):
    soup = cast.say(cast.bob, "Soup")
    perform_act(cast.member(cast.ann), "hide", entry=soup)
    mod = cast.member(cast.mod)
    assert is_refused(lambda: perform_act(mod, "restore", entry=soup))
    assert perform_act(cast.member(cast.ann), "restore", entry=soup)
    perform_act(mod, "hide", entry=soup)
    assert perform_act(cast.member(cast.ann), "restore", entry=soup)


def test_it_counts_as_what_it_was_done_whatever_became_of_who_did_it(cast: Cast):
    do(cast, "bar", cast.member(cast.ann))
    actions.hand_over(cast.member(cast.ann), successor=cast.member(cast.mod))
    actions.join_group(cast.cleo, group=cast.kitchen)
    Membership.objects.filter(user=cast.cleo).update(role=Role.MODERATOR)
    # Another moderator stands below an owner, of then and of now.
    assert is_refused(lambda: do(cast, "end_bar", cast.member(cast.cleo)))
    cast.delete(cast.ann)
    assert is_refused(lambda: do(cast, "end_bar", cast.member(cast.cleo)))
    assert do(cast, "end_bar", cast.member(cast.mod))


def test_one_takes_back_what_one_did_in_a_higher_role_as_long_as_one_moderates(cast: Cast):
    do(cast, "bar", cast.member(cast.ann))
    actions.hand_over(cast.member(cast.ann), successor=cast.member(cast.mod))
    with pytest.raises(Refused, match="higher role than theirs"):
        do(cast, "end_bar", cast.member(cast.ann))
    Membership.objects.filter(user=cast.ann).update(role=Role.MODERATOR)
    assert do(cast, "end_bar", cast.member(cast.ann))


@pytest.mark.parametrize("name", ["time_out", "bar"])
def test_a_shorter_one_is_a_way_to_take_it_back(cast: Cast, name: str):
    ann, mod = cast.member(cast.ann), cast.member(cast.mod)
    do(cast, name, ann, until=soon(days=7))
    assert is_refused(lambda: do(cast, name, mod, until=soon(days=1)))
    assert do(cast, name, mod, until=soon(days=28))
    # What a moderator has lengthened ends by nobody's hand before the owner's would.
    assert is_refused(lambda: do(cast, name, mod, until=soon(days=1)))
    assert is_refused(lambda: do(cast, ON_MEMBERS[name], mod))
    assert do(cast, name, mod, until=soon(days=14))
    assert do(cast, name, ann, until=soon(days=1))
    assert do(cast, ON_MEMBERS[name], ann)
    # And what was taken back binds nobody any more.
    do(cast, name, mod, until=soon(days=14))
    assert do(cast, ON_MEMBERS[name], mod)


def test_a_ban_of_a_superusers_is_ended_by_superusers(cast: Cast, sam: User, boss: User):
    perform_act(boss, "ban", user=cast.bob, why=Why(until=soon(days=28)))
    assert is_refused(lambda: perform_act(sam, "end_ban", user=cast.bob))
    shorter = Why(until=soon(days=1))
    assert is_refused(lambda: perform_act(sam, "ban", user=cast.bob, why=shorter))
    assert is_refused(lambda: actions.open_account(sam, user=cast.bob))
    assert is_refused(lambda: actions.close_account(sam, user=cast.bob))
    assert Ban.objects.exists()
    assert actions.open_account(boss, user=cast.bob)
    assert not Ban.objects.exists()


def test_an_account_that_a_superuser_closed_is_opened_by_superusers(
    cast: Cast, sam: User, boss: User
):
    actions.close_account(boss, user=cast.bob)
    assert is_refused(lambda: actions.open_account(sam, user=cast.bob))
    assert actions.open_account(boss, user=cast.bob)
    actions.close_account(sam, user=cast.bob)
    assert actions.open_account(sam, user=cast.bob)


def test_owners_take_a_role_whoever_gave_it(cast: Cast, sam: User):
    do(cast, "promote", sam)
    assert do(cast, "demote", cast.member(cast.ann))


def test_a_case_that_staff_dismissed_a_moderator_does_not_open_again(cast: Cast, sam: User):
    soup = cast.say(cast.bob, "Soup")
    case = report_message(cast.member(cast.ann), entry=soup, reason="spam").case
    decide_case(sam, case_id=case.pk, name="dismiss", why=Why())
    assert is_refused(lambda: reopen_case(cast.mod, case_id=case.pk))
    reopen_case(sam, case_id=case.pk)
    case.refresh_from_db()
    assert case.state == "open"


def test_it_is_not_offered(cast: Cast):
    ann, mod = log_in(cast.ann), log_in(cast.mod)
    soup = cast.say(cast.bob, "Soup")
    for by, offered in ((cast.mod, [True, True]), (cast.ann, [False, True])):
        for name, back in ON_MEMBERS.items():
            do(cast, name, cast.member(by))
            if name == "remove":
                actions.join_group(cast.bob, group=cast.kitchen)
                continue
            path = f"/people/{cast.bob.pk}/{back.replace('_', '-')}/"
            pages = [each.get(address_of(cast, cast.bob)).content.decode() for each in (mod, ann)]
            assert [path in page for page in pages] == offered, name
            do(cast, back, cast.member(cast.ann))
            if name == "bar":
                actions.join_group(cast.bob, group=cast.kitchen)
        perform_act(cast.member(by), "hide", entry=soup)
        pages = [menu(each, soup) for each in (mod, ann)]
        assert ["/restore/" in page for page in pages] == offered
        perform_act(cast.member(cast.ann), "restore", entry=soup)
