"""Who may see which cases: the one answer to that, for pages, counts, sockets and actions."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from discuss.actions.ranks import SUPERUSER
from discuss.db.compiled import Compiled
from discuss.models import Appeal, Case, CaseKind, CaseState, Membership, Role, User
from discuss.moderation.rules.ranks import SEE_CASES
from discuss.rules import roles

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class Scope(NamedTuple):
    """Which cases somebody may see. People of the same rights have equal ones.

    Moderators of groups see what is about people of a lower role there. Staff see all groups; what is about
    staff is for superusers, and nobody sees what is about themselves: `not_about` is a superuser's own key.
    Staff who own groups see all but what is about these as a whole. While an appeal against what one has done
    is open, it is for others: `not_done_by` is the key of who has done something that one is against.
    """

    moderated: frozenset[int] = frozenset()
    owned: frozenset[int] = frozenset()
    is_staff: bool = False
    not_about: int = 0
    not_done_by: int = 0

    @property
    def is_any(self) -> bool:
        """Whether there is a queue for them at all."""
        return bool(self.is_staff or self.moderated or self.owned)

    def has(self, group_id: int) -> bool:
        """Whether cases of this group may be among them; 0 stands for any group."""
        return self.is_staff or not group_id or group_id in self.moderated | self.owned


NOTHING = Scope()


# For speed (bench case connects): the header of each page asks it.
@Compiled
def _offices(user_ids: list[int]) -> QuerySet[Any, tuple[int, int, str]]:
    """In which groups these people are moderators or owners."""
    places = Membership.objects.standing().filter(
        user__in=user_ids, role__in=[Role.MODERATOR, Role.OWNER], group__is_deleted=False
    )
    offices: QuerySet[Any, tuple[int, int, str]] = places.values_list("user", "group", "role")
    return offices


# For speed, as the one above: moderators' headers ask it.
@Compiled
def _appealed_against(user_ids: list[int]) -> QuerySet[Any, int | None]:
    """Which of these people have done something against which an appeal is open."""
    appeals = Appeal.objects.filter(actor_id__in=user_ids).exclude(case__state=CaseState.CLOSED)
    found: QuerySet[Any, int | None] = appeals.values_list("actor_id", flat=True)
    return found


def read_scope(user_id: int) -> Scope:
    return read_scopes([user_id])[user_id]


def read_scopes(
    user_ids: Collection[int], staff_among: Collection[int] | None = None
) -> dict[int, Scope]:
    """Return what each of these people may see, in two statements, and another where one is a moderator.

    `staff_among` are those of them who may be staff, where that is known; for nobody it is one less.
    """
    moderated: defaultdict[int, set[int]] = defaultdict(set)
    owned: defaultdict[int, set[int]] = defaultdict(set)
    for user_id, group_id, role in _offices.rows(list(user_ids)):
        (owned if role == Role.OWNER else moderated)[user_id].add(group_id)
    staff = _read_staff(user_ids if staff_among is None else staff_among)
    scopes = {
        pk: Scope(owned=frozenset(owned[pk]), is_staff=True, not_about=pk if staff[pk] else 0)
        if pk in staff
        else Scope(frozenset(moderated[pk]), frozenset(owned[pk]))
        for pk in user_ids
    }
    ranked = [pk for pk, scope in scopes.items() if scope.is_any]
    for pk in {*_appealed_against.rows(ranked)} if ranked else ():
        if pk is not None:
            scopes[pk] = scopes[pk]._replace(not_done_by=pk)
    return scopes


def _read_staff(user_ids: Collection[int]) -> dict[int, bool]:
    """Return those of these people who see the cases of all groups, and whether each is a superuser."""
    if not user_ids:
        return {}
    with_right = User.objects.with_perm(SEE_CASES, backend=_BACKEND)
    staff = with_right.filter(pk__in=user_ids, is_staff=True)
    return dict(staff.values_list("pk", "is_superuser"))


def cases_in(scope: Scope) -> QuerySet[Case]:
    """Return the cases that people of this scope may see."""
    cases = Case.objects.filter(Q(group=None) | Q(group__is_deleted=False))
    if scope.not_done_by:
        against = Q(kind=CaseKind.APPEAL, appeal__actor_id=scope.not_done_by)
        cases = cases.exclude(against & ~Q(state=CaseState.CLOSED))
    if scope.is_staff:
        # A report of a group is about its owners, too.
        if scope.owned:
            cases = cases.exclude(kind=CaseKind.GROUP, group__in=scope.owned)
        if scope.not_about:
            return cases.exclude(user=scope.not_about)
        cases = cases.exclude(kind=CaseKind.APPEAL, appeal__role=SUPERUSER)
        return cases.exclude(Q(user__is_staff=True) | Q(user__is_superuser=True))
    if not scope.is_any:
        return cases.none()
    theirs = Membership.objects.filter(group=OuterRef("group"), user=OuterRef("user"))
    is_moderator = Exists(theirs.filter(role__in=[Role.MODERATOR, Role.OWNER]))
    is_owner = Exists(theirs.filter(role=Role.OWNER))
    seen = Q(~is_moderator, group__in=scope.moderated) | Q(~is_owner, group__in=scope.owned)
    # What is about a group as a whole is for those above its owners. About what somebody has done nobody of a
    # lower role decides.
    higher = Q(appeal__role__in=[roles.STAFF, SUPERUSER])
    higher |= Q(appeal__role=Role.OWNER, group__in=scope.moderated)
    cases = cases.filter(seen).exclude(kind=CaseKind.GROUP)
    return cases.exclude(higher, kind=CaseKind.APPEAL)
