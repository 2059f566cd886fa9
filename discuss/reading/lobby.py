"""Reading the lobby: the groups of one page of the list, and which of them a person is in."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.core.paginator import Page, Paginator

from discuss.models import Group, Membership
from discuss.models.group_query import GroupQuerySet

# Groups on one page of the lobby.
PAGE_GROUPS = 50


class ListQuery(NamedTuple):
    """Which part of the list: the groups that match `words`, page `page` of them (from 1)."""

    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the lobby's list, and the person's own groups in it."""

    query: ListQuery
    page: Page[Group]
    joined: frozenset[int]

    @property
    def groups(self) -> list[Group]:
        return list(self.page.object_list)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.groups, self.joined)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where new groups belong, as the database has it: live pages and fresh ones cannot differ.

    `places` are those of all groups in the list, `matching` which of the new ones each search finds.
    """

    places: dict[int, int]
    matching: dict[str, frozenset[int]]


def facts(group: Group) -> tuple[str, str, str, int]:
    """Return what a row of the lobby shows of a group, from Group.objects.listed()."""
    return str(group.uuid), group.name, group.description, group.member_count


def fingerprint(groups: Iterable[Group], joined: Collection[int]) -> str:
    """Return what differs when anything that a list of these groups shows differs.

    Their order is left out: it is made of what the rows show.
    """
    shown = sorted((*facts(group), group.pk in joined) for group in groups)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def read_listing(query: ListQuery, user_id: int) -> Listing:
    """Read one page of the list; a page beyond the last is the last."""
    page = _read_page(Group.objects.findable_by(user_id).listed().joined_by(user_id), query)
    joined = frozenset(group.pk for group in page.object_list if group.is_joined)
    return Listing(ListQuery(query.words, page.number), page, joined)


def read_listings(asked: Collection[tuple[ListQuery, int]]) -> dict[tuple[ListQuery, int], Listing]:
    """Read the list for several people at once, each its query and its person: what they share, once.

    Whoever finds the same groups shares a list: those that anybody finds, and the same of their own.
    """
    joined = read_joined({user_id for _, user_id in asked})
    is_open = read_open(frozenset().union(*joined.values()))
    pages: dict[tuple[ListQuery, frozenset[int]], Page[Group]] = {}
    listings = {}
    for query, user_id in asked:
        own = joined[user_id] - is_open
        if (query, own) not in pages:
            found = Group.objects.findable_by(None) | Group.objects.filter(pk__in=own)
            pages[query, own] = _read_page(found.listed(), query)
        page = pages[query, own]
        shown = {group.pk for group in page.object_list}
        number = ListQuery(query.words, page.number)
        listings[query, user_id] = Listing(number, page, joined[user_id] & shown)
    return listings


def _read_page(groups: GroupQuerySet, query: ListQuery) -> Page[Group]:
    page = Paginator(groups.matching(query.words), PAGE_GROUPS).get_page(query.page)
    page.object_list = list(page.object_list)
    return page


def read_groups(pks: Collection[int] | None) -> dict[int, Group]:
    """Read the rows of these groups, or of all of them, as far as anybody may find them."""
    groups = Group.objects.findable_by(None).listed()
    if pks is not None:
        groups = groups.filter(pk__in=pks)
    return {group.pk: group for group in groups}


def read_placement(new: Collection[int], searches: Collection[str]) -> Placement:
    """Read where these groups belong, and which of them each of the searches finds."""
    if not new:
        return Placement({}, {})
    # Of all groups, since a page shows those, too, that its person alone finds.
    pks = Group.objects.in_order().values_list("pk", flat=True)
    added = Group.objects.filter(pk__in=new)
    matching = {
        words: frozenset(added.matching(words).values_list("pk", flat=True)) for words in searches
    }
    return Placement({pk: place for place, pk in enumerate(pks)}, matching)


def read_open(pks: Collection[int]) -> frozenset[int]:
    """Read which of these groups anybody may find."""
    return frozenset(
        Group.objects.findable_by(None).filter(pk__in=pks).values_list("pk", flat=True)
    )


def read_joined(user_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Read which groups each of these people is in."""
    joined: dict[int, set[int]] = {user_id: set() for user_id in user_ids}
    pairs = Membership.objects.filter(user__in=joined).values_list("user_id", "group_id")
    for user_id, group_id in pairs:
        joined[user_id].add(group_id)
    return {user_id: frozenset(groups) for user_id, groups in joined.items()}
