"""Which lines of a log there are: the queries about them."""

from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from discuss.models.kinds import Kind
from discuss.models.quote import quoted

if TYPE_CHECKING:
    from discuss.models.entry import Entry
    from discuss.models.user import User

# How long after its beginning a line of somebody's coming and going still changes, and how far from the end
# of the log.
ONE_LINE_WITHIN = timedelta(minutes=10)
ONE_LINE_LOOKED_BACK = 20

# What User.name is made of.
_NAMES = [
    f"{who}__{name}" for who in ("author", "subject") for name in ("username", "display_name")
]


class EntryQuerySet(models.QuerySet["Entry"]):
    def for_display(self) -> "EntryQuerySet":
        """Add all that a fragment shows of a line, so that it fetches nothing.

        That is its people, what it quotes, `head`, `epoch` and `group_uuid` (the group's, of the same
        snapshot as the rows) and the line before, wherever that one is: how a line looks is decided from the
        log, not from the window.
        """
        before = self.model.objects.filter(
            group=OuterRef("group"), position__lt=OuterRef("position")
        ).order_by("-position")
        own_fields = [field.name for field in self.model._meta.concrete_fields]
        # Of its people their names: all else would be two thirds of the statement, for nothing.
        lines = self.select_related("author", "subject").only(*own_fields, *_NAMES)
        return lines.annotate(  # type: ignore[no-redef]
            head=F("group__head"),
            epoch=F("group__epoch"),
            group_uuid=F("group__uuid"),
            previous_kind=Subquery(before.values("kind")[:1]),
            previous_author_id=Subquery(before.values("author")[:1]),
            previous_timestamp=Subquery(before.values("timestamp")[:1]),
            **quoted(),
        )

    def visible_messages(self) -> "EntryQuerySet":
        """Return the messages that nobody has hidden."""
        return self.filter(kind=Kind.MESSAGE, hidden_at=None)

    def after(self, cursor: int) -> "EntryQuerySet":
        """Return what a page at `cursor` lacks: every line changed since, in order of change."""
        return self.filter(change__gt=cursor).order_by("change", "position")

    def before(self, position: int) -> "EntryQuerySet":
        """Return the lines older than `position`, the latest first."""
        return self.filter(position__lt=position).order_by("-position")

    def naming(self, name: str) -> "EntryQuerySet":
        """Return the events which say that somebody is, or was, called so."""
        return self.filter(Q(text=name) | Q(details__was=name), kind=Kind.NAMED)

    def passing(self, group_id: int, user: "User") -> "Entry | None":
        """Return the line that says of this person's coming and going what happens now too.

        It stands at the end of the log, with nothing after it but others who come and go: nobody is said to
        have gone before they wrote, and a removal stays.
        """
        since = timezone.now() - ONE_LINE_WITHIN
        latest = self.filter(group=group_id).order_by("-position")[:ONE_LINE_LOOKED_BACK]
        for line in takewhile(lambda line: line.is_passing, latest):
            if line.subject_id == user.pk:
                return line if line.timestamp > since else None
        return None
