"""The filters of this process: read and made ready once, so that whoever posts asks no database.

They are read by a keeper (discuss/live/keeper.py), and by whoever asks first, where there is no hub.
"""

import threading
from collections.abc import Mapping
from typing import NamedTuple

from discuss.models import Filter
from discuss.rules.filters import Rule, RuleSet

# Of each rule that is switched on its key and its version.
type Signature = tuple[tuple[int, int], ...]

# Of no rule at all.
NOTHING: tuple[RuleSet, ...] = ()


class Known(NamedTuple):
    """The rules that are switched on: those of each group that has some, the site's among them."""

    signature: Signature | None
    by_group: Mapping[int, tuple[RuleSet, ...]]
    of_site: tuple[RuleSet, ...]
    made: Mapping[int | None, RuleSet]


class KnownFilters:
    """The filters of each group. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: Known | None = None

    def of_group(self, group_id: int) -> tuple[RuleSet, ...]:
        """Return the rules for what is said in this group."""
        known = self._known or self.renew()
        return known.by_group.get(group_id, known.of_site)

    def of_site(self) -> tuple[RuleSet, ...]:
        """Return the rules for the whole site."""
        return (self._known or self.renew()).of_site

    def renew(self) -> Known:
        """Read them, where they are others than those that are known. Only what has changed is made anew."""
        with self._lock:
            signature, known = _signature(), self._known
            if known is None or known.signature != signature:
                known = self._known = _read(known.made if known else {})
            return known

    def forget(self, *, is_none: bool = False) -> None:
        """Know nothing any more; or for tests, that there are none."""
        self._known = Known(None, {}, NOTHING, {}) if is_none else None


known_filters = KnownFilters()


def _signature() -> Signature:
    """Return what is another one after each change. Two changes can leave a sum as it was."""
    return tuple(Filter.objects.on().order_by("pk").values_list("pk", "version"))


def _read(made: Mapping[int | None, RuleSet]) -> Known:
    # One statement says what the rules are and their signature: between two, one of them may be written.
    rows = list(Filter.objects.on().order_by("pk"))
    by_group: dict[int | None, list[Rule]] = {}
    for row in rows:
        by_group.setdefault(row.group_id, []).append(row.rule)
    ready = {}
    for group_id, rules in by_group.items():
        before = made.get(group_id)
        is_same = before is not None and before.rules == tuple(rules)
        ready[group_id] = before if before and is_same else RuleSet(rules)
    of_site = (ready[None],) if None in ready else NOTHING
    groups = {pk: (*of_site, rules) for pk, rules in ready.items() if pk is not None}
    return Known(tuple((row.pk, row.version) for row in rows), groups, of_site, ready)
