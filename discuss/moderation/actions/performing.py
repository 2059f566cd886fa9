"""Acts are done here: for whoever may, under the lock, with their row of the record."""

from django.db import transaction

from discuss.actions.change import Change, role_of, user_of, without_number
from discuss.actions.people import decided_about
from discuss.models import Act, Entry, Group, Kind, Membership, User
from discuss.moderation.actions.acts import (
    CASE,
    LINE,
    MEMBER,
    NO_REASON,
    PERSON,
    ActKind,
    Doing,
    Why,
    acts,
)
from discuss.moderation.rules.ranks import right_of
from discuss.rules import roles
from discuss.rules.refusals import Code, Refused


def perform_act(
    actor: Membership | User,
    name: str,
    *,
    entry: Entry | None = None,
    user: User | None = None,
    group: Group | None = None,
    why: Why = NO_REASON,
) -> Act | None:
    """Do the act `name` and return its row of the record; None where there was nothing to do.

    It is done to `entry`, to `user` in `group`, or to `user` on the whole site; so are cases of no group. A
    member acts by their membership, staff as a User. All of it is one transaction with its record, and one
    bell. Raises Refused.
    """
    kind = acts[name]
    if kind.of == PERSON or (kind.of == CASE and group is None):
        return _perform_on_person(kind, actor, user, why)
    group_id = entry.group_id if entry else group.pk if group else 0
    with transaction.atomic():
        change = without_number(group_id)
        acting = _admitted(change, actor, kind)
        doing = Doing(kind, acting, user, why, change)
        if kind.of == LINE:
            doing.entry = _message(change, entry)
            doing.user = doing.entry.author
        user_id = doing.user.pk if doing.user else None
        _require(kind, role_of(acting), change.relation(acting, user_id))
        if kind.of == MEMBER:
            member = Membership.objects.select_related("user", "group")
            doing.membership = member.filter(group=change.group_id, user=user_id).first()
        kind.do(doing)
        return doing.done


def _perform_on_person(
    kind: ActKind, actor: Membership | User, user: User | None, why: Why
) -> Act | None:
    with transaction.atomic():
        person = decided_about(user) if user else None
        acting = _admitted_staff(user_of(actor), kind)
        if person is None:
            return None
        _require(kind, roles.STAFF, roles.rank_relation(acting, person))
        doing = Doing(kind, acting, person, why)
        kind.do(doing)
        return doing.done


def _admitted(change: Change, actor: Membership | User, kind: ActKind) -> Membership | User:
    if isinstance(actor, Membership):
        return change.admit_writer(actor)
    return _admitted_staff(actor, kind)


def _admitted_staff(actor: User, kind: ActKind) -> User:
    staff = User.objects.filter(pk=actor.pk, is_active=True, is_staff=True).first()
    if staff is None or not staff.has_perm(right_of(kind.right)):
        raise Refused(Code.STAFF_ONLY)
    return staff


def _message(change: Change, entry: Entry | None) -> Entry:
    messages = Entry.objects.filter(group_id=change.group_id, kind=Kind.MESSAGE)
    message = messages.select_related("author").filter(pk=entry.pk).first() if entry else None
    if message is None:
        raise Refused(Code.NO_MESSAGE)
    return message


def _require(kind: ActKind, role: str, relation: str) -> None:
    """Refuse who may not. Nobody acts on themselves, whatever they may do to what is theirs."""
    if relation == roles.OWN:
        raise Refused(Code.NOT_ON_YOURSELF)
    if not roles.may(kind.right, role, relation):
        raise Refused(Code.NOT_TO_ACT)
