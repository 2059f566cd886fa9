"""Which of the acts on somebody still stand, so that there is something to take back."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from discuss.models import Act, Ban, Bar, Entry, LongAct, Membership, Warning
from discuss.moderation.rules.appealing import WITHIN

# What lasts until its own end, and of which the latest counts.
_LASTING = frozenset({"time_out", "bar", "ban"})
_ONE_AT_A_TIME = _LASTING | {"remove"}
_HIDING = frozenset({"hide_all", "hide_all_on_site"})


def acts_in_force(user_id: int, acts: Collection[Act]) -> frozenset[int]:
    """Return the numbers of those of these acts on one person that stand: in few statements, however many."""
    pks = [act.pk for act in acts]
    if not pks:
        return frozenset()
    undone = set(Act.objects.filter(undoes_id__in=pks).values_list("undoes_id", flat=True))
    stands = _Standing(user_id, acts)
    return frozenset(act.pk for act in acts if act.pk not in undone and stands.has(act))


class _Standing:
    """How somebody stands now: in groups, on the site, and what became of their messages."""

    def __init__(self, user_id: int, acts: Collection[Act]) -> None:
        self._now = timezone.now()
        pks = [act.pk for act in acts]
        theirs = Act.objects.filter(user_id=user_id, kind__in=_ONE_AT_A_TIME)
        rows = theirs.values_list("kind", "group_id").annotate(latest=Max("pk"))
        self._latest = {pk for _kind, _group, pk in rows}
        places = Membership.objects.filter(user=user_id).values_list("group", "muted_until")
        self._muted: Mapping[int, datetime | None] = dict(places)
        bars = Bar.objects.in_force(self._now).filter(user=user_id)
        self._barred = set(bars.values_list("group", flat=True))
        self._is_banned = Ban.objects.filter(user=user_id).exists()
        hidden = Entry.objects.filter(pk__in=[act.entry_id for act in acts if act.entry_id])
        self._hidden_by = set(hidden.values_list("hidden_by", flat=True))
        hiding = [act.pk for act in acts if act.kind in _HIDING]
        works = LongAct.objects.standing().filter(act_id__in=hiding)
        self._hiding = set(works.values_list("act_id", flat=True))
        warnings = Warning.objects.filter(user=user_id, act_id__in=pks)
        self._warned = set(warnings.values_list("act_id", flat=True))

    def has(self, act: Act) -> bool:
        if act.kind in _ONE_AT_A_TIME and act.pk not in self._latest:
            return False
        if act.kind not in _LASTING and act.at < self._now - WITHIN:
            return False
        look = _LOOKS.get(act.kind)
        return look is None or look(self, act)

    def is_muted(self, act: Act) -> bool:
        until = self._muted.get(act.group_id or 0)
        return until is not None and until > self._now

    def is_out(self, act: Act) -> bool:
        # Who was barred since is kept out by that.
        return act.group_id not in self._muted and act.group_id not in self._barred

    def is_barred(self, act: Act) -> bool:
        return act.group_id in self._barred

    def is_banned(self, act: Act) -> bool:
        return self._is_banned

    def is_hidden(self, act: Act) -> bool:
        return act.pk in self._hidden_by

    def is_hiding(self, act: Act) -> bool:
        # Several stand beside each other: each hid what was shown at its time.
        return act.pk in self._hiding

    def is_warned(self, act: Act) -> bool:
        return act.pk in self._warned


# What is looked at besides whether somebody took it back.
_LOOKS: Mapping[str, Callable[[_Standing, Act], bool]] = {
    "time_out": _Standing.is_muted,
    "remove": _Standing.is_out,
    "bar": _Standing.is_barred,
    "ban": _Standing.is_banned,
    "hide": _Standing.is_hidden,
    "hide_all": _Standing.is_hiding,
    "hide_all_on_site": _Standing.is_hiding,
    "warn": _Standing.is_warned,
}
