"""What is done to a case and to nobody, and which acts are offered for one."""

from django.utils.translation import gettext_lazy as _

from discuss.actions import approve_held, discard_held
from discuss.actions.sign_ups import admit_sign_up, turn_sign_up_away
from discuss.actions.waiting import ADMIT, TURN_AWAY
from discuss.models import Act, User
from discuss.moderation.actions.acts import CASE, LINE, NETWORK, ActKind, Doing, act, acts
from discuss.moderation.actions.appeals import ON_APPEAL, may_answer
from discuss.moderation.actions.long_acts import TURNING
from discuss.moderation.actions.reports import DISMISS
from discuss.moderation.reading.offered import Standing
from discuss.moderation.rules.ranks import right_of
from discuss.rules import roles

REOPEN, SETTLE = "reopen", "settle"
APPROVE, DISCARD = "approve", "discard"
# What is decided about a message that waits, each by the action that does it (discuss/actions/held.py).
ON_HELD = {APPROVE: approve_held, DISCARD: discard_held}
# The same of a new account (discuss/actions/sign_ups.py).
ON_SIGN_UP = {ADMIT: admit_sign_up, TURN_AWAY: turn_sign_up_away}
# What a moderator does to a case and not to anybody.
ON_CASE = frozenset({DISMISS, SETTLE, REOPEN, *ON_HELD, *ON_SIGN_UP, *ON_APPEAL})
# What nobody is given for what they did; and what is done to what is under way stands where one sees that.
_NO_SANCTIONS = frozenset({"promote", REOPEN, *TURNING})


@act(DISMISS, of=CASE, label=_("Dismiss"), done=_("Dismissed"), undone_by=REOPEN)
def dismiss(doing: Doing) -> None:
    """Find that nothing is to be done."""
    doing.record()


@act(
    SETTLE,
    of=CASE,
    label=_("Close: it was dealt with"),
    done=_("Dealt with elsewhere"),
    right=DISMISS,
)
def settle(doing: Doing) -> None:
    """Close a case for which something was done elsewhere."""
    doing.record()


@act(
    REOPEN,
    of=CASE,
    label=_("Open the case again"),
    done=_("Case opened again"),
    right=DISMISS,
    undoes=DISMISS,
)
def reopen(doing: Doing) -> None:
    """Have moderators look at a case again; what was done for it stays done."""
    closed = Act.objects.filter(case_id=doing.why.case_id, kind__in=[DISMISS, SETTLE])
    closing = closed.order_by("-pk").first()
    doing.record(undoes=closing.pk if closing else None)


@act(APPROVE, of=CASE, label=_("Approve: show the message to all"), done=_("Message approved"))
@act(
    DISCARD,
    of=CASE,
    label=_("Discard: show the message to nobody"),
    done=_("Message discarded"),
    right=APPROVE,
)
def decide_held(doing: Doing) -> None:
    """It is done by an action of its own, which posts the message (`_decide_held`)."""
    raise NotImplementedError


@act(ADMIT, of=CASE, label=_("Approve the account"), done=_("Account approved"))
@act(
    TURN_AWAY,
    of=CASE,
    label=_("Refuse the account"),
    done=_("Account refused"),
    right=ADMIT,
)
def decide_sign_up(doing: Doing) -> None:
    """It is done by an action of its own, as it is done in no group (`_decide_sign_up`)."""
    raise NotImplementedError


def acts_offered(user: User, standing: Standing) -> list[ActKind]:
    """Return which acts somebody may do for a case: to its message, to whom it is about, and to itself."""
    if standing.is_silenced:
        return []
    return [each for each in acts.values() if _is_offered(each, user, standing)]


def _is_offered(kind: ActKind, user: User, standing: Standing) -> bool:
    if standing.appealed or kind.name in ON_APPEAL:
        # Nobody is given anything for what they say.
        if not standing.appealed or kind.name not in ON_APPEAL:
            return False
        is_theirs = may_answer(user, standing.appealed, standing.role, standing.relation)
        return is_theirs and _may(kind, user, standing)
    is_there = {LINE: standing.has_message, CASE: True, NETWORK: False}.get(
        kind.of, standing.has_person
    )
    # About a new account there is nothing else to decide.
    if (kind.name in ON_SIGN_UP) != standing.is_sign_up:
        return False
    # What takes something back stands where that was done, but for a message, which has no other place.
    if kind.of == CASE and (kind.name in ON_HELD) != standing.is_held:
        return False
    if kind.of == LINE and kind.is_final and not standing.has_text:
        return False
    if not is_there or kind.name in _NO_SANCTIONS or (kind.undoes and kind.of != LINE):
        return False
    if kind.undoes and standing.is_outranked:
        return False
    return _may(kind, user, standing)


def _may(kind: ActKind, user: User, standing: Standing) -> bool:
    if not roles.may(kind.right, standing.role, standing.relation):
        return False
    return standing.role != roles.STAFF or user.has_perm(right_of(kind.right))
