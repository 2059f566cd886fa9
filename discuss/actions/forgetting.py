"""What cases keep of somebody whose account goes: their words stay, as someone's."""

from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from discuss.models import Case

# Cases that one step looks at.
CASES_AT_ONCE = 200


def forget_in_cases(user_id: int) -> bool:
    """Have cases not say any more what this person wrote, or was called; return whether there may be more."""
    # Both databases write a number so into JSON, and a message that says the same has its quotes escaped.
    named = Q(kept__contains=f'"author_id": {user_id},') | Q(
        kept__contains=f'"author_id": {user_id}}}'
    )
    of_theirs = Q(user=user_id, snapshot__has_key="username")
    cases = Case.objects.annotate(kept=Cast("snapshot", TextField())).filter(named | of_theirs)
    found = list(cases.order_by("pk")[:CASES_AT_ONCE])
    for case in found:
        case.snapshot = _without(case.snapshot or {}, user_id, is_theirs=case.user_id == user_id)
        case.save(update_fields=["snapshot"])
    return len(found) == CASES_AT_ONCE


def _without(snapshot: dict[str, Any], user_id: int, *, is_theirs: bool) -> dict[str, Any]:
    left = dict(snapshot)
    if "lines" in left:
        left["lines"] = [
            {**line, "author_id": None} if line.get("author_id") == user_id else line
            for line in left["lines"]
        ]
    if is_theirs:
        left.pop("name", None)
        left.pop("username", None)
    return left
