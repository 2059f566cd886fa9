"""What cases keep of somebody whose account goes: their words stay, as someone's."""

from typing import Any

from discuss.actions.cases import CASES_AT_ONCE, note_authors
from discuss.models import Case, CaseAuthor


def forget_in_cases(user_id: int) -> bool:
    """Have cases not say any more what this person wrote, or was called; return whether there may be more.

    It looks at those that keep words of theirs and those that are about them, and at no others.
    """
    if note_authors():
        return True
    wrote = list(CaseAuthor.objects.filter(user=user_id).order_by("pk")[:CASES_AT_ONCE])
    # Locked, as by whoever erases what cases keep: else what is erased meanwhile would be written back.
    cases = Case.objects.select_for_update(no_key=True).order_by("pk")
    for case in cases.filter(pk__in=[each.case_id for each in wrote]):
        _keep(case, {"lines": _as_someones(case, user_id)})
    CaseAuthor.objects.filter(pk__in=[each.pk for each in wrote]).delete()
    of_theirs = cases.filter(user=user_id, snapshot__has_key="username")
    called = list(of_theirs[:CASES_AT_ONCE])
    for case in called:
        _keep(case, {}, without=("name", "username"))
    return CASES_AT_ONCE in {len(wrote), len(called)}


def _as_someones(case: Case, user_id: int) -> list[dict[str, Any]]:
    lines = (case.snapshot or {}).get("lines", ())
    return [
        {**line, "author_id": None} if line.get("author_id") == user_id else line for line in lines
    ]


def _keep(case: Case, changed: dict[str, Any], without: tuple[str, ...] = ()) -> None:
    kept = {**(case.snapshot or {}), **changed}
    case.snapshot = {key: value for key, value in kept.items() if key not in without}
    case.save(update_fields=["snapshot"])
