"""What is done to a person in one group: refused by every door, in the record, and taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused
from discuss.actions.waiting import hold
from discuss.doorbell.bell import Bell
from discuss.models import Act, Bar, Kind, Membership, Role, User, Warning
from discuss.moderation.actions import Why, perform_act
from discuss.moderation.actions.acts import acts
from discuss.rules.refusals import Code
from tests.cast import Cast, log_in

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def soon(**length: int) -> datetime:
    return timezone.now() + timedelta(**length)


def do(cast: Cast, name: str, *, by: str = "mod", to: str = "bob", **why: object) -> Act | None:
    actor, user = cast.member(getattr(cast, by)), getattr(cast, to)
    return perform_act(actor, name, user=user, group=cast.kitchen, why=Why(**why))  # type: ignore[arg-type]


def is_refused(act: object, code: Code) -> bool:
    with pytest.raises(Refused) as refused:
        act()  # type: ignore[operator]
    return refused.value.code == code


def doors(cast: Cast) -> list[object]:
    """Return what bob may do that others see."""
    bob = cast.member(cast.bob)
    line, other = cast.say(cast.bob, "Soup"), cast.say(cast.ann, "Salad")
    post = lambda **more: actions.post_message(bob, text="More", nonce=actions.new_nonce(), **more)  # noqa: E731
    draft = actions.Draft(bob, "Together", actions.new_nonce())
    return [
        post,
        lambda: post(reply_to=other.position),
        lambda: _raised(actions.post_messages([draft])[0]),
        lambda: actions.edit_message(bob, entry=line, text="Soup!"),
        lambda: actions.react(bob, entry=other, emoji="👍"),
        lambda: actions.unreact(bob, entry=other, emoji="👍"),
    ]


def _raised(outcome: object) -> None:
    if isinstance(outcome, Refused):
        raise outcome


def test_a_time_out_closes_every_door_and_ends_by_itself(cast: Cast):
    opened = doors(cast)
    until = soon(minutes=30)
    assert do(cast, "time_out", until=until, reason="flood")
    assert all(is_refused(door, Code.MUTED) for door in opened)
    Membership.objects.filter(user=cast.bob).update(muted_until=timezone.now())
    for door in opened:
        door()  # type: ignore[operator]
    row = Act.objects.get()
    assert (row.kind, row.until, row.reason, row.user_id) == (
        "time_out",
        until,
        "flood",
        cast.bob.pk,
    )


def test_a_time_out_moves_no_log_and_rings_for_the_person(cast: Cast, bells_of):
    head, mod = cast.head(), cast.member(cast.mod)
    why = Why(until=soon(hours=1))
    bells = bells_of(
        lambda: perform_act(mod, "time_out", user=cast.bob, group=cast.kitchen, why=why)
    )
    assert (bells, cast.head()) == ([Bell("person", cast.bob.pk)], head)


@pytest.mark.parametrize("until", [None, {"minutes": 5}, {"days": 29}, {"days": -1}])
def test_a_time_out_is_from_ten_minutes_to_28_days(cast: Cast, until: dict[str, int] | None):
    with pytest.raises(Refused, match="how long"):
        do(cast, "time_out", until=until and soon(**until))
    assert cast.member(cast.bob).muted_until is None


def test_a_time_out_is_ended_and_that_says_which(cast: Cast):
    first = do(cast, "time_out", until=soon(hours=1))
    last = do(cast, "end_time_out", by="ann")
    assert first is not None
    assert last is not None
    assert last.undoes_id == first.pk
    assert cast.member(cast.bob).muted_until is None
    assert do(cast, "end_time_out") is None
    assert cast.say(cast.bob, "Soup")


def test_who_leaves_and_comes_back_has_to_wait_no_less(cast: Cast):
    until = soon(hours=1)
    do(cast, "time_out", until=until)
    actions.leave_group(cast.member(cast.bob))
    actions.join_group(cast.bob, group=cast.kitchen)
    assert cast.member(cast.bob).muted_until == until
    do(cast, "end_time_out")
    actions.leave_group(cast.member(cast.bob))
    actions.join_group(cast.bob, group=cast.kitchen)
    assert cast.member(cast.bob).muted_until is None


def test_who_has_to_wait_invites_nobody(cast: Cast):
    do(cast, "time_out", by="ann", to="mod", until=soon(hours=1))
    with pytest.raises(Refused, match="until"):
        actions.make_invitation(cast.member(cast.mod), group=cast.kitchen, uses=1, days=1)


def test_a_removal_says_so_and_is_taken_back(cast: Cast, bells_of):
    mod, pk = cast.member(cast.mod), cast.kitchen.pk
    bells = bells_of(lambda: perform_act(mod, "remove", user=cast.bob, group=cast.kitchen))
    assert set(bells) == {Bell("group", pk, 4), Bell("lobby", pk), Bell("person", cast.bob.pk)}
    line = cast.lines()[-1]
    assert (line.kind, line.author, line.subject) == (Kind.REMOVED, cast.mod, cast.bob)
    assert do(cast, "remove") is None
    assert do(cast, "let_in_again")
    assert cast.member(cast.bob).role == Role.MEMBER
    assert do(cast, "let_in_again") is None
    assert list(Act.objects.order_by("pk").values_list("kind", flat=True)) == [
        "remove",
        "let_in_again",
    ]
    assert cast.head() == 5


def test_who_was_removed_is_let_in_again_on_their_page(cast: Cast):
    page = f"{cast.kitchen.get_absolute_url()}people/{cast.bob.pk}/"
    client = log_in(cast.mod)
    assert "Make a member again" not in client.get(page).content.decode()
    do(cast, "remove")
    assert "Make a member again" in client.get(page).content.decode()
    client.post(f"{page}let-in-again/", {})
    assert cast.member(cast.bob).role == Role.MEMBER


def test_nobody_is_made_a_member_who_left_by_themselves_or_is_barred(cast: Cast):
    page = f"{cast.kitchen.get_absolute_url()}people/{cast.bob.pk}/"
    client = log_in(cast.mod)
    do(cast, "remove")
    actions.join_group(cast.bob, group=cast.kitchen)
    actions.leave_group(cast.member(cast.bob))
    assert "Make a member again" not in client.get(page).content.decode()
    assert do(cast, "let_in_again") is None
    actions.join_group(cast.bob, group=cast.kitchen)
    do(cast, "remove")
    do(cast, "bar")
    assert "Make a member again" not in client.get(page).content.decode()
    assert do(cast, "let_in_again") is None
    do(cast, "end_bar")
    assert do(cast, "let_in_again")


def test_the_removal_by_other_doors_is_in_the_record_too(cast: Cast):
    actions.remove_member(cast.member(cast.mod), membership=cast.member(cast.bob))
    assert Act.objects.get(kind="remove").user_id == cast.bob.pk


@pytest.mark.parametrize("until", [None, {"days": 1}])
def test_a_bar_keeps_out_by_every_way_in(cast: Cast, until: dict[str, int] | None):
    invitation = actions.make_invitation(cast.member(cast.ann), group=cast.kitchen, uses=5, days=1)
    do(cast, "bar", until=until and soon(**until), reason="spam")
    code = Code.BARRED_UNTIL if until else Code.BARRED
    assert cast.lines()[-1].kind == Kind.REMOVED
    head = cast.head()
    assert is_refused(lambda: actions.join_group(cast.bob, group=cast.kitchen), code)
    assert is_refused(lambda: actions.accept_invitation(cast.bob, invitation=invitation), code)
    assert cast.head() == head
    assert do(cast, "end_bar")
    actions.join_group(cast.bob, group=cast.kitchen)
    assert cast.member(cast.bob)


def test_a_bar_ends_by_itself(cast: Cast):
    do(cast, "bar", until=soon(days=1))
    Bar.objects.update(until=timezone.now())
    actions.join_group(cast.bob, group=cast.kitchen)
    assert cast.member(cast.bob)


def test_who_left_can_be_barred_and_the_log_says_nothing(cast: Cast):
    actions.leave_group(cast.member(cast.bob))
    head = cast.head()
    assert do(cast, "bar")
    assert do(cast, "bar") is None
    assert cast.head() == head
    with pytest.raises(Refused, match="any more"):
        actions.join_group(cast.bob, group=cast.kitchen)


def test_a_warning_has_to_be_read_before_the_next_message(cast: Cast):
    opened = doors(cast)
    done = do(cast, "warn", reason="insult", note="Please be kind")
    assert all(is_refused(door, Code.MUST_READ) for door in opened)
    warning = Warning.objects.get()
    assert done is not None
    assert (warning.note, warning.act_id, warning.group) == (
        "Please be kind",
        done.pk,
        cast.kitchen,
    )
    # Elsewhere it is in nobody's way.
    garden = actions.create_group(cast.bob, name="Garden")
    assert actions.post_message(garden.memberships.get(), text="Peas", nonce="1")
    actions.acknowledge(cast.member(cast.bob), warning=warning.pk)
    for door in opened:
        door()  # type: ignore[operator]


def test_nobody_else_reads_a_warning_for_one(cast: Cast):
    do(cast, "warn")
    actions.acknowledge(cast.member(cast.ann), warning=Warning.objects.get().pk)
    with pytest.raises(Refused, match="warning"):
        cast.say(cast.bob, "Soup")


def test_a_warning_is_read_where_it_is_shown(cast: Cast):
    do(cast, "warn")
    garden = actions.create_group(cast.bob, name="Garden")
    elsewhere, warning = garden.memberships.get(), Warning.objects.get()
    actions.acknowledge(elsewhere, warning=warning.pk)
    assert Warning.objects.unread().get() == warning
    # One of the site is shown in every group.
    Warning.objects.update(group=None)
    actions.acknowledge(elsewhere, warning=warning.pk)
    assert not Warning.objects.unread().exists()


def test_a_warning_is_taken_back(cast: Cast):
    first = do(cast, "warn")
    last = do(cast, "take_warning_back")
    assert first is not None
    assert last is not None
    assert last.undoes_id == first.pk
    assert cast.say(cast.bob, "Soup")
    assert do(cast, "take_warning_back") is None


def test_an_owner_names_moderators_and_other_owners(cast: Cast):
    do(cast, "promote", by="ann")
    assert cast.member(cast.bob).role == Role.MODERATOR
    line = cast.lines()[-1]
    assert (line.kind, line.text, line.subject) == (Kind.PROMOTED, "moderator", cast.bob)
    do(cast, "promote", by="ann", role="owner")
    assert cast.member(cast.bob).role == Role.OWNER
    with pytest.raises(Refused, match="higher role"):
        do(cast, "demote", by="ann")
    do(cast, "demote", by="bob", to="mod")
    assert cast.member(cast.mod).role == Role.MEMBER
    assert cast.lines()[-1].kind == Kind.DEMOTED
    assert do(cast, "demote", by="bob", to="mod") is None
    acted = Act.objects.filter(kind="promote").order_by("pk").values_list("details", flat=True)
    assert list(acted) == [
        {"before": "member", "after": "moderator"},
        {"before": "moderator", "after": "owner"},
    ]


@pytest.mark.parametrize("name", ["time_out", "remove", "bar", "warn", "promote", "demote"])
def test_nobody_does_it_to_themselves_nor_to_who_stands_as_high(cast: Cast, name: str):
    why = {"until": soon(hours=1)} if acts[name].lasts else {}
    with pytest.raises(Refused, match="yourself"):
        do(cast, name, by="ann", to="ann", **why)
    for by, to in (("mod", "ann"), ("bob", "mod")):
        with pytest.raises(Refused, match="higher role"):
            do(cast, name, by=by, to=to, **why)
    Membership.objects.filter(user=cast.bob).update(role=Role.MODERATOR)
    with pytest.raises(Refused, match="higher role"):
        do(cast, name, by="bob", to="mod", **why)
    assert not Act.objects.exists()
    assert cast.head() == 3


@pytest.mark.parametrize("name", ["time_out", "warn", "promote", "demote"])
def test_it_is_done_to_members_alone(cast: Cast, name: str):
    why = {"until": soon(hours=1)} if acts[name].lasts else {}
    with pytest.raises(Refused, match="no member"):
        do(cast, name, by="ann", to="cleo", **why)


def test_every_act_that_can_be_taken_back_names_one_that_does():
    for kind in acts.values():
        if kind.undone_by:
            assert acts[kind.undone_by].undoes == kind.name


@pytest.mark.parametrize("rank", ["is_staff", "is_superuser"])
def test_staff_act_on_nobody_of_their_rank_or_above_in_any_group(cast: Cast, rank: str):
    sam = User.objects.create_user("sam", is_staff=True)
    sam.user_permissions.set(Permission.objects.filter(content_type__app_label="discuss"))
    line, why = cast.say(cast.bob, "Soup"), Why(until=soon(hours=1))
    User.objects.filter(pk=cast.bob.pk).update(**{rank: True})

    def attempts() -> list[Callable[[], object]]:
        names = ("time_out", "warn", "remove", "bar", "promote")
        return [
            lambda: perform_act(sam, "hide", entry=line),
            lambda: actions.hide_message(sam, entry=line),
            lambda: actions.remove_member(sam, membership=cast.member(cast.bob)),
            *(
                partial(perform_act, sam, name, user=cast.bob, group=cast.kitchen, why=why)
                for name in names
            ),
        ]

    for attempt in attempts():
        with pytest.raises(Refused):
            attempt()
    assert not Act.objects.exists()
    User.objects.filter(pk=cast.bob.pk).update(**{rank: False})
    assert perform_act(sam, "hide", entry=line)


@pytest.mark.parametrize("sanction", ["time_out", "warn"])
def test_a_moderator_who_has_to_wait_or_to_read_does_nothing_to_others(cast: Cast, sanction: str):
    line, own = cast.say(cast.bob, "Soup"), cast.say(cast.mod, "Salad")
    held = hold(group_id=cast.kitchen.pk, user_id=cast.bob.pk, text="Bread", nonce="1")
    mod = cast.member(cast.mod)
    do(cast, sanction, by="ann", to="mod", until=soon(hours=1))
    done = Act.objects.count()
    for attempt in (
        lambda: perform_act(mod, "hide", entry=line),
        lambda: actions.hide_message(mod, entry=line),
        lambda: do(cast, "warn"),
        lambda: actions.remove_member(mod, membership=cast.member(cast.bob)),
        lambda: actions.approve_held(mod, held=held),
        lambda: actions.discard_held(mod, held=held),
    ):
        assert is_refused(attempt, Code.MUTED if sanction == "time_out" else Code.MUST_READ)
    assert Act.objects.count() == done
    # Their own they may take away.
    assert actions.hide_message(mod, entry=own).is_hidden
