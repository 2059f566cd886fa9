"""What happens to a person, said in each of their groups, one after the other: no two are locked together."""

import time
from typing import Any

from django.tasks import task

from discuss.actions.change import next_change, write_lines
from discuss.actions.outcomes import new_nonce
from discuss.actions.pauses import pause_after
from discuss.models import Entry, Kind, Membership, User
from discuss.rules.refusals import Refused


def tell_groups(kind: Kind, *, author: User | None, subject: User, **fields: Any) -> None:
    """Have a line of this kind written into each group of `subject`, once the transaction is committed.

    `fields` are others of the line.
    """
    token = new_nonce()
    author_id = author.pk if author else None
    tell.enqueue(kind=kind, author_id=author_id, subject_id=subject.pk, token=token, fields=fields)


@task
def tell(
    *, kind: str, author_id: int | None, subject_id: int, token: str, fields: dict[str, Any]
) -> None:
    """Write the line into each group that has none of this token: tried again, it is written once."""
    groups = Membership.objects.filter(user=subject_id).values_list("group_id", flat=True)
    for group_id in sorted(groups):
        begin = time.monotonic()
        try:
            with next_change(group_id) as change:
                people = User.objects.in_bulk([author_id or subject_id, subject_id])
                author = people.get(author_id) if author_id else None
                subject = people.get(subject_id)
                line = change.new_line(kind, author=author, subject=subject, **fields)
                line.nonce = f"{token} {group_id}"
                if _is_news(line):
                    write_lines([line])
                else:
                    change.withdraw()
        except Refused:
            pass  # the group is gone
        time.sleep(pause_after(begin))


def _is_news(line: Entry) -> bool:
    """Whether the line is still right, under its group's lock, and was not written.

    A task may be late, or tried again, and what came after it is told by another.
    """
    if line.subject is None:
        return False
    told = Entry.objects.filter(group=line.group_id, subject=line.subject)
    if told.filter(author=line.author, nonce=line.nonce).exists():
        return False
    if line.kind == Kind.NAMED:
        return line.text in {line.subject.name, ""}
    # Told again, too: a list of members may have shown what lay between, of which nothing told the group.
    return line.subject.is_active == (line.kind == Kind.ACCOUNT_REOPENED)
