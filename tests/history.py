"""What is asked of a log, whatever happened to it; and whether it was what one wanted to happen."""

from typing import Any

import pytest

from discuss.edges.consumers.posting import post_together
from discuss.models import ENDING_KINDS, Group, Kind

BEGINNING_KINDS = {Kind.CREATED, Kind.JOINED}


def lines_of_strangers(group: Group) -> list[str]:
    """Return the messages whose author was no member where they stand; nobody knows whose someone's are."""
    members: set[int | None] = {None}
    found = []
    for line in group.entries.order_by("position"):
        if line.kind in BEGINNING_KINDS:
            members.add(line.subject_id)
        elif line.kind in ENDING_KINDS:
            members -= {line.subject_id} - {None}
        elif line.kind == Kind.MESSAGE and line.author_id not in members:
            found.append(line.text)
    return found


def count_joined(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the number of posts of each crossing (discuss/db/batching.py)."""
    counts = [0]

    def count(asked: Any) -> Any:
        counts.append(len(asked))
        return post_together(asked)

    monkeypatch.setattr("discuss.edges.consumers.posting.post_together", count)
    return counts
