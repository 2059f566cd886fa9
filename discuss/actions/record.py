"""Writing into the record, in the transaction of the act itself: neither is there without the other."""

from typing import Any

from django.utils import timezone

from discuss.actions.ranks import in_force, latest, rank_of, refuse_outranked
from discuss.models import Act, Membership, User


def write_act(kind: str, *, actor: Membership | User | None, **fields: Any) -> Act:
    """Write down an act by its name, and in which role it was done.

    A member acts by their membership, staff as a User. None: the site did it by itself.
    """
    by = actor.user_id if isinstance(actor, Membership) else actor.pk if actor else None
    role = rank_of(actor) if actor else ""
    # A column of its own, because the record is looked through by it.
    rule = (fields.get("details") or {}).get("rule")
    return Act.objects.create(kind=kind, actor_id=by, role=role, rule_id=rule, **fields)


def write_end_of_ban(actor: User | None, *, user: User) -> None:
    """Write down that somebody's ban has ended otherwise than by its act. Raises Refused."""
    where = {"group_id": None, "user_id": user.pk}
    if actor is not None:
        refuse_outranked(actor, in_force("ban", "end_ban", where, timezone.now()))
    last = latest("ban", where)
    write_act("end_ban", actor=actor, user_id=user.pk, undoes_id=last[0].pk if last else None)
