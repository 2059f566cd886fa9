"""Which acts a moderator is offered for a case: what they may do to whom it is about."""

from typing import NamedTuple

from discuss.models import Case, CaseKind, Membership, User
from discuss.moderation.reading.scopes import Scope
from discuss.reading.members import read_relation
from discuss.rules import roles


class Standing(NamedTuple):
    """In which role somebody acts for a case, and how whom it is about stands to them."""

    role: str
    relation: str
    has_message: bool
    has_person: bool
    # Whether a message waits for a decision.
    is_held: bool = False


def read_standing(user: User, scope: Scope, case: Case) -> Standing:
    """Return how somebody who may see the case stands to it."""
    role = roles.STAFF
    if not scope.is_staff:
        places = Membership.objects.filter(group=case.group_id, user=user.pk)
        role = places.values_list("role", flat=True).first() or roles.STRANGER
    relation = read_relation(case.group_id or 0, user.pk, role, case.user_id)
    has_message = case.kind == CaseKind.MESSAGE and case.entry_id is not None
    is_held = case.kind == CaseKind.HELD
    return Standing(role, relation, has_message, case.user_id is not None, is_held)
