"""What happens to a person, said in each of their groups, one after the other: no two are locked together."""

import time
from collections.abc import Mapping
from typing import Any

from django.tasks import task

from discuss.actions.change import next_change
from discuss.actions.posting import new_nonce
from discuss.models import Entry, Kind, User
from discuss.rules.refusals import Refused

# Seconds between two groups, at least. An SQLite's one lock has to be free half of the time.
PAUSE = 0.02


def tell_groups(kind: Kind, *, author: User, subject: User, **fields: Any) -> None:
    """Have a line of this kind written into each group of `subject`, once the transaction is committed.

    `fields` are others of the line.
    """
    token = new_nonce()
    tell.enqueue(kind=kind, author_id=author.pk, subject_id=subject.pk, token=token, fields=fields)


@task
def tell(*, kind: str, author_id: int, subject_id: int, token: str, fields: dict[str, Any]) -> None:
    """Write the line into each group that has none of this token: tried again, it is written once."""
    people = User.objects.in_bulk([author_id, subject_id])
    author, subject = people.get(author_id), people.get(subject_id)
    if subject is None or not _still_holds(kind, subject, fields):
        return
    for group_id in sorted(subject.memberships.values_list("group_id", flat=True)):
        begin = time.monotonic()
        nonce = f"{token} {group_id}"
        try:
            with next_change(group_id) as change:
                if Entry.objects.filter(group=group_id, author=author, nonce=nonce).exists():
                    change.withdraw()
                else:
                    change.add_line(kind, author=author, subject=subject, nonce=nonce, **fields)
        except Refused:
            pass  # the group is gone
        rest(begin)


def rest(begin: float) -> None:
    """Leave others as much time as a step took that began then."""
    time.sleep(max(PAUSE, time.monotonic() - begin))


def _still_holds(kind: str, subject: User, fields: Mapping[str, Any]) -> bool:
    """Whether it is still so: a task may be late, and what came after it is told by another."""
    if kind == Kind.NAMED:
        return bool(fields["text"] == subject.name)
    return subject.is_active == (kind == Kind.ACCOUNT_REOPENED)
