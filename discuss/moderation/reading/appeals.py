"""What was done to a person, and what became of what they said against it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from discuss.models import Act, Appeal, CaseState, Entry, Group, Membership, User
from discuss.moderation.reading.deciders import with_deciders
from discuss.moderation.reading.in_force import acts_in_force
from discuss.rules.moments import Moment
from discuss.rules.reasons import label_of
from discuss.rules.text import Text

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

    `may_appeal` says whether they may say something against it: once, and where somebody else could decide.
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
    person: User, told: Collection[str], rights: Mapping[str, str], before: int | None = None
) -> OwnActs:
    """Return what was done to this person, of the kinds that they are told, the latest first.

    `rights` are the kinds that one may appeal against, each with the verb by which it is taken back.
    """
    own = Act.objects.filter(user_id=person.pk, kind__in=told).order_by("-pk")
    own = own.filter(pk__lt=before) if before is not None else own
    found = list(own[: ACTS_AT_ONCE + 1])
    shown = found[:ACTS_AT_ONCE]
    has_more = len(found) > len(shown)
    return OwnActs(own_acts(person, shown, rights), shown[-1].pk if has_more else None)


def own_acts(person: User, acts: Collection[Act], rights: Mapping[str, str]) -> list[OwnAct]:
    """Return these acts on a person as they see them. Messages are named where they may see them."""
    pks = [act.pk for act in acts]
    groups = Group.objects.in_bulk({act.group_id for act in acts if act.group_id})
    theirs = Membership.objects.filter(user=person, group__in=groups)
    places = set(theirs.values_list("group", flat=True))
    entries = Entry.objects.in_bulk({act.entry_id for act in acts if act.entry_id})
    undone = set(Act.objects.filter(undoes_id__in=pks).values_list("undoes_id", flat=True))
    stands, said = acts_in_force(person.pk, acts), read_said(Q(act_id__in=pks))
    asked = {
        act: rights[act.kind]
        for act in acts
        if act.kind in rights and act.pk in stands and act.pk not in said
    }
    may_appeal = with_deciders(person, asked)
    return [
        OwnAct(
            act,
            groups.get(act.group_id or 0),
            entries.get(act.entry_id or 0) if act.group_id in places else None,
            act.pk in undone,
            act.pk in stands,
            said.get(act.pk),
            act.pk in may_appeal,
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
