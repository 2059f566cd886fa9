"""What a filter would have caught: it is tried on the latest messages before it is switched on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F

from discuss.models import Entry, Group, GroupKind, Kind, Membership
from discuss.rules.filters import FilterKind, Folded, Rule, RuleSet
from discuss.rules.roles import STRANGER

# Messages that it is tried on, and of those that it catches the latest, which are shown.
TRIED = 1_000
SHOWN = 30

type Roles = Mapping[tuple[int, int | None], str]


class Trial(NamedTuple):
    """How many messages were looked at, how many of them it caught, and the latest of those."""

    looked_at: int
    total: int
    lines: list[Entry]


def try_rule(rule: Rule, group: Group | None) -> Trial:
    """Return what the rule would have caught in the group, or on the whole site.

    Roles are those of today, and what was edited or removed since is as it is.
    """
    messages = Entry.objects.filter(kind=Kind.MESSAGE, hidden_at=None, group__is_deleted=False)
    # What is played says nothing of what people write.
    latest = messages.exclude(group__kind=GroupKind.PLAY).order_by("-pk")
    if group is not None:
        latest = messages.filter(group=group).order_by("-position")
    named = {"group_name": F("group__name"), "group_uuid": F("group__uuid")}
    found = list(latest.select_related("author").annotate(**named)[:TRIED])
    caught = list(_caught(rule, reversed(found), _roles(found)))
    return Trial(len(found), len(caught), caught[: -SHOWN - 1 : -1])


def _caught(rule: Rule, lines: Iterable[Entry], roles: Roles) -> Iterable[Entry]:
    """Yield of these lines, the oldest first, those that the rule catches."""
    rules = RuleSet([rule])
    said: defaultdict[tuple[object, ...], list[datetime]] = defaultdict(list)
    for line in lines:
        text = Folded(line.text)
        if not rule.applies_to(roles.get((line.group_id, line.author_id), STRANGER)):
            continue
        if not rules.caught(text, len(line.mention_names)):
            continue
        if rule.kind == FilterKind.REPEATED:
            place = line.group_id if rule.group_id is not None else None
            times = said[place, line.author_id, text.digest]
            since = line.timestamp - timedelta(seconds=rule.seconds)
            if sum(time > since for time in times) < rule.number:
                times.append(line.timestamp)
                continue
        yield line


def _roles(lines: Iterable[Entry]) -> Roles:
    groups, people = {line.group_id for line in lines}, {line.author_id for line in lines}
    of_people = Membership.objects.filter(group__in=groups, user__in=people - {None})
    rows = of_people.values_list("group_id", "user_id", "role")
    return {(group_id, user_id): role for group_id, user_id, role in rows}
