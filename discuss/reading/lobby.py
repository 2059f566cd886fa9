"""Reading the lobby: the groups of one page of the list, and which of them a person is in."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.core.paginator import Page, Paginator

from discuss.models import Group, Membership

# Groups on one page of the lobby.
PAGE_GROUPS = 50


class Wish(NamedTuple):
    """Which part of the list: the groups that match `words`, page `page` of them (from 1)."""

    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the lobby's list, and the person's own groups in it."""

    wish: Wish
    page: Page[Group]
    joined: frozenset[int]

    @property
    def groups(self) -> list[Group]:
        return list(self.page.object_list)

    @property
    def fingerprint(self) -> str:
        """Return what differs when anything that this list shows differs."""
        shown = [(*facts(group), group.pk in self.joined) for group in self.groups]
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def facts(group: Group) -> tuple[str, str, str, int]:
    """Return what a row of the lobby shows of a group, from Group.objects.listed()."""
    return str(group.uuid), group.name, group.description, group.member_count


def read_listing(wish: Wish, user_id: int) -> Listing:
    """Read one page of the list; a page beyond the last is the last."""
    groups = Group.objects.listed().joined_by(user_id).matching(wish.words)
    page = Paginator(groups, PAGE_GROUPS).get_page(wish.page)
    page.object_list = list(page.object_list)
    joined = frozenset(group.pk for group in page.object_list if group.is_joined)
    return Listing(Wish(wish.words, page.number), page, joined)


def read_groups(pks: Collection[int] | None) -> dict[int, Group]:
    """Read the rows of these groups, or of all of them."""
    groups = Group.objects.listed()
    if pks is not None:
        groups = groups.filter(pk__in=pks)
    return {group.pk: group for group in groups}


def read_joined(user_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Read which groups each of these people is in."""
    joined: dict[int, set[int]] = {user_id: set() for user_id in user_ids}
    pairs = Membership.objects.filter(user__in=joined).values_list("user_id", "group_id")
    for user_id, group_id in pairs:
        joined[user_id].add(group_id)
    return {user_id: frozenset(groups) for user_id, groups in joined.items()}
