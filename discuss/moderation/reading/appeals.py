"""What was done to a person, and what became of what they said against it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from discuss.actions.ranks import SUPERUSER
from discuss.models import Act, Appeal, CaseState, Entry, Group, Membership, User
from discuss.moderation.reading.in_force import acts_in_force
from discuss.moderation.rules.ranks import SEE_CASES, right_of
from discuss.rules import roles
from discuss.rules.moments import Moment
from discuss.rules.reasons import label_of
from discuss.rules.text import Text

_BACKEND = "django.contrib.auth.backends.ModelBackend"
# Acts on one page of one's own.
ACTS_AT_ONCE = 50
# What a person hears of their appeal. LAPSED: it was over before anybody had decided.
WAITING, ACCEPTED, REFUSED, LAPSED = "waiting", "accepted", "refused", "lapsed"
_BECAME = {"accept_appeal": ACCEPTED, "refuse_appeal": REFUSED}


class Said(NamedTuple):
    """An appeal as the person sees it: what they said, what became of it, and why, but not by whom."""

    note: str
    at: datetime
    became: str
    reason: str = ""
    answer: str = ""
    is_new: bool = False

    @property
    def why(self) -> Text:
        return label_of(self.reason)


class OwnAct(NamedTuple):
    """Something that was done to a person, as they see it. `stands` says whether it still does.

    `may_appeal` says whether they may say something against it, as far as that depends on the act.
    """

    act: Act
    group: Group | None
    line: Entry | None
    is_undone: bool
    stands: bool
    said: Said | None
    may_appeal: bool

    @property
    def why(self) -> Text:
        return label_of(self.act.reason)

    @property
    def until(self) -> Moment | None:
        return Moment(self.act.until) if self.act.until else None


class OwnActs(NamedTuple):
    rows: list[OwnAct]
    before: int | None = None


def read_own_acts(
    user_id: int, told: Collection[str], appealable: Collection[str], before: int | None = None
) -> OwnActs:
    """Return what was done to this person, of the kinds that they are told, the latest first."""
    own = Act.objects.filter(user_id=user_id, kind__in=told).order_by("-pk")
    own = own.filter(pk__lt=before) if before is not None else own
    found = list(own[: ACTS_AT_ONCE + 1])
    shown = found[:ACTS_AT_ONCE]
    has_more = len(found) > len(shown)
    return OwnActs(own_acts(user_id, shown, appealable), shown[-1].pk if has_more else None)


def own_acts(user_id: int, acts: Collection[Act], appealable: Collection[str]) -> list[OwnAct]:
    """Return these acts on a person as they see them. Messages are named where they may see them."""
    pks = [act.pk for act in acts]
    groups = Group.objects.in_bulk({act.group_id for act in acts if act.group_id})
    theirs = Membership.objects.filter(user=user_id, group__in=groups)
    places = set(theirs.values_list("group", flat=True))
    entries = Entry.objects.in_bulk({act.entry_id for act in acts if act.entry_id})
    undone = set(Act.objects.filter(undoes_id__in=pks).values_list("undoes_id", flat=True))
    stands, said = acts_in_force(user_id, acts), read_said(Q(act_id__in=pks))
    return [
        OwnAct(
            act,
            groups.get(act.group_id or 0),
            entries.get(act.entry_id or 0) if act.group_id in places else None,
            act.pk in undone,
            act.pk in stands,
            said.get(act.pk),
            act.kind in appealable and act.pk in stands and act.pk not in said,
        )
        for act in acts
    ]


def read_said(which: Q) -> Mapping[int, Said]:
    """Return these appeals by the numbers of the acts that they are against."""
    appeals = list(Appeal.objects.filter(which).select_related("case"))
    cases = [each.case.pk for each in appeals]
    answers = {
        act.case_id: act for act in Act.objects.filter(case_id__in=cases, kind__in=[*_BECAME])
    }
    return {each.act_id: _said(each, answers.get(each.case.pk)) for each in appeals}


def _said(appeal: Appeal, answer: Act | None) -> Said:
    case = appeal.case
    is_closed = case.state == CaseState.CLOSED
    became = _BECAME.get(case.outcome, LAPSED) if is_closed else WAITING
    is_new = is_closed and appeal.told_at is None
    if answer is None:
        return Said(appeal.note, appeal.at, became, is_new=is_new)
    return Said(appeal.note, appeal.at, became, answer.reason, answer.note, is_new)


def latest_ban(user_id: int) -> Act | None:
    """Return the ban of somebody who is banned."""
    bans = Act.objects.filter(kind="ban", user_id=user_id, group_id=None)
    latest: Act | None = bans.order_by("-pk").first()
    return latest if latest and acts_in_force(user_id, [latest]) else None


def has_decider(act: Act, person: User, right: str) -> bool:
    """Whether there is anybody else who may decide about an appeal of this person against the act.

    `right` is the verb of the table of roles by which it is taken back.
    """
    involved = [act.actor_id or 0, person.pk]
    staff = _staff_above(act, person, right)
    if staff.exclude(pk__in=involved).exists():
        return True
    if act.group_id is None or act.role in {roles.STAFF, SUPERUSER}:
        return False
    places = Membership.objects.standing().filter(group=act.group_id)
    theirs = places.filter(user=person.pk).values_list("role", flat=True).first()
    above = [
        role
        for role in roles.members_who_may("moderate")
        if roles.may(right, role, roles.relation(role, theirs or roles.STRANGER))
        and roles.ROLES.index(role) >= roles.ROLES.index(act.role or roles.MEMBER)
    ]
    return places.filter(role__in=above).exclude(user__in=involved).exists()


def _staff_above(act: Act, person: User, right: str) -> QuerySet[User]:
    """Return the staff who see appeals of this person, and may take the act back."""
    may_act: Any = User.objects.with_perm(right_of(right), backend=_BACKEND).filter(is_staff=True)
    sees: Any = User.objects.with_perm(SEE_CASES, backend=_BACKEND)
    staff: QuerySet[User] = may_act.filter(pk__in=sees.values("pk"))
    if person.is_superuser:
        return staff.none()
    if person.is_staff or act.role == SUPERUSER:
        return staff.filter(is_superuser=True)
    return staff
