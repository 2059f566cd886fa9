"""What is kept for a moderator to decide about, under the group's lock: a row, and a case of the queue."""

from datetime import timedelta

from django.utils import timezone

from discuss import doorbell
from discuss.actions.cases import open_case
from discuss.models import Case, CaseKind, CaseState, Held, HeldSignUp, Membership, User
from discuss.rules.refusals import Code, Refused
from discuss.rules.roles import members_who_may

# Messages of one person that wait in one group.
MOST_HELD = 10
# Messages of one person in one group that they take back within a day: each leaves a closed case.
MOST_TAKEN_BACK = 20
# What closes the case of a message that its author took back.
WITHDRAWN = "withdraw"
# What closes the case of a new account.
ADMIT, TURN_AWAY = "admit", "turn_away"
# What holds a message of a new account.
NEW_ACCOUNT = "new account"


def hold(
    *,
    group_id: int,
    user_id: int,
    text: str,
    nonce: str,
    reply_to: int | None = None,
    why: str = NEW_ACCOUNT,
    rule: int | None = None,
) -> Held:
    """Keep a message, and tell its author and the group's moderators. Raises Refused where many wait.

    It is called inside of the transaction that locks the group. `nonce` is the line's; sent again, it is the
    same. `why` says what holds it, and `rule` which filter by its key.
    """
    own = Held.objects.filter(user=user_id, nonce=nonce).first()
    if own is not None:
        return own
    if Held.objects.waiting().filter(group=group_id, user=user_id).count() >= MOST_HELD:
        raise Refused(Code.MANY_HELD)
    if _taken_back(group_id, user_id) >= MOST_TAKEN_BACK:
        raise Refused(Code.MANY_TAKEN_BACK)
    held = Held.objects.create(
        group_id=group_id,
        user_id=user_id,
        text=text,
        nonce=nonce,
        reply_to=reply_to,
        why=why,
        rule=rule,
    )
    _open_case(held)
    ring_held(held)
    return held


def _taken_back(group_id: int, user_id: int) -> int:
    """Return how many messages that waited the person took back within a day."""
    closed = Case.objects.filter(group=group_id, state=CaseState.CLOSED, kind=CaseKind.HELD)
    lately = closed.filter(closed_at__gt=timezone.now() - timedelta(days=1))
    return lately.filter(user=user_id, outcome=WITHDRAWN).count()


def _open_case(held: Held) -> None:
    """Have the queue of moderators show it, as it shows a message that was reported."""
    kept = {"author_id": held.user_id, "at": held.held_at.isoformat()}
    line = {**kept, "position": 0, "text": held.text, "is_hidden": False}
    about = {"group_id": held.group_id, "user_id": held.user_id, "held": held}
    open_case(kind=CaseKind.HELD, snapshot={"position": 0, "lines": [line]}, **about)


def close_case(held: Held, *, outcome: str) -> int | None:
    """Close the case of what was decided about, and return its key; None where there is none any more."""
    case = Case.objects.filter(held=held).first()
    if case is None:
        return None
    if case.state != CaseState.CLOSED:
        case.state, case.outcome, case.closed_at = CaseState.CLOSED, outcome, timezone.now()
    # The case stays when the row goes.
    case.held = None
    case.save(update_fields=["state", "outcome", "closed_at", "held"])
    return case.pk


def end_wait(user: User, *, outcome: str) -> int | None:
    """Have a new account wait no more, and close its case; return its key, or None where none waits."""
    if not HeldSignUp.objects.filter(user=user).delete()[0]:
        return None
    case = Case.objects.filter(kind=CaseKind.SIGN_UP, user=user).order_by("-pk").first()
    if case is None:
        return 0
    if case.state != CaseState.CLOSED or case.outcome != outcome:
        case.state, case.outcome, case.closed_at = CaseState.CLOSED, outcome, timezone.now()
        case.save(update_fields=["state", "outcome", "closed_at"])
        doorbell.ring_queue(0)
    return case.pk


def ring_held(held: Held) -> None:
    """Tell the pages of its author what became of it, and those of moderators how many wait."""
    moderators = Membership.objects.filter(
        group=held.group_id, role__in=members_who_may("approve")
    ).values_list("user_id", flat=True)
    for user_id in {held.user_id, *moderators}:
        doorbell.ring_person(user_id)
    doorbell.ring_queue(held.group_id)
