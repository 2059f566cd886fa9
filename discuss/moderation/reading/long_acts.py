"""How far acts over many lines have come."""

from typing import NamedTuple

from django.db.models import Q

from discuss.models import Act, LongAct, LongKind, LongState, User
from discuss.rules.moments import Moment
from discuss.rules.text import Text

# Those that a person's page shows: the latest.
SHOWN = 3


class Progress(NamedTuple):
    """What a page says of one. `by` is empty where who asked for it is gone."""

    pk: int
    kind: str
    state: str
    is_on_site: bool
    goes_on: bool
    since: Moment | None
    at: Moment
    by: str
    total: int
    done: int
    restored: int

    @property
    def label(self) -> Text:
        return LongKind(self.kind).label

    @property
    def state_label(self) -> Text:
        return LongState(self.state).label

    @property
    def is_backwards(self) -> bool:
        return self.state in {LongState.UNDOING, LongState.UNDONE}

    @property
    def value(self) -> int:
        """To how many lines it is done at this moment."""
        return self.done - self.restored

    @property
    def most(self) -> int:
        """How many there may be: of very few, others may be hidden by now."""
        return max(self.total, self.done, 1)


def read_progress_about(user_id: int, group_id: int, *, on_site: bool) -> list[Progress]:
    """Return how far those have come that are done to this person in the group, the latest first.

    `on_site` adds those over the whole site, for who may know of them. It takes three statements at most.
    """
    place = Q(group=group_id) | Q(group=None) if on_site else Q(group=group_id)
    works = list(LongAct.objects.filter(place, user=user_id).order_by("-pk")[:SHOWN])
    acts = Act.objects.in_bulk([work.act_id for work in works])
    actors = {pk: act.actor_id for pk, act in acts.items() if act.actor_id}
    people = User.objects.in_bulk(set(actors.values()))
    return [
        Progress(
            work.pk,
            work.kind,
            work.state,
            work.group_id is None,
            work.goes_on,
            Moment(work.since) if work.since else None,
            Moment(work.upto),
            people[pk].name if (pk := actors.get(work.act_id, 0)) in people else "",
            work.total,
            work.done,
            work.restored,
        )
        for work in works
    ]


def read_beats() -> dict[int, int]:
    """Return the beat of each that goes on, by primary key."""
    return dict(LongAct.objects.going_on().values_list("pk", "beat"))


def read_long_act(pk: int, beat: int) -> LongAct | None:
    """Return one that is at this beat; None where somebody has gone on with it, or it goes on no more."""
    found: LongAct | None = LongAct.objects.going_on().filter(pk=pk, beat=beat).first()
    return found
