"""Whether somebody else could decide about an appeal: of no lower role than who did what it is against."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from typing import Any

from django.db.models import Q

from discuss.actions.ranks import SUPERUSER
from discuss.models import Act, Group, Membership, User
from discuss.moderation.rules.ranks import SEE_CASES, right_of
from discuss.rules import roles

_BACKEND = "django.contrib.auth.backends.ModelBackend"

# Of a right and of whether superusers alone count: who has it on the site, as far as it takes to know whether
# there is anybody besides one more.
type Staff = Callable[[str, bool], Collection[int]]


def with_deciders(person: User, rights: Mapping[Act, str]) -> frozenset[int]:
    """Return the numbers of those of these acts on a person about which somebody else may decide.

    `rights` says of each act by which verb of the table of roles it is taken back. It takes two statements,
    and one for each right that there is among them, for superusers and other staff apart.
    """
    group_ids = {act.group_id for act in rights if act.group_id is not None}
    # What is about a group that is gone is in nobody's queue.
    standing = set(Group.objects.filter(pk__in=group_ids).values_list("pk", flat=True))
    staff = cache(partial(_staff, person))
    members = _Members(person, standing)
    return frozenset(
        act.pk
        for act, right in rights.items()
        if (act.group_id is None or act.group_id in standing)
        and (_has_staff(act, person, right, staff) or members.have(act, right))
    )


def _has_staff(act: Act, person: User, right: str, staff: Staff) -> bool:
    """Whether there are others on the staff who see appeals of this person, and may take the act back."""
    if person.is_superuser:
        return False
    return any(pk != act.actor_id for pk in staff(right, person.is_staff or act.role == SUPERUSER))


def _staff(person: User, right: str, is_superuser: bool) -> Collection[int]:
    may_act: Any = User.objects.with_perm(right_of(right), backend=_BACKEND).filter(is_staff=True)
    sees: Any = User.objects.with_perm(SEE_CASES, backend=_BACKEND)
    found = may_act.filter(pk__in=sees.values("pk")).exclude(pk=person.pk)
    if is_superuser:
        found = found.filter(is_superuser=True)
    # One of them may have done it.
    return list(found.values_list("pk", flat=True)[:2])


class _Members:
    """Those who decide in groups, each with their role, and what the person is there."""

    def __init__(self, person: User, group_ids: Collection[int]) -> None:
        self._person = person.pk
        self._theirs: dict[int, str] = {}
        self._others: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        if not group_ids:
            return
        decide = Q(role__in=roles.members_who_may("moderate")) | Q(user=person.pk)
        places = Membership.objects.standing().filter(decide, group__in=group_ids)
        for group_id, user_id, role in places.values_list("group", "user", "role"):
            if user_id == person.pk:
                self._theirs[group_id] = role
            else:
                self._others[group_id].append((user_id, role))

    def have(self, act: Act, right: str) -> bool:
        """Whether one of them, but for who did it, may take the act back."""
        if act.group_id is None or act.role in {roles.STAFF, SUPERUSER}:
            return False
        theirs = self._theirs.get(act.group_id, roles.STRANGER)
        lowest = roles.ROLES.index(act.role or roles.MEMBER)
        return any(
            user_id != act.actor_id
            and roles.ROLES.index(role) >= lowest
            and roles.may(right, role, roles.relation(role, theirs))
            for user_id, role in self._others[act.group_id]
        )
