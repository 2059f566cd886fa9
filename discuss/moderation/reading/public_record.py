"""What members read of their group's record, where its owners want that."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from discuss.models import Act, User
from discuss.moderation.rules.told import NAMED, PUBLIC
from discuss.rules.moments import Moment
from discuss.rules.reasons import label_of
from discuss.rules.text import Text

ROWS_AT_ONCE = 50


class PublicAct(NamedTuple):
    """What was done, when and why; nothing of who did it, of notes and of reports.

    `name` is whom it was done to, where members are told; empty where nobody is there any more.
    """

    pk: int
    kind: str
    at: datetime
    reason: str
    ends_at: datetime | None
    names_somebody: bool
    name: str
    is_undone: bool

    @property
    def why(self) -> Text:
        return label_of(self.reason)

    @property
    def until(self) -> Moment | None:
        return Moment(self.ends_at) if self.ends_at else None


class PublicPage(NamedTuple):
    rows: list[PublicAct]
    before: int | None = None


def read_public(group_id: int, before: int | None = None) -> PublicPage:
    """Return the public part of a group's record, the latest first, of the rows before this number."""
    acts = Act.objects.filter(group_id=group_id, kind__in=PUBLIC).order_by("-pk")
    acts = acts.filter(pk__lt=before) if before is not None else acts
    found = list(acts[: ROWS_AT_ONCE + 1])
    shown = found[:ROWS_AT_ONCE]
    return PublicPage(_rows(shown), shown[-1].pk if len(found) > len(shown) else None)


def _rows(acts: Collection[Act]) -> list[PublicAct]:
    named = {act.user_id for act in acts if act.kind in NAMED and act.user_id}
    people = User.objects.in_bulk(named)
    undone = Act.objects.filter(undoes_id__in=[act.pk for act in acts])
    taken_back = set(undone.values_list("undoes_id", flat=True))
    return [
        PublicAct(
            act.pk,
            act.kind,
            act.at,
            act.reason,
            act.until,
            act.kind in NAMED,
            people[act.user_id].name if act.kind in NAMED and act.user_id in people else "",
            act.pk in taken_back,
        )
        for act in acts
    ]
