"""The last line of groups, as the lobby shows it to their members: the latest message that is not hidden."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left

from discuss.models import Entry, Group, User
from discuss.rules.excerpts import LOOKED_AT, excerpt


class LastLine(NamedTuple):
    """Who wrote it (None: someone who is gone), its beginning, and when it was written."""

    author: str | None
    text: str
    timestamp: datetime


def read_last_lines(group_ids: Collection[int]) -> dict[int, LastLine]:
    """Read the last line of each of these groups, in one statement; a group without messages is left out."""
    messages = Entry.objects.visible_messages().filter(group=OuterRef("pk"))
    latest = Subquery(messages.order_by("-position").values("pk")[:1])
    lines = Entry.objects.filter(pk__in=Group.objects.filter(pk__in=group_ids).values_list(latest))
    # One more tells that there is more.
    beginning = Left("text", LOOKED_AT + 1)
    found = lines.values_list("group_id", User.name_of("author__"), beginning, "timestamp")
    return {pk: LastLine(author, excerpt(text), when) for pk, author, text, when in found}
