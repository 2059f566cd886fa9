"""Who may see which rows of the record: the one answer to that, for its page and what is exported."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from discuss.models import Act, Case, Group, Membership, User
from discuss.models.act import ActQuerySet
from discuss.models.group_query import GroupQuerySet
from discuss.moderation.reading.scopes import NOTHING, Scope, cases_in, read_scope
from discuss.moderation.rules.told import OF_CASES, OF_FILTERS
from discuss.rules import roles

# The right of Django's by which staff see all of it.
SEE_RECORD = "discuss.view_act"


class RecordScope(NamedTuple):
    """Which rows somebody may see: staff all of them, moderators those of their groups.

    What was done to cases that they may not see is left out: a dismissed report tells that there was one.
    `user` is who looks, as they stand now; None where there is no record for them.
    """

    user: User | None = None
    is_staff: bool = False
    moderated: frozenset[int] = frozenset()
    owned: frozenset[int] = frozenset()
    cases: Scope = NOTHING

    @property
    def is_any(self) -> bool:
        return bool(self.is_staff or self.moderated)

    @property
    def groups(self) -> GroupQuerySet:
        """The groups whose rows there may be, as far as the person may know that they exist."""
        found: GroupQuerySet = Group.objects.findable_by(self.user)
        return found if self.is_staff else found.filter(pk__in=self.moderated)

    def may_see_change(self, act: Act) -> bool:
        """Whether what was before and after is for them: moderators do not write filters."""
        return self.is_staff or act.kind not in OF_FILTERS or act.group_id in self.owned


def read_record_scope(user_id: int) -> RecordScope:
    """Return what this person may see, as they stand now."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return RecordScope()
    places = Membership.objects.filter(user=user_id, group__is_deleted=False)
    ranked = places.filter(role__in=roles.members_who_may("moderate"))
    held = dict(ranked.values_list("group", "role"))
    return RecordScope(
        user,
        user.is_staff and user.has_perm(SEE_RECORD),
        frozenset(held),
        frozenset(pk for pk, role in held.items() if roles.may("filter", role)),
        read_scope(user_id),
    )


def acts_in(scope: RecordScope) -> ActQuerySet:
    """Return the rows that somebody of this scope may see."""
    acts: ActQuerySet = Act.objects.all()
    if not scope.is_any:
        return acts.none()
    if not scope.is_staff:
        acts = acts.filter(group_id__in=scope.moderated)
    theirs = Case.objects.filter(pk=OuterRef("case_id"))
    seen = cases_in(scope.cases).filter(pk=OuterRef("case_id"))
    # A case that went with its group, or with an account, is nobody's secret any more.
    is_told = Q(~Exists(theirs)) | Q(Exists(seen))
    return acts.filter(~Q(kind__in=OF_CASES) | Q(case_id=None) | is_told)


def told_to_person() -> ActQuerySet:
    """Return the rows that those to whom it was done are told of: none that tells of a report."""
    told: ActQuerySet = Act.objects.exclude(kind__in=OF_CASES)
    return told


def cases_seen(scope: RecordScope, pks: set[int]) -> set[int]:
    """Return which of these cases the person may see."""
    if not pks:
        return set()
    return set(cases_in(scope.cases).filter(pk__in=pks).values_list("pk", flat=True))
