"""Ranks on the whole site, and the rights of Django's by which staff act in any group."""

from typing import Protocol

from discuss.rules.roles import EQUAL, HIGHER, LOWER, OWN

# The right to see all cases.
SEE_CASES = "discuss.view_case"
# The right that each verb of the table of roles takes; ACT for those that are not named.
ACT = "discuss.add_act"
_RIGHTS = {
    "hide": "discuss.delete_message",
    "restore": "discuss.delete_message",
    "remove": "discuss.delete_membership",
    "ban": "discuss.close_user",
    "promote": "discuss.change_membership",
    "demote": "discuss.change_membership",
    "filter": "discuss.change_filter",
}


class Ranked(Protocol):
    """Somebody with an account."""

    pk: int
    is_staff: bool
    is_superuser: bool


def right_of(verb: str) -> str:
    """Return the right that staff need for it."""
    return _RIGHTS.get(verb, ACT)


def rank_relation(actor: Ranked, other: Ranked) -> str:
    """Return how somebody stands to an actor on the site: people, then staff, then superusers."""
    if actor.pk == other.pk:
        return OWN
    rank, others = _rank(actor), _rank(other)
    return EQUAL if rank == others else LOWER if others < rank else HIGHER


def _rank(person: Ranked) -> int:
    return 2 if person.is_superuser else 1 if person.is_staff else 0
