"""Writing into the record, in the transaction of the act itself: neither is there without the other."""

from typing import Any

from discuss.models import Act, User


def write_act(kind: str, *, actor: User | None, **fields: Any) -> Act:
    """Write down an act by its name; `actor` is None where the site did it by itself."""
    return Act.objects.create(kind=kind, actor_id=actor.pk if actor else None, **fields)


def write_end_of_ban(actor: User | None, *, user: User) -> None:
    """Write down that somebody's ban has ended otherwise than by its act."""
    last = Act.objects.filter(kind="ban", user_id=user.pk).order_by("-pk").first()
    write_act("end_ban", actor=actor, user_id=user.pk, undoes_id=last.pk if last else None)
