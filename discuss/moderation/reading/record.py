"""Reading the record, with the names of whom its rows name."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext

from discuss.models import Act, User
from discuss.models.act import ActQuerySet
from discuss.rules.moments import Moment
from discuss.rules.reasons import Reason
from discuss.rules.text import Text

# Acts that a person's page shows.
SHOWN = 20


class Done(NamedTuple):
    """An act as pages show it: names are those of now, and someone's where nobody is there any more."""

    act: Act
    actor: str
    user: str

    @property
    def why(self) -> Text:
        """The reason in words; nothing where none was given."""
        return Reason(self.act.reason).label if self.act.reason in Reason.values else ""

    @property
    def until(self) -> Moment | None:
        return Moment(self.act.until) if self.act.until else None


def read_acts(found: ActQuerySet, most: int = SHOWN) -> list[Done]:
    """Return the latest of these acts, with names: in two statements."""
    rows: Sequence[Act] = list(found.order_by("-pk")[:most])
    people = User.objects.in_bulk({pk for row in rows for pk in (row.actor_id, row.user_id) if pk})

    def name_of(pk: int | None, nobody: str) -> str:
        return people[pk].name if pk in people else nobody

    by_itself, someone = gettext("the site itself"), gettext("someone")
    return [
        Done(
            row,
            name_of(row.actor_id, someone if row.actor_id else by_itself),
            name_of(row.user_id, someone),
        )
        for row in rows
    ]
