"""What a case keeps: how things stood when it was reported, whatever is edited or removed later.

Of authors it keeps the number: names are those of now, and an account that was deleted has none.
"""

from typing import Any

from discuss.models import Entry, Group, Kind, User

# Messages that are kept on either side of the one that was reported.
AROUND = 5


def of_message(entry: Entry) -> dict[str, Any]:
    """Return the message with those around it, each with who wrote it, when, and what it said."""
    messages = Entry.objects.filter(group=entry.group_id, kind=Kind.MESSAGE)
    before = messages.filter(position__lt=entry.position).order_by("-position")[:AROUND]
    after = messages.filter(position__gt=entry.position).order_by("position")[:AROUND]
    lines = [*reversed(before), entry, *after]
    return {"position": entry.position, "lines": [_kept(line) for line in lines]}


def of_person(user: User) -> dict[str, Any]:
    """Return what the person was called."""
    return {"name": user.name, "username": user.username}


def of_group(group: Group) -> dict[str, Any]:
    return {"name": group.name, "description": group.description}


def _kept(line: Entry) -> dict[str, Any]:
    # What its author removed is nobody's to see; what a moderator hid, moderators see anyway.
    is_withdrawn = line.is_hidden and line.hidden_by is None
    return {
        "position": line.position,
        "author_id": line.author_id,
        "at": line.timestamp.isoformat(),
        "text": "" if is_withdrawn else line.text,
        "is_hidden": line.is_hidden,
    }
