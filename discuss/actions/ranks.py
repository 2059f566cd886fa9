"""Nobody takes back what somebody of a higher role did.

The record says in which role it was done, and that counts, whatever has become of that role since.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from discuss.models import Act, Membership, User
from discuss.rules import roles
from discuss.rules.refusals import Code, Refused

SUPERUSER = "superuser"
# In what people act, from the lowest to the highest.
_RANKS = (*roles.ROLES, SUPERUSER)


def rank_of(actor: Membership | User) -> str:
    """Return in what an admitted actor acts: their role in the group, or their rank on the site."""
    if isinstance(actor, Membership):
        return actor.role
    return SUPERUSER if actor.is_superuser else roles.STAFF


def is_outranked(actor: Membership | User, done: Iterable[Act]) -> bool:
    """Whether one of these acts is of a higher role than this actor's, and not their own."""
    rank = _RANKS.index(rank_of(actor))
    by = actor.user_id if isinstance(actor, Membership) else actor.pk
    return any(act.actor_id != by and _rank(act) > rank for act in done)


def refuse_outranked(actor: Membership | User, done: Iterable[Act]) -> None:
    """Raise Refused where one of these acts is not this actor's to take back."""
    if is_outranked(actor, done):
        raise Refused(Code.OF_HIGHER)


def latest(kind: str, where: Mapping[str, Any]) -> list[Act]:
    """Return the latest act of this kind there, if there is one."""
    return list(Act.objects.filter(kind=kind, **where).order_by("-pk")[:1])


def in_force(kind: str, ended_by: str, where: Mapping[str, Any], after: datetime) -> list[Act]:
    """Return the acts of this kind there that last longer than `after`, since they were ended last.

    One may lie below another: what an owner did for a day still stands where a moderator made it two.
    """
    end = latest(ended_by, where)
    begun = Act.objects.filter(kind=kind, pk__gt=end[0].pk if end else 0, **where)
    return list(begun.filter(Q(until=None) | Q(until__gt=after)))


def _rank(act: Act) -> int:
    """Return how high it stands; what the site did by itself, or a version before, binds nobody."""
    return _RANKS.index(act.role) if act.role in _RANKS else 0
