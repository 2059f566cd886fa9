"""Appeals: saying something against an act, once, and deciding about that, as another moderator."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss import doorbell
from discuss.actions.cases import open_case
from discuss.actions.change import require, user_of, without_number
from discuss.actions.people import decided_about
from discuss.models import Act, Appeal, Case, CaseKind, CaseState, Entry, Membership, User
from discuss.moderation.actions.acts import (
    CASE,
    LINE,
    MEMBER,
    PERSON,
    ActKind,
    Doing,
    Why,
    act,
    acts,
)
from discuss.moderation.actions.performing import perform_act
from discuss.moderation.reading.deciders import with_deciders
from discuss.moderation.reading.in_force import acts_in_force
from discuss.moderation.rules.appealing import MOST_WAITING
from discuss.moderation.rules.ranks import right_of
from discuss.reading.members import read_relation
from discuss.rules import roles
from discuss.rules.refusals import Code, Refused

ACCEPT, REFUSE = "accept_appeal", "refuse_appeal"
ON_APPEAL = frozenset({ACCEPT, REFUSE})
# To what acts on people are done.
ON_PEOPLE = frozenset({LINE, MEMBER, PERSON})
# What somebody is given, and would hardly have taken back.
_GIVEN = frozenset({"promote"})


@act(
    ACCEPT,
    of=CASE,
    label=_("Accept: take it back"),
    done=_("Appeal accepted"),
    right="dismiss",
)
@act(REFUSE, of=CASE, label=_("Refuse: it stays"), done=_("Appeal refused"), right="dismiss")
def answer_appeal(doing: Doing) -> None:
    """Write down what was decided. What it comes to is done beside it (`decide_appeal`)."""
    doing.record()


def appealable() -> dict[str, ActKind]:
    """Return the acts that one may appeal against, by name: those on people that can be taken back."""
    return {
        name: kind
        for name, kind in acts.items()
        if kind.of in ON_PEOPLE and kind.undone_by and name not in _GIVEN
    }


def rights_to_accept() -> dict[str, str]:
    """Return of each kind of act that one may appeal against the verb by which it is taken back."""
    return {name: acts[kind.undone_by].right for name, kind in appealable().items()}


def may_be_heard(user: User, done: Act) -> bool:
    """Whether there is somebody who could decide about an appeal of this person against the act."""
    right = rights_to_accept().get(done.kind)
    return right is not None and bool(with_deciders(user, {done: right}))


def may_answer(user: User, kind: str, role: str, relation: str) -> bool:
    """Whether somebody who acts in this role could take back an act of this kind on whom they stand so to."""
    undoing = acts[acts[kind].undone_by]
    if not roles.may(undoing.right, role, relation):
        return False
    return role != roles.STAFF or user.has_perm(right_of(undoing.right))


def make_appeal(user: User, *, act_id: int, note: str) -> Appeal:
    """Say something against an act on oneself, for another moderator to decide about. Raises Refused.

    Somebody who is banned may do so, too. Of two at once, the second finds that it was done.
    """
    with transaction.atomic():
        done = Act.objects.filter(pk=act_id, user_id=user.pk, kind__in=appealable()).first()
        if done is None:
            raise Refused(Code.NO_APPEAL)
        role = _locked_role(user, done)
        require("appeal", role, roles.OWN, code=Code.NO_APPEAL)
        if Appeal.objects.filter(act_id=done.pk).exists():
            raise Refused(Code.APPEALED)
        if not acts_in_force(user.pk, [done]):
            raise Refused(Code.ACT_OVER)
        waiting = Appeal.objects.filter(user=user).exclude(case__state=CaseState.CLOSED)
        if waiting.count() >= MOST_WAITING:
            raise Refused(Code.MANY_APPEALS)
        if not may_be_heard(user, done):
            raise Refused(Code.NOBODY_DECIDES)
        appeal = Appeal.objects.create(
            act_id=done.pk, actor_id=done.actor_id, role=done.role, user=user, note=note
        )
        open_case(
            kind=CaseKind.APPEAL,
            group_id=done.group_id,
            user=user,
            appeal=appeal,
            snapshot={"text": note},
        )
        _ring(done.group_id, done.actor_id)
        return appeal


def decide_appeal(
    actor: Membership | User, *, case: Case, name: str, why: Why
) -> tuple[Act | None, str]:
    """Take back what the appeal is against, or leave it; return the act and what closes the case.

    Called in the transaction that closes the case. What is over already is closed as such. Raises Refused.
    """
    appeal = case.appeal
    if appeal is None or name not in ON_APPEAL:
        raise Refused(Code.NOT_TO_ACT)
    by = actor.pk if isinstance(actor, User) else actor.user_id
    if by == appeal.actor_id:
        raise Refused(Code.OWN_ACT)
    if name == REFUSE and not (why.reason or why.note):
        raise Refused(Code.SAY_WHY)
    done = Act.objects.get(pk=appeal.act_id)
    role = roles.STAFF if isinstance(actor, User) else actor.role
    relation = read_relation(case.group_id or 0, by, role, case.user_id)
    if not may_answer(user_of(actor), done.kind, role, relation):
        # To refuse is for good, and so for nobody who could not do otherwise.
        raise Refused(Code.NOT_TO_ACT)
    why = why._replace(case_id=case.pk, until=None)
    if name == ACCEPT and _taken_back(actor, case, done, why) is None:
        name = "settle"
    _ring(case.group_id, appeal.actor_id)
    return perform_act(actor, name, user=case.user, group=case.group, why=why), name


def hear_decisions(user: User) -> bool:
    """Note that somebody has read what became of their appeals; return whether there was anything new."""
    with transaction.atomic():
        new = Appeal.objects.filter(user=user, told_at=None, case__state=CaseState.CLOSED)
        pks = list(new.values_list("pk", flat=True))
        has_news = bool(Appeal.objects.filter(pk__in=pks).update(told_at=timezone.now()))
        if has_news:
            doorbell.ring_answer(user.pk)
        return has_news


def _taken_back(actor: Membership | User, case: Case, done: Act, why: Why) -> Act | None:
    """Take an act back as its own undoing does; None where that was done already, or it is over."""
    if case.user is None:
        return None
    # Under the lock of what the undoing locks, too.
    _locked_role(case.user, done)
    if not acts_in_force(case.user.pk, [done]):
        return None
    undoing = acts[acts[done.kind].undone_by]
    why = why._replace(undoes=done.pk)
    if undoing.of == LINE:
        entry = Entry.objects.filter(pk=done.entry_id or 0).first()
        return perform_act(actor, undoing.name, entry=entry, why=why) if entry else None
    return perform_act(actor, undoing.name, user=case.user, group=case.group, why=why)


def _locked_role(user: User, done: Act) -> str:
    """Lock the group, or the person where it was done on the whole site, and return their role there."""
    if done.group_id is None:
        if decided_about(user) is None:
            raise Refused(Code.NO_APPEAL)
        return roles.STRANGER
    group_id = without_number(done.group_id).group_id
    theirs = Membership.objects.filter(group=group_id, user=user)
    return theirs.values_list("role", flat=True).first() or roles.STRANGER


def _ring(group_id: int | None, actor_id: int | None) -> None:
    """Have queues know, and that of who did it: it is another one's to decide."""
    doorbell.ring_queue(group_id or 0)
    if actor_id is not None:
        doorbell.ring_person(actor_id)
