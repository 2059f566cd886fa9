"""Opening cases, and noting whose words they keep: so nobody has to look for a name in all of them."""

from collections.abc import Collection
from typing import Any

from discuss.models import Case, CaseAuthor, User

# Cases that are looked at in one step.
CASES_AT_ONCE = 200


def open_case(**fields: Any) -> Case:
    """Open a case, in the transaction that does what it is about; `fields` are those of the model."""
    case: Case = Case.objects.create(**fields, knows_authors=True)
    _write_authors([case])
    return case


def note_authors() -> bool:
    """Note whose words older cases keep, some at a time; return whether there were any.

    They are from the time before it was noted, or a process of the version before has opened them meanwhile.
    """
    unknown = Case.objects.filter(knows_authors=False, snapshot__isnull=False).order_by("pk")
    found = list(unknown[:CASES_AT_ONCE])
    if found:
        _write_authors(found)
        Case.objects.filter(pk__in=[case.pk for case in found]).update(knows_authors=True)
    return bool(found)


def _write_authors(cases: Collection[Case]) -> None:
    wrote = {
        (case.pk, line["author_id"])
        for case in cases
        for line in (case.snapshot or {}).get("lines", ())
        if line.get("author_id")
    }
    if not wrote:
        return
    there = User.objects.filter(pk__in={user_id for _, user_id in wrote})
    people = set(there.values_list("pk", flat=True))
    rows = [CaseAuthor(case_id=pk, user_id=user) for pk, user in sorted(wrote) if user in people]
    CaseAuthor.objects.bulk_create(rows, ignore_conflicts=True)
