"""Messages that wait for a moderator: keeping one, taking it back, and deciding about it."""

from django.db import transaction
from django.utils import timezone

from discuss.actions.change import require, role_of, user_of, without_number
from discuss.actions.outcomes import Draft
from discuss.actions.people import decided_about
from discuss.actions.posting import post_messages
from discuss.actions.record import write_act
from discuss.actions.waiting import WITHDRAWN, close_case, ring_held
from discuss.forms import HeldForm
from discuss.models import Act, Entry, Held, Kind, LongAct, Membership, User
from discuss.reading.members import read_relation
from discuss.rules.refusals import Code, Refused
from discuss.verbs import verb

# What staff need to act in any group.
STAFFS_RIGHT = "discuss.add_act"


@verb("withdraw", actor=Membership, form=HeldForm, limit="post")
def withdraw_held(membership: Membership, *, held: int) -> None:
    """Take back a message of one's own that waits, or have read that it was not approved."""
    with transaction.atomic():
        member = without_number(membership.group_id).admit_member(membership)
        require("post", member.role, code=Code.NOT_A_MEMBER)
        own = Held.objects.filter(pk=held, user=member.user_id, group=member.group_id).first()
        if own is not None:
            close_case(own, outcome=WITHDRAWN)
            own.delete()
            ring_held(own)


def approve_held(
    actor: Membership | User, *, held: Held, reason: str = "", note: str = ""
) -> Act | None:
    """Post a message that waits, with its author's name; None where somebody has decided already.

    All of it is one transaction, and the line has the nonce of what was sent: it is posted once. Rules of
    the group that came meanwhile are no reason, as a moderator says so. Raises Refused.
    """
    with transaction.atomic():
        # Locked before the group, as where all is erased: so one of the two sees what the other did.
        decided_about(held.user)
        acting, present = _admitted(actor, held)
        if present is None:
            return None
        if LongAct.objects.erasing(present).exists():
            raise Refused(Code.BEING_ERASED)
        theirs = Membership.objects.select_related("group", "user").filter(
            group=present.group_id, user=present.user_id, user__is_active=True
        )
        membership = theirs.first()
        if membership is None:
            raise Refused(Code.AUTHOR_GONE)
        draft = Draft(membership, present.text, present.nonce, _answered(present), is_approved=True)
        (outcome,) = post_messages([draft])
        if isinstance(outcome, Refused):
            raise outcome
        # AGAIN stands for one that was posted before, or for one that could not be.
        posted = Entry.objects.filter(author=present.user_id, nonce=present.nonce).first()
        if posted is None:
            raise Refused(Code.NOT_POSTED)
        act = _record("approve", acting, present, posted, reason=reason, note=note)
        present.delete()
        return act


def discard_held(
    actor: Membership | User, *, held: Held, reason: str = "", note: str = ""
) -> Act | None:
    """Show a message that waits to nobody; its author is told. None where somebody has decided already."""
    with transaction.atomic():
        acting, present = _admitted(actor, held)
        if present is None:
            return None
        act = _record("discard", acting, present, None, reason=reason, note=note)
        Held.objects.filter(pk=present.pk).update(discarded_at=timezone.now())
        return act


def _admitted(actor: Membership | User, held: Held) -> tuple[Membership | User, Held | None]:
    """Lock the group, and return who decides and what waits, both as they stand now. Raises Refused."""
    acting = without_number(held.group_id).admit_host(actor)
    if isinstance(acting, User) and not acting.has_perm(STAFFS_RIGHT):
        raise Refused(Code.STAFF_ONLY)
    by, role = user_of(acting), role_of(acting)
    relation = read_relation(held.group_id, by.pk, role, held.user_id)
    require("approve", role, relation, code=Code.NOT_TO_DECIDE)
    return acting, Held.objects.waiting().filter(pk=held.pk).first()


def _answered(held: Held) -> int | None:
    """Return the position of the message that it answers, unless that is gone."""
    if held.reply_to is None:
        return None
    found = Entry.objects.filter(group=held.group_id, position=held.reply_to, kind=Kind.MESSAGE)
    return held.reply_to if found.exists() else None


def _record(
    name: str, actor: Membership | User, held: Held, entry: Entry | None, **why: str
) -> Act:
    closed = close_case(held, outcome=name)
    ring_held(held)
    return write_act(
        name,
        actor=actor,
        group_id=held.group_id,
        user_id=held.user_id,
        entry_id=entry.pk if entry else None,
        case_id=closed,
        details={"why": held.why, "rule": held.rule},
        **why,
    )
