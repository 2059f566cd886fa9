"""Appeals: once per act, about what still stands, decided by another moderator, and heard of."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused
from discuss.doorbell.bell import Bell
from discuss.models import Act, Appeal, Ban, Bar, Case, Entry, Membership, Role, User
from discuss.moderation.actions import (
    Why,
    acts,
    acts_offered,
    appealable,
    decide_case,
    finish_long_acts,
    hear_decisions,
    make_appeal,
    perform_act,
    reopen_case,
    report_message,
    take_case,
)
from discuss.moderation.reading.case import read_case
from discuss.moderation.reading.duties import read_duties
from discuss.moderation.reading.in_force import acts_in_force
from discuss.moderation.reading.offered import read_standing
from discuss.moderation.reading.queue import QueueQuery, read_queue
from discuss.moderation.reading.scopes import read_scope
from discuss.moderation.rules.appealing import MOST_WAITING, WITHIN
from discuss.rules import roles
from tests.cast import Cast
from tests.moderation.ruled import staff

pytestmark = [pytest.mark.django_db, pytest.mark.log]


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def olga(cast: Cast) -> User:
    """Another moderator of the Kitchen."""
    user = User.objects.create_user("olga")
    actions.join_group(user, group=cast.kitchen)
    Membership.objects.filter(user=user).update(role=Role.MODERATOR)
    return user


def in_an_hour():
    return timezone.now() + timedelta(hours=1)


def do(cast: Cast, by: User, name: str, user: User, **why: object) -> Act:
    """Have a moderator of the Kitchen, or staff, do something to somebody."""
    is_member = cast.kitchen.memberships.filter(user=by).exists()
    actor = cast.member(by) if is_member and acts[name].of != "person" else by
    if acts[name].lasts:
        why = {"until": in_an_hour(), **why}
    if acts[name].of == "line":
        latest = Entry.objects.filter(author=user).latest("pk")
        done = perform_act(actor, name, entry=latest, why=Why(**why))  # type: ignore[arg-type]
    else:
        group = None if acts[name].of == "person" else cast.kitchen
        done = perform_act(actor, name, user=user, group=group, why=Why(**why))  # type: ignore[arg-type]
    assert done is not None
    return done


def appeal(user: User, act: Act, note: str = "It was a joke") -> Case:
    return make_appeal(user, act_id=act.pk, note=note).case


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        work()
    return str(refused.value)


def queue_of(user: User) -> list[int]:
    return [row.pk for row in read_queue(read_scope(user.pk), QueueQuery()).rows]


# --- making one -----------------------------------------------------------------------------------------


def test_it_comes_into_the_queue_as_a_case_of_its_own_kind(cast: Cast, bells_of):
    act = do(cast, cast.mod, "time_out", cast.bob)
    bells = bells_of(lambda: appeal(cast.bob, act))
    assert Bell("queue", cast.kitchen.pk) in bells
    case = Case.objects.get()
    assert (case.kind, case.group, case.user, case.state) == (
        "appeal",
        cast.kitchen,
        cast.bob,
        "open",
    )
    assert case.appeal is not None
    assert (case.appeal.act_id, case.appeal.actor_id, case.appeal.role) == (
        act.pk,
        cast.mod.pk,
        "moderator",
    )
    (row,) = read_queue(read_scope(cast.ann.pk), QueueQuery(kind="appeal")).rows
    assert (row.name, row.words) == ("bob", "It was a joke")


def test_the_log_tells_nothing_of_it(cast: Cast):
    act = do(cast, cast.mod, "time_out", cast.bob)
    head = cast.head()
    appeal(cast.bob, act)
    assert cast.head() == head


def test_one_appeals_once(cast: Cast):
    act = do(cast, cast.mod, "time_out", cast.bob)
    case = appeal(cast.bob, act)
    assert "already" in refusal(lambda: appeal(cast.bob, act))
    decide_case(cast.ann, case_id=case.pk, name="refuse_appeal", why=Why("flood"))
    assert "already" in refusal(lambda: appeal(cast.bob, act))
    assert Appeal.objects.count() == 1
    # Against another act one may.
    appeal(cast.bob, do(cast, cast.mod, "warn", cast.bob))


def test_only_against_what_was_done_to_oneself(cast: Cast):
    act = do(cast, cast.mod, "time_out", cast.bob)
    for user in (cast.ann, cast.mod, cast.cleo):
        assert "nothing here" in refusal(partial(appeal, user, act))
    assert "nothing here" in refusal(lambda: make_appeal(cast.bob, act_id=act.pk + 99, note="No"))


def test_neither_against_decisions_about_cases_nor_what_one_was_given(cast: Cast):
    line = cast.say(cast.bob, "Soup")
    case = report_message(cast.member(cast.ann), entry=line, reason="spam").case
    decide_case(cast.mod, case_id=case.pk, name="dismiss", why=Why())
    dismissed = Act.objects.latest("pk")
    assert "nothing here" in refusal(lambda: appeal(cast.bob, dismissed))
    promoted = do(cast, cast.ann, "promote", cast.bob, role=Role.MODERATOR)
    assert "nothing here" in refusal(lambda: appeal(cast.bob, promoted))


def test_every_act_on_people_that_can_be_taken_back_can_be_appealed_against():
    assert {"hide", "warn", "time_out", "remove", "bar", "ban"} <= appealable().keys()
    assert {"hide_all", "hide_all_on_site"} <= appealable().keys()
    assert not {"promote", "dismiss", "restore", "end_ban", "block"} & appealable().keys()


def test_everything_that_was_hidden_at_once_is_shown_again_by_one_appeal(cast: Cast):
    for text in ("Soup", "Bread"):
        cast.say(cast.bob, text)
    do(cast, cast.mod, "hide_all", cast.bob)
    finish_long_acts()
    cast.say(cast.bob, "Salt")
    second = do(cast, cast.mod, "hide_all", cast.bob)
    finish_long_acts()
    case = appeal(cast.bob, second)
    decide_case(cast.ann, case_id=case.pk, name="accept_appeal", why=Why())
    finish_long_acts()
    shown = Entry.objects.filter(author=cast.bob, kind="message", hidden_at=None)
    assert list(shown.values_list("text", flat=True)) == ["Salt"]
    case.refresh_from_db()
    assert case.outcome == "accept_appeal"


def test_what_was_hidden_first_is_shown_again_though_more_was_hidden_since(cast: Cast):
    entries = []
    acts_done = []
    for text in ("Soup", "Salad"):
        entries.append(cast.say(cast.bob, text))
        acts_done.append(do(cast, cast.mod, "hide_all", cast.bob))
        finish_long_acts()
    first, second = acts_done
    case = appeal(cast.bob, first)
    decide_case(cast.ann, case_id=case.pk, name="accept_appeal", why=Why())
    finish_long_acts()
    for entry in entries:
        entry.refresh_from_db()
    assert [entry.is_hidden for entry in entries] == [False, True]
    assert Act.objects.get(kind="show_all").undoes_id == first.pk
    # It is over now, and the other one is not.
    assert acts_in_force(cast.bob.pk, [first, second]) == {second.pk}


@pytest.mark.parametrize("name", ["hide", "warn", "time_out", "remove", "bar", "ban"])
def test_not_against_what_is_over(cast: Cast, boss: User, name: str):
    cast.say(cast.bob, "Soup")
    act = do(cast, boss, name, cast.bob)
    undo = acts[name].undone_by
    do(cast, boss, undo, cast.bob)
    assert "is over" in refusal(lambda: appeal(cast.bob, act))


def test_not_against_what_has_ended_by_itself_or_was_long_ago(cast: Cast, boss: User):
    cast.say(cast.bob, "Soup")
    muted = do(cast, cast.mod, "time_out", cast.bob)
    Membership.objects.filter(user=cast.bob).update(muted_until=timezone.now())
    assert "is over" in refusal(lambda: appeal(cast.bob, muted))
    first = do(cast, cast.mod, "time_out", cast.bob)
    longer = do(cast, cast.ann, "time_out", cast.bob, until=timezone.now() + timedelta(days=2))
    assert "is over" in refusal(lambda: appeal(cast.bob, first))
    removed = do(cast, cast.mod, "remove", cast.bob)
    # Who left and comes back waits no less, so what counts is the place that they have then.
    assert "is over" in refusal(lambda: appeal(cast.bob, longer))
    actions.join_group(cast.bob, group=cast.kitchen)
    assert "is over" in refusal(lambda: appeal(cast.bob, removed))
    appeal(cast.bob, longer)
    barred = do(cast, cast.mod, "bar", cast.bob)
    Bar.objects.update(until=timezone.now())
    assert "is over" in refusal(lambda: appeal(cast.bob, barred))
    old = Act.objects.create(
        kind="remove",
        user_id=cast.bob.pk,
        group_id=cast.kitchen.pk,
        at=timezone.now() - WITHIN - timedelta(days=1),
    )
    assert "is over" in refusal(lambda: appeal(cast.bob, old))


def test_a_warning_that_was_read_can_still_be_taken_back(cast: Cast):
    act = do(cast, cast.mod, "warn", cast.bob)
    given = cast.bob.warnings.get()
    actions.acknowledge(cast.member(cast.bob), warning=given.pk)
    case = appeal(cast.bob, act)
    decide_case(cast.ann, case_id=case.pk, name="accept_appeal", why=Why())
    assert Act.objects.filter(kind="take_warning_back", undoes_id=act.pk).exists()


def test_few_wait_at_a_time(cast: Cast):
    done = [do(cast, cast.mod, "warn", cast.bob) for _ in range(MOST_WAITING + 1)]
    cases = [appeal(cast.bob, act) for act in done[:-1]]
    assert "wait for a moderator already" in refusal(lambda: appeal(cast.bob, done[-1]))
    decide_case(cast.ann, case_id=cases[0].pk, name="refuse_appeal", why=Why("flood"))
    appeal(cast.bob, done[-1])


def test_where_nobody_else_could_decide_there_is_no_appeal(cast: Cast):
    act = do(cast, cast.ann, "time_out", cast.bob)
    # The moderator is of a lower role than who did it.
    assert "Nobody else" in refusal(lambda: appeal(cast.bob, act))
    User.objects.create_superuser("boss")
    appeal(cast.bob, act)


def test_whoever_is_banned_may(cast: Cast, boss: User):
    act = do(cast, boss, "ban", cast.bob)
    assert "Nobody else" in refusal(lambda: appeal(cast.bob, act))
    other = User.objects.create_superuser("other")
    case = appeal(cast.bob, act)
    assert case.group is None
    decide_case(other, case_id=case.pk, name="accept_appeal", why=Why())
    cast.bob.refresh_from_db()
    assert cast.bob.is_active
    assert not Ban.objects.exists()


# --- who decides ----------------------------------------------------------------------------------------


def test_who_may_decide(cast: Cast, boss: User, olga: User):
    """Role by role of who did it: another one, of no lower role; moderators of the site besides."""
    sam = User.objects.create_user("sam", is_staff=True)
    actions.make_site_moderator(boss, user=sam)
    sam = User.objects.get(pk=sam.pk)
    other = User.objects.create_superuser("other")
    people = {
        each.username: each
        for each in (cast.bob, cast.cleo, cast.mod, olga, cast.ann, sam, boss, other)
    }
    seen = {}
    for by in (cast.mod, cast.ann, sam, boss):
        case = appeal(cast.bob, do(cast, by, "warn", cast.bob))
        seen[by.username] = {name for name, user in people.items() if case.pk in queue_of(user)}
    assert seen == {
        "mod": {"olga", "ann", "sam", "boss", "other"},
        "ann": {"sam", "boss", "other"},
        "sam": {"boss", "other"},
        "boss": {"other"},
    }


def test_who_did_it_does_not_decide_and_has_no_duty(cast: Cast):
    act = do(cast, cast.mod, "time_out", cast.bob)
    before = read_duties(cast.mod).cases
    case = appeal(cast.bob, act)
    assert read_duties(cast.mod).cases == before
    assert read_duties(cast.ann).cases == 1
    for work in (
        lambda: decide_case(cast.mod, case_id=case.pk, name="refuse_appeal", why=Why("spam")),
        lambda: take_case(cast.mod, case_id=case.pk),
    ):
        assert "not for you" in refusal(work)
    # Once it is decided they may read what became of it.
    decide_case(cast.ann, case_id=case.pk, name="refuse_appeal", why=Why("spam"))
    assert read_case(read_scope(cast.mod.pk), case.pk) is not None


def test_an_appeal_of_a_moderator_is_for_those_above(cast: Cast, boss: User, olga: User):
    case = appeal(cast.mod, do(cast, cast.ann, "warn", cast.mod))
    assert [case.pk in queue_of(user) for user in (olga, cast.mod, cast.ann, boss)] == [
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("answer", ["accept_appeal", "refuse_appeal"])
@pytest.mark.parametrize(
    ("name", "right"),
    [("ban", "close_user"), ("hide", "delete_message"), ("remove", "delete_membership")],
)
def test_staff_decide_about_what_they_could_take_back_alone(
    cast: Cast, boss: User, answer: str, name: str, right: str
):
    User.objects.create_superuser("other")
    rights = ("view_case", "add_act")
    kim, lee = staff(*rights, name="kim"), staff(*rights, right, name="lee")
    cast.say(cast.bob, "Soup")
    case = appeal(cast.bob, do(cast, lee, name, cast.bob))
    # Whoever did it does not decide either.
    Appeal.objects.update(actor_id=boss.pk)
    for user, is_offered in ((kim, False), (lee, True)):
        standing = read_standing(user, read_scope(user.pk), case)
        assert bool(acts_offered(user, standing)) == is_offered
    decide = partial(decide_case, case_id=case.pk, name=answer, why=Why("flood"))
    assert "You may not do this" in refusal(lambda: decide(kim))
    case.refresh_from_db()
    assert case.state == "open"
    assert decide(lee)


def test_it_offers_to_accept_and_to_refuse_and_nothing_else(cast: Cast, boss: User):
    case = appeal(cast.bob, do(cast, cast.mod, "time_out", cast.bob))
    for user in (cast.ann, boss):
        standing = read_standing(user, read_scope(user.pk), case)
        assert {kind.name for kind in acts_offered(user, standing)} == {
            "accept_appeal",
            "refuse_appeal",
        }
    for name in ("dismiss", "settle", "warn", "ban"):
        assert refusal(partial(decide_case, boss, case_id=case.pk, name=name, why=Why()))
    other = report_message(cast.member(cast.ann), entry=cast.say(cast.mod, "Hi"), reason="spam")
    standing = read_standing(boss, read_scope(boss.pk), other.case)
    assert not {"accept_appeal", "refuse_appeal"} & {k.name for k in acts_offered(boss, standing)}
    assert refusal(
        lambda: decide_case(boss, case_id=other.case.pk, name="accept_appeal", why=Why())
    )


# --- what becomes of it ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hide", "warn", "time_out", "remove", "bar", "ban"])
def test_accepted_the_act_is_taken_back_and_both_are_in_the_record(
    cast: Cast, boss: User, name: str
):
    other = User.objects.create_superuser("other")
    cast.say(cast.bob, "Soup")
    act = do(cast, boss, name, cast.bob)
    case = appeal(cast.bob, act)
    decide_case(other, case_id=case.pk, name="accept_appeal", why=Why(note="Fair"))
    undone = Act.objects.get(undoes_id=act.pk)
    assert (undone.kind, undone.actor_id, undone.case_id) == (
        acts[name].undone_by,
        other.pk,
        case.pk,
    )
    answer = Act.objects.get(kind="accept_appeal")
    assert (answer.user_id, answer.case_id, answer.note) == (cast.bob.pk, case.pk, "Fair")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "accept_appeal")
    assert not Membership.objects.filter(user=cast.bob, muted_until__gt=timezone.now()).exists()
    assert not Bar.objects.exists()
    assert not Entry.objects.exclude(hidden_at=None).exists()


def test_refused_it_stays_and_needs_a_reason(cast: Cast):
    act = do(cast, cast.mod, "time_out", cast.bob)
    case = appeal(cast.bob, act)
    assert "Give a reason" in refusal(
        lambda: decide_case(cast.ann, case_id=case.pk, name="refuse_appeal", why=Why())
    )
    decide_case(cast.ann, case_id=case.pk, name="refuse_appeal", why=Why("flood", "Too often"))
    assert cast.member(cast.bob).muted_until is not None
    assert not Act.objects.filter(undoes_id=act.pk).exists()
    answer = Act.objects.get(kind="refuse_appeal")
    assert (answer.actor_id, answer.reason, answer.note) == (cast.ann.pk, "flood", "Too often")


def test_what_was_taken_back_meanwhile_is_closed_as_such(cast: Cast):
    act = do(cast, cast.mod, "time_out", cast.bob)
    case = appeal(cast.bob, act)
    do(cast, cast.ann, "end_time_out", cast.bob)
    done = decide_case(cast.ann, case_id=case.pk, name="accept_appeal", why=Why())
    assert done is not None
    assert done.kind == "settle"
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "settle")
    assert Act.objects.filter(kind="end_time_out").count() == 1


def test_a_newer_act_is_not_taken_back_by_an_appeal_against_the_older_one(cast: Cast):
    act = do(cast, cast.mod, "time_out", cast.bob)
    case = appeal(cast.bob, act)
    do(cast, cast.ann, "time_out", cast.bob, until=timezone.now() + timedelta(days=2))
    decide_case(cast.ann, case_id=case.pk, name="accept_appeal", why=Why())
    assert cast.member(cast.bob).muted_until is not None
    case.refresh_from_db()
    assert case.outcome == "settle"


def test_whoever_was_barred_since_they_were_removed_stays_out(cast: Cast):
    act = do(cast, cast.mod, "remove", cast.bob)
    case = appeal(cast.bob, act)
    barred = do(cast, cast.mod, "bar", cast.bob)
    decide_case(cast.ann, case_id=case.pk, name="accept_appeal", why=Why())
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "settle")
    assert not cast.bob.memberships.exists()
    # Against the bar they may say something, too.
    appeal(cast.bob, barred)


def test_what_cannot_be_taken_back_leaves_the_case_open(
    cast: Cast, boss: User, monkeypatch: pytest.MonkeyPatch
):
    act = do(cast, cast.mod, "time_out", cast.bob)
    case = appeal(cast.bob, act)
    # By another table, owners may not end it.
    monkeypatch.setitem(roles.TABLE["time_out"], roles.OWNER, roles.NO)
    assert "higher role" in refusal(
        lambda: decide_case(cast.ann, case_id=case.pk, name="accept_appeal", why=Why())
    )
    case.refresh_from_db()
    assert case.state == "open"
    assert not Act.objects.filter(case_id=case.pk).exists()
    decide_case(boss, case_id=case.pk, name="accept_appeal", why=Why())
    assert Act.objects.filter(kind="end_time_out", undoes_id=act.pk).exists()


def test_a_decided_appeal_is_not_opened_again(cast: Cast):
    case = appeal(cast.bob, do(cast, cast.mod, "time_out", cast.bob))
    decide_case(cast.ann, case_id=case.pk, name="refuse_appeal", why=Why("flood"))
    assert "closed" in refusal(lambda: reopen_case(cast.ann, case_id=case.pk))


def test_the_person_hears_of_it_once(cast: Cast, bells_of):
    case = appeal(cast.bob, do(cast, cast.mod, "time_out", cast.bob))
    assert read_duties(cast.bob).appeals == 0
    assert not hear_decisions(cast.bob)
    decide_case(cast.ann, case_id=case.pk, name="refuse_appeal", why=Why("flood"))
    assert read_duties(cast.bob).appeals == 1
    assert read_duties(cast.ann).appeals == 0
    assert bells_of(lambda: hear_decisions(cast.bob)) == [Bell("answer", cast.bob.pk)]
    assert read_duties(cast.bob).appeals == 0
    assert bells_of(lambda: hear_decisions(cast.bob)) == []


def test_with_the_account_it_goes_and_the_record_stays(cast: Cast):
    act = do(cast, cast.mod, "time_out", cast.bob)
    case = appeal(cast.bob, act)
    decide_case(cast.ann, case_id=case.pk, name="refuse_appeal", why=Why("flood"))
    cast.delete(cast.bob)
    assert not Appeal.objects.exists()
    assert not Case.objects.exists()
    assert Act.objects.filter(kind="refuse_appeal", case_id=case.pk).exists()
