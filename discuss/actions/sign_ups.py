"""New accounts that wait for a moderator: holding one, and deciding about it. Each is a case of the queue."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from discuss import doorbell
from discuss.actions.cases import open_case
from discuss.actions.deletions import begin_deletion
from discuss.actions.people import announce_standing, decided_about
from discuss.actions.ranks import latest, refuse_outranked
from discuss.actions.record import write_act
from discuss.actions.waiting import ADMIT, TURN_AWAY, end_wait
from discuss.models import Act, Case, CaseKind, CaseState, Deletion, HeldSignUp, SeenAddress, User
from discuss.rules import roles
from discuss.rules.refusals import Code, Refused

# Accounts that wait: of the whole site, and of one address.
MOST_WAITING, MOST_OF_ADDRESS = 500, 5
# For so long a refused account stays, with why it was refused.
REFUSED_FOR = timedelta(days=7)
# The right by which staff decide.
RIGHT = "discuss.close_user"

# What tells people what was decided about their account: it stands above (discuss/accounts/sign_ups.py).
type Teller = Callable[[User, bool, str], None]
_tellers: list[Teller] = []


def tells_of_sign_ups(tell: Teller) -> Teller:
    """Have this function tell people, by their account, whether it was approved, and why not."""
    _tellers[:] = [tell]
    return tell


def hold_sign_up(user: User) -> None:
    """Keep a new account waiting, whose row is closed; moderators of the site see it in the queue.

    It is called inside of the transaction that makes the account, which others wait for, once it is noted
    where the person comes from. Raises Refused where very many wait.
    """
    waiting = HeldSignUp.objects.waiting()
    addresses = SeenAddress.objects.filter(user=user).values("address")
    there = SeenAddress.objects.filter(address__in=addresses).values("user")
    if waiting.count() >= MOST_WAITING or waiting.filter(user__in=there).count() >= MOST_OF_ADDRESS:
        raise Refused(Code.MANY_SIGN_UPS)
    HeldSignUp.objects.create(user=user)
    open_case(kind=CaseKind.SIGN_UP, user=user)
    doorbell.ring_queue(0)


def admit_sign_up(actor: User, *, user: User, **why: str) -> Act | None:
    """Let somebody in who waits; None where somebody has decided already. Raises Refused."""
    with transaction.atomic():
        person, staff = _admitted(actor, user)
        if person is None or not HeldSignUp.objects.waiting().filter(user=person).exists():
            return None
        end_wait(person, outcome=ADMIT)
        person.is_active = True
        person.save(update_fields=["is_active"])
        announce_standing(person)
        _tell(person, True, "")
        return _record(ADMIT, staff, person, **why)


def turn_sign_up_away(actor: User, *, user: User, **why: str) -> Act | None:
    """Let somebody who waits not in; None where somebody has decided already. Raises Refused."""
    with transaction.atomic():
        person, staff = _admitted(actor, user)
        waiting = HeldSignUp.objects.waiting().filter(user=user)
        reason = why.get("reason", "")
        if person is None or not waiting.update(refused_at=timezone.now(), reason=reason):
            return None
        _tell(person, False, reason)
        act = _record(TURN_AWAY, staff, person, **why)
        _close_case(person, TURN_AWAY)
        return act


def hold_sign_up_again(actor: User, *, user: User) -> bool:
    """Have somebody wait again who was refused; return whether they were. Raises Refused."""
    with transaction.atomic():
        person, _ = _admitted(actor, user)
        refused = HeldSignUp.objects.exclude(refused_at=None).filter(user=user)
        refuse_outranked(actor, latest(TURN_AWAY, {"user_id": user.pk}))
        return person is not None and bool(refused.update(refused_at=None, reason=""))


def clear_refused(most: int) -> int:
    """Begin to delete up to so many accounts that were refused some days ago, and return how many."""
    since = timezone.now() - REFUSED_FOR
    with transaction.atomic():
        old = HeldSignUp.objects.filter(refused_at__lt=since).select_related("user")
        refused = [each.user for each in old.select_for_update(of=["self"])[:most]]
        for user in refused:
            HeldSignUp.objects.filter(user=user).delete()
            begin_deletion(Deletion(user=user), actor=user)
        return len(refused)


def _admitted(actor: User, user: User) -> tuple[User | None, User]:
    """Lock the person, and return them and who decides. Raises Refused."""
    person = decided_about(user)
    staff = User.objects.filter(pk=actor.pk, is_active=True, is_staff=True).first()
    if staff is None or not staff.has_perm(RIGHT):
        raise Refused(Code.STAFF_ONLY)
    relation = roles.rank_relation(staff, person or user)
    if not roles.may(ADMIT, roles.STAFF, relation):
        raise Refused(Code.NOT_TO_ACT)
    return person, staff


def _record(kind: str, staff: User, person: User, **why: Any) -> Act:
    case = Case.objects.filter(kind=CaseKind.SIGN_UP, user=person).order_by("-pk").first()
    return write_act(kind, actor=staff, user_id=person.pk, case_id=case.pk if case else None, **why)


def _close_case(person: User, outcome: str) -> None:
    Case.objects.filter(kind=CaseKind.SIGN_UP, user=person).exclude(state=CaseState.CLOSED).update(
        state=CaseState.CLOSED, outcome=outcome, closed_at=timezone.now()
    )
    doorbell.ring_queue(0)


def _tell(person: User, is_admitted: bool, reason: str) -> None:
    for tell in _tellers:
        tell(person, is_admitted, reason)
