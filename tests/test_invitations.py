"""Invitations as actions: who makes them, who comes in by them, and what ends them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused, invitations
from discuss.doorbell.bell import Bell
from discuss.models import Entry, Group, Invitation, Kind, Membership, Role, User
from discuss.models.invitation import InvitationQuerySet
from discuss.rules.refusals import Code
from tests.cast import Cast
from tests.hidden import hide

pytestmark = [pytest.mark.django_db, pytest.mark.log]


def invite(cast: Cast, uses: int = 1) -> Invitation:
    """Have mod invite people into the Kitchen for a week."""
    member = cast.member(cast.mod)
    return actions.make_invitation(member, group=cast.kitchen, uses=uses, days=7)


def uses_left(invitation: Invitation) -> int:
    return Invitation.objects.get(pk=invitation.pk).uses_left


def refusal(act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.code


def test_who_accepts_is_a_member_as_after_any_join(cast: Cast, bells_of):
    invitation = invite(cast, uses=2)
    bells = bells_of(lambda: actions.accept_invitation(cast.cleo, invitation=invitation))
    line = cast.lines()[-1]
    assert (line.kind, line.author, line.subject) == (Kind.JOINED, cast.cleo, cast.cleo)
    assert line.position == line.change == cast.head() == 4
    assert cast.member(cast.cleo).role == Role.MEMBER
    assert cast.member(cast.cleo).read_upto == 4
    assert uses_left(invitation) == 1
    pk = cast.kitchen.pk
    assert set(bells) == {Bell("group", pk, 4), Bell("lobby", pk), Bell("person", cast.cleo.pk)}


def test_to_make_one_and_to_revoke_it_is_no_line_of_the_log(cast: Cast, bells_of):
    assert (
        bells_of(lambda: actions.revoke_invitation(cast.member(cast.mod), invitation=invite(cast)))
        == []
    )
    assert cast.head() == 3


def test_who_is_in_stays_as_they_are_and_takes_no_use(cast: Cast, bells_of):
    invitation = invite(cast)
    for user in (cast.ann, cast.bob):
        assert (
            bells_of(lambda user=user: actions.accept_invitation(user, invitation=invitation)) == []
        )
    assert cast.member(cast.ann).role == Role.OWNER
    assert (uses_left(invitation), cast.head()) == (1, 3)


def test_one_without_a_group_is_an_account_alone_and_staff_alone_make_it(cast: Cast):
    boss = User.objects.create_user("boss", is_staff=True)
    invitation = actions.make_invitation(boss, group=None, uses=1, days=1)
    assert actions.accept_invitation(cast.cleo, invitation=invitation) is None
    assert uses_left(invitation) == 0
    assert (
        refusal(actions.accept_invitation, cast.cleo, invitation=invitation) == Code.INVITATION_OVER
    )
    for actor in (cast.ann, cast.member(cast.ann)):
        attempt = partial(actions.make_invitation, actor, group=None, uses=1, days=1)
        assert refusal(attempt) == Code.STAFF_ONLY
    assert refusal(actions.revoke_invitation, cast.ann, invitation=invitation) == Code.STAFF_ONLY


def revoke(cast: Cast, invitation: Invitation) -> None:
    actions.revoke_invitation(cast.member(cast.ann), invitation=invitation)


def run_out(cast: Cast, invitation: Invitation) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def use_up(cast: Cast, invitation: Invitation) -> None:
    actions.accept_invitation(User.objects.create_user("dora"), invitation=invitation)


def close_the_account(cast: Cast, invitation: Invitation) -> None:
    User.objects.filter(pk=cast.mod.pk).update(is_active=False)


def delete_the_account(cast: Cast, invitation: Invitation) -> None:
    cast.delete(cast.mod)
    assert Invitation.objects.get().made_by is None


def leave(cast: Cast, invitation: Invitation) -> None:
    actions.leave_group(cast.member(cast.mod))


def become_a_member(cast: Cast, invitation: Invitation) -> None:
    Membership.objects.filter(user=cast.mod).update(role=Role.MEMBER)


def close_the_group(cast: Cast, invitation: Invitation) -> None:
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)


def delete_the_group(cast: Cast, invitation: Invitation) -> None:
    close_the_group(cast, invitation)
    actions.finish_deletions()
    assert not Group._base_manager.exists()


def never_say_until_when(cast: Cast, invitation: Invitation) -> None:
    """As a process of another version may."""
    Invitation.objects.update(expires_at=None)


@pytest.mark.parametrize(
    "end",
    [
        revoke,
        run_out,
        use_up,
        close_the_account,
        delete_the_account,
        leave,
        become_a_member,
        close_the_group,
        delete_the_group,
        never_say_until_when,
    ],
)
def test_what_ends_it_is_told_in_one_way(cast: Cast, end: Callable[[Cast, Invitation], None]):
    invitation = invite(cast)
    assert Invitation.objects.standing().get() == invitation
    end(cast, invitation)
    before = list(Entry.objects.values_list("pk", "change")), uses_left_of_all()
    assert (
        refusal(actions.accept_invitation, cast.cleo, invitation=invitation) == Code.INVITATION_OVER
    )
    assert not Invitation.objects.standing().exists()
    assert (list(Entry.objects.values_list("pk", "change")), uses_left_of_all()) == before
    assert not cast.cleo.memberships.exists()


def uses_left_of_all() -> list[int]:
    return list(Invitation.objects.values_list("uses_left", flat=True))


def test_one_of_staff_stands_whatever_they_are_in_the_group(cast: Cast):
    boss = User.objects.create_user("boss", is_staff=True)
    invitation = actions.make_invitation(boss, group=cast.kitchen, uses=2, days=1)
    actions.accept_invitation(cast.cleo, invitation=invitation)
    User.objects.filter(pk=boss.pk).update(is_staff=False)
    dora = User.objects.create_user("dora")
    assert refusal(actions.accept_invitation, dora, invitation=invitation) == Code.INVITATION_OVER


def test_it_leads_into_a_hidden_group(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    invitation = invite(cast)
    hide(monkeypatch, pk=cast.kitchen.pk)
    assert refusal(actions.join_group, cast.cleo, group=cast.kitchen) == Code.GONE
    actions.accept_invitation(cast.cleo, invitation=invitation)
    assert cast.member(cast.cleo)


def test_whose_account_is_closed_does_not_come_in(cast: Cast):
    invitation = invite(cast)
    User.objects.filter(pk=cast.cleo.pk).update(is_active=False)
    assert refusal(actions.accept_invitation, cast.cleo, invitation=invitation) == Code.NOT_ACTIVE
    assert uses_left(invitation) == 1


def test_members_to_whom_it_is_left_revoke_their_own_alone(cast: Cast):
    owner, bob = cast.member(cast.ann), cast.member(cast.bob)
    actions.change_group_settings(owner, group=cast.kitchen, settings={"invites": "members"})
    theirs = actions.make_invitation(owner, group=cast.kitchen, uses=1, days=1)
    own = actions.make_invitation(bob, group=cast.kitchen, uses=1, days=1)
    assert refusal(actions.revoke_invitation, bob, invitation=theirs) == Code.NOT_TO_INVITE
    assert theirs.stands()
    actions.revoke_invitation(bob, invitation=own)
    assert Invitation.objects.standing().get() == theirs
    # Moderators revoke whosever it is.
    actions.revoke_invitation(cast.member(cast.mod), invitation=theirs)
    assert not Invitation.objects.standing().exists()


def test_a_group_has_so_many_that_stand_and_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(invitations, "MOST", 2)
    first, _ = invite(cast), invite(cast)
    assert refusal(invite, cast) == Code.MANY_INVITATIONS
    revoke(cast, first)
    invite(cast)


def test_who_is_removed_meanwhile_makes_none(cast: Cast):
    mod = cast.member(cast.mod)
    actions.remove_member(cast.member(cast.ann), membership=mod)
    assert (
        refusal(actions.make_invitation, mod, group=cast.kitchen, uses=1, days=1)
        == Code.NOT_A_MEMBER
    )


def test_its_token_is_in_no_row_and_no_other_opens_it(cast: Cast):
    invitation = invite(cast)
    token = invitation.token
    assert Invitation.objects.by_token(token) == invitation
    assert not [
        value
        for value in Invitation.objects.values().get().values()
        if str(value) in token and len(str(value)) > 2
    ]
    assert invitation.uuid is not None
    name, _, signature = token.partition(".")
    others = [
        "",
        ".",
        name,
        signature,
        f"{name}.",
        f"{name}.{signature[:-1]}",
        f"{'0' * 32}.{signature}",
    ]
    others += [
        str(invitation.uuid),
        str(invitation.pk),
        f"{name.upper()}.{signature}",
        "\x00",
        "é.é",
    ]
    assert [Invitation.objects.by_token(other) for other in others] == [None] * len(others)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("into", ["a group", "an account"])
def test_of_two_who_take_the_last_use_at_once_one_does(into: str, monkeypatch: pytest.MonkeyPatch):
    ann = User.objects.create_user("ann", is_staff=True)
    group = actions.create_group(ann, name="Kitchen") if into == "a group" else None
    people = [User.objects.create_user(name) for name in ("bob", "cleo")]
    invitation = actions.make_invitation(ann, group=group, uses=1, days=1)
    both, update = Barrier(2, timeout=60), InvitationQuerySet.update
    # Where no lock is taken before, they meet behind the look whether it stands.
    is_unlocked = group is None and connection.vendor == "postgresql"

    def update_together(rows: InvitationQuerySet, **values: Any) -> int:
        both.wait()
        return update(rows, **values)

    if is_unlocked:
        monkeypatch.setattr(InvitationQuerySet, "update", update_together)

    def accept(user: User) -> str:
        try:
            if not is_unlocked:
                both.wait()
            actions.accept_invitation(user, invitation=invitation)
            return "in"
        except Refused as refused:
            return str(refused.code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(accept, people)) == ["in", Code.INVITATION_OVER]
    assert uses_left(invitation) == 0
    assert Membership.objects.filter(user__in=people).count() == (1 if group else 0)
