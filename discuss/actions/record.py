"""Writing into the record, in the transaction of the act itself: neither is there without the other."""

from typing import Any

from discuss.models import Act, User


def write_act(kind: str, *, actor: User | None, **fields: Any) -> Act:
    """Write down an act by its name; `actor` is None where the site did it by itself."""
    return Act.objects.create(kind=kind, actor_id=actor.pk if actor else None, **fields)
