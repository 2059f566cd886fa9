"""The record as its pages show it: a list page of its rows, with the names of whom and what they name.

Rows name people, groups and messages by numbers. Names are those of now, and there are none where nobody is
there any more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext

from discuss.forms import LAST_NUMBER
from discuss.models import Act, Entry, Filter, Group, Membership, User
from discuss.models.act import ActQuerySet
from discuss.moderation.reading.record_scopes import RecordScope, acts_in, cases_seen
from discuss.rules.moments import Moment
from discuss.rules.reasons import label_of
from discuss.rules.text import Text

# Acts that a person's page shows, and rows on one page of the record.
SHOWN, ROWS_AT_ONCE = 20, 50
# Groups of which each is read by a statement of its own. Of more, all are read by one.
MOST_APART = 10
# How far the clocks of machines, or one that was set, may be apart from the order in which rows were written.
SLACK = timedelta(days=1)


class RecordQuery(NamedTuple):
    """Which rows a list page shows, by numbers; `before` is the last of the page before, 0 on the first.

    `since` and `until` are moments: a row is of the time from the one up to the other.
    """

    group_id: int | None = None
    user_id: int | None = None
    actor_id: int | None = None
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    rule_id: int | None = None
    before: int = 0


class Done(NamedTuple):
    """An act with the names of now: who did it, and to whom; empty where nobody is there any more.

    `place` is its group, and `entry` its message. `rule` is the name of the filter. `case_id` is there where
    the reader may see the case, and `tells_change` says whether what was before and after is for them.
    """

    act: Act
    by: str = ""
    to: str = ""
    place: Group | None = None
    entry: Entry | None = None
    case_id: int | None = None
    rule: str = ""
    undone_by: int | None = None
    is_member: bool = False
    tells_change: bool = True

    @property
    def actor(self) -> str:
        """Who did it, as a sentence says it."""
        if self.by:
            return self.by
        return gettext("someone") if self.act.actor_id else gettext("the site itself")

    @property
    def user(self) -> str:
        return self.to or gettext("someone")

    @property
    def why(self) -> Text:
        """The reason in words; nothing where none was given."""
        return label_of(self.act.reason)

    @property
    def until(self) -> Moment | None:
        return Moment(self.act.until) if self.act.until else None

    @property
    def details(self) -> Mapping[str, Any]:
        return (self.act.details or {}) if self.tells_change else {}


class RecordPage(NamedTuple):
    """Some rows, the latest first; where there are older ones, `before` leads to them."""

    rows: list[Done]
    before: int | None = None


def read_record(scope: RecordScope, query: RecordQuery, most: int = ROWS_AT_ONCE) -> RecordPage:
    """Return the rows of this list page that somebody of this scope may see."""
    found = _latest(scope, query, most + 1)
    shown = found[:most]
    return RecordPage(named(scope, shown), shown[-1].pk if len(found) > most else None)


def _latest(scope: RecordScope, query: RecordQuery, most: int) -> list[Act]:
    """Return the latest of the rows that are asked for.

    Of a few groups each is read by the index that has its rows in order. A database would sort all rows of
    all of them.
    """
    found = matching(scope, query)
    if scope.is_staff or query.group_id is not None or len(scope.moderated) > MOST_APART:
        return list(found[:most])
    rows = [act for pk in scope.moderated for act in found.filter(group_id=pk)[:most]]
    return sorted(rows, key=lambda act: -act.pk)[:most]


def matching(scope: RecordScope, query: RecordQuery) -> ActQuerySet:
    """Return the rows that are asked for, the latest first. Rows are numbered as they were written.

    It takes a statement for each of the times that are asked for.
    """
    acts = acts_in(scope).order_by("-pk")
    equal = {
        "group_id": query.group_id,
        "user_id": query.user_id,
        "actor_id": query.actor_id,
        "kind": query.kind or None,
        "rule_id": query.rule_id,
    }
    acts = acts.filter(**{name: value for name, value in equal.items() if value is not None})
    if query.before:
        acts = acts.filter(pk__lt=query.before)
    if query.since:
        acts = acts.filter(at__gte=query.since, pk__gt=_last_before(query.since - SLACK))
    if query.until:
        acts = acts.filter(at__lt=query.until, pk__lt=_first_after(query.until + SLACK))
    return acts


def _last_before(moment: datetime) -> int:
    """Return the number of the last row before then; an index has it at once."""
    sooner = Act.objects.filter(at__lt=moment).order_by("-at").values_list("pk", flat=True)
    found: int | None = sooner.first()
    return 0 if found is None else found


def _first_after(moment: datetime) -> int:
    later = Act.objects.filter(at__gte=moment).order_by("at").values_list("pk", flat=True)
    found: int | None = later.first()
    return LAST_NUMBER if found is None else found


def named(scope: RecordScope, acts: Sequence[Act]) -> list[Done]:
    """Return these rows with what they name, as far as the person may see that."""
    reader = scope.user
    people = _people(acts)
    groups = scope.groups.in_bulk(_numbers(acts, "group_id"))
    entries = Entry.objects.only("position", "group_id").in_bulk(_numbers(acts, "entry_id"))
    rules = Filter.objects.in_bulk(_numbers(acts, "rule_id"))
    undone = Act.objects.filter(undoes_id__in=[act.pk for act in acts]).order_by("-pk")
    undone_by = dict(undone.values_list("undoes_id", "pk"))
    cases = cases_seen(scope, _numbers(acts, "case_id"))
    theirs = Membership.objects.filter(user=reader, group__in=groups).values_list("group")
    places = {pk for (pk,) in theirs}
    return [
        Done(
            act,
            people.get(act.actor_id or 0, ""),
            people.get(act.user_id or 0, ""),
            groups.get(act.group_id or 0),
            entries.get(act.entry_id or 0),
            act.case_id if act.case_id in cases else None,
            _rule(act, rules),
            undone_by.get(act.pk),
            act.group_id in places,
            scope.may_see_change(act),
        )
        for act in acts
    ]


def read_acts(found: ActQuerySet, most: int = SHOWN) -> list[Done]:
    """Return the latest of these acts, with names of people: in two statements."""
    rows: Sequence[Act] = list(found.order_by("-pk")[:most])
    people = _people(rows)
    return [
        Done(row, people.get(row.actor_id or 0, ""), people.get(row.user_id or 0, ""))
        for row in rows
    ]


def _people(acts: Iterable[Act]) -> Mapping[int, str]:
    pks = {pk for act in acts for pk in (act.actor_id, act.user_id) if pk}
    people: Mapping[int, User] = User.objects.in_bulk(pks)
    return {pk: user.name for pk, user in people.items()}


def _numbers(acts: Collection[Act], name: str) -> set[int]:
    return {number for act in acts if (number := getattr(act, name))}


def _rule(act: Act, rules: Mapping[int, Filter]) -> str:
    """Return what the filter is called, or was."""
    details = act.details or {}
    for known in (details, details.get("after"), details.get("before")):
        if isinstance(known, dict) and known.get("name"):
            return str(known["name"])
    written = rules.get(act.rule_id or 0)
    return written.name if written else ""
