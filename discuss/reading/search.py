"""Searching messages: those of one's own groups that anybody there sees, the newest first or the best."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from discuss.db import search_index
from discuss.db.search_index import Wanted
from discuss.models import Entry, Group, Membership, RecentSearch, User
from discuss.rules.excerpts import Piece, excerpt_around, plain
from discuss.rules.queries import Query

# Hits on a page.
PAGE_HITS = 25
# Hits that are counted, and of which the best are chosen.
COUNTED = 100
RANKED = 300
# Messages whose texts are looked through for a phrase; who wants more asks for older ones.
LOOKED_THROUGH = 1_500


@dataclass(frozen=True)
class Hit:
    """A message that was found, and the part of its text that shows why."""

    entry: Entry
    pieces: list[Piece]


@dataclass
class Results:
    """One page of what a search found."""

    hits: list[Hit] = field(default_factory=list)
    # How many there are, as far as they were counted; on a further page none are.
    count: int = 0
    is_more: bool = False
    # Below which key the next page begins, and its number among the best. None: this is the last.
    older: int | None = None
    next_page: int | None = None
    # Not all was looked through to find so many.
    is_cut: bool = False


@dataclass(frozen=True)
class Scope:
    """Where a person may look: their groups, and of these the one that was chosen, if any."""

    user: User
    groups: list[Group]
    chosen: Group | None = None


def read_scope(user: User, chosen: object = None) -> Scope:
    """Return the groups of this person, by name. `chosen` is the uuid of one of them."""
    groups = list(Group.objects.filter(memberships__user=user).in_order())
    return Scope(user, groups, next((group for group in groups if group.uuid == chosen), None))


def newest_hits(scope: Scope, query: Query, *, below: int | None = None) -> Results:
    """Return a page of what was found, the newest first: what is older than the message `below`."""
    wanted = _wanted(scope, query)
    if wanted is None:
        return Results()
    most = COUNTED + 1 if below is None else PAGE_HITS + 1
    found, reached = _find(wanted, scope, below, most)
    shown = found[:PAGE_HITS]
    older = shown[-1].pk if len(found) > PAGE_HITS else reached
    return Results(
        hits=_hits(query, shown),
        count=min(len(found), COUNTED),
        is_more=len(found) > COUNTED or reached is not None,
        older=older,
        is_cut=reached is not None and len(found) <= PAGE_HITS,
    )


def best_hits(scope: Scope, query: Query, *, page: int = 1) -> Results:
    """Return a page of the best of what was found lately, which is of the newest RANKED."""
    wanted = _wanted(scope, query)
    if wanted is None:
        return Results()
    found, reached = _find(wanted, scope, None, RANKED + 1)
    ranked = sorted(found[:RANKED], key=lambda entry: (-query.score(entry.text), -entry.pk))
    first = (page - 1) * PAGE_HITS
    return Results(
        hits=_hits(query, ranked[first : first + PAGE_HITS]),
        count=min(len(found), RANKED),
        is_more=len(found) > RANKED or reached is not None,
        next_page=page + 1 if first + PAGE_HITS < len(ranked) else None,
    )


def read_recent(user: User) -> list[str]:
    """Return what the person searched for of late, the latest first."""
    recent = RecentSearch.objects.filter(user=user).order_by("-searched_at", "-pk")
    return list(recent.values_list("words", flat=True))


def _wanted(scope: Scope, query: Query) -> Wanted | None:
    """Return what the index is asked for; None where there can be nothing."""
    groups = [scope.chosen] if scope.chosen else scope.groups
    if query.groups:
        groups = _named(groups, query.groups)
    authors = _authors(scope.user, query.authors)
    if not groups or (query.authors and not authors):
        return None
    pks = [group.pk for group in groups]
    return Wanted(query, pks, authors, _begin(query.since), _begin(query.until))


def _named(groups: list[Group], keys: Iterable[str]) -> list[Group]:
    """Return the groups of these names, else those whose names begin so."""
    found = []
    for key in keys:
        same = [group for group in groups if group.name_key == key]
        found += same or [group for group in groups if (group.name_key or "").startswith(key)]
    return found


def _authors(user: User, keys: tuple[str, ...]) -> list[int]:
    if not keys:
        return []
    named = Q(username_key__in=keys) | Q(display_key__in=keys)
    found = set(User.objects.filter(named).values_list("pk", flat=True))
    return sorted(found | ({user.pk} if "me" in keys else set()))


def _begin(day: datetime.date | None) -> datetime.datetime | None:
    """Return when this day begins, in the time zone of who asks."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time())) if day else None


class _Found(NamedTuple):
    """A message that is found: as little of it as that takes, because most are only counted."""

    pk: int
    text: str


def _find(
    wanted: Wanted, scope: Scope, below: int | None, most: int
) -> tuple[list[_Found], int | None]:
    """Return the newest messages that are found, and how far texts were looked through: None to the end."""
    found: list[_Found] = []
    looked_through, asked = 0, most
    while True:
        pks = search_index.newest(wanted, below=below, limit=asked)
        found += _look_through(pks, wanted, scope.user)
        looked_through += len(pks)
        if len(pks) < asked or len(found) >= most:
            return found[:most], None
        below = pks[-1]
        if looked_through >= LOOKED_THROUGH:
            return found, below
        asked = LOOKED_THROUGH


def _look_through(pks: list[int], wanted: Wanted, user: User) -> list[_Found]:
    """Return those of these lines that are found: what the index says of them is looked at again.

    The database says of each line whether the person still is a member there. It is not asked for those where
    they are: SQLite would look at all lines of these groups, which takes 100 ms for 500 lines (bench.search).
    """
    if not pks:
        return []
    lines = Entry.objects.visible_messages().filter(pk__in=pks).order_by("-pk")
    if wanted.authors:
        lines = lines.filter(author__in=wanted.authors)
    if wanted.since:
        lines = lines.filter(timestamp__gte=wanted.since)
    if wanted.until:
        lines = lines.filter(timestamp__lt=wanted.until)
    there = Membership.objects.filter(user=user, group=OuterRef("group"), group__is_deleted=False)
    groups = set(wanted.groups)
    return [
        _Found(pk, text)
        for pk, text, group, is_own in lines.values_list("pk", "text", "group", Exists(there))
        if is_own and group in groups and wanted.query.finds(text)
    ]


def _hits(query: Query, found: Iterable[_Found]) -> list[Hit]:
    """Return these as they are shown, in their order."""
    order = [line.pk for line in found]
    shown = Entry.objects.visible_messages().select_related("group", "author")
    lines = shown.annotate(group_uuid=F("group__uuid")).in_bulk(order)  # type: ignore[no-redef]
    return [
        Hit(line, _pieces(query, line.text)) for line in map(lines.get, order) if line is not None
    ]


def _pieces(query: Query, text: str) -> list[Piece]:
    """Return what is shown of a text: without its markup, unless that is what was found."""
    words, places = plain(text), query.places(text)
    if words != text and (not places or query.places(words)):
        return excerpt_around(words, query.places(words))
    return excerpt_around(text, places)
