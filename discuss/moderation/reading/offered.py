"""Which acts a moderator is offered for a case: what they may do to whom it is about."""

from typing import NamedTuple

from discuss.actions.ranks import is_outranked
from discuss.models import Act, Case, CaseKind, Membership, User
from discuss.moderation.reading.scopes import Scope
from discuss.reading.members import read_relation
from discuss.reading.sanctions import is_silenced
from discuss.rules import roles


class Standing(NamedTuple):
    """In which role somebody acts for a case, and how whom it is about stands to them."""

    role: str
    relation: str
    has_message: bool
    has_person: bool
    # Whether there is something left that was not erased.
    has_text: bool = False
    # Whether a message waits for a decision.
    is_held: bool = False
    # Whether somebody of a higher role has hidden it.
    is_outranked: bool = False
    # Whether they may do nothing now: they have to wait, or to read a warning.
    is_silenced: bool = False
    # Whether a new account does.
    is_sign_up: bool = False
    # The act that somebody says something against.
    appealed: str = ""


def read_standing(user: User, scope: Scope, case: Case) -> Standing:
    """Return how somebody who may see the case stands to it."""
    role: str = roles.STAFF
    actor: Membership | User | None = user
    if not scope.is_staff:
        actor = Membership.objects.filter(group=case.group_id, user=user.pk).first()
        role = actor.role if actor else roles.STRANGER
    hidden_by = case.entry.hidden_by if case.entry else None
    hidden = Act.objects.filter(pk=hidden_by) if hidden_by else []
    relation = read_relation(case.group_id or 0, user.pk, role, case.user_id)
    has_message = case.kind == CaseKind.MESSAGE and case.entry_id is not None
    is_held = case.kind == CaseKind.HELD
    has_person = case.user_id is not None
    has_text = has_message and case.entry is not None and bool(case.entry.text)
    return Standing(
        role,
        relation,
        has_message,
        has_person,
        has_text,
        is_held,
        is_outranked=actor is not None and is_outranked(actor, hidden),
        is_silenced=isinstance(actor, Membership) and is_silenced(actor),
        is_sign_up=case.kind == CaseKind.SIGN_UP,
        appealed=_appealed(case),
    )


def _appealed(case: Case) -> str:
    if case.appeal is None:
        return ""
    return Act.objects.values_list("kind", flat=True).get(pk=case.appeal.act_id)
