"""What becomes of drafts, decided under the locks of their groups: into the log, or why not."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from discuss.actions import filtering
from discuss.actions.filtering import Caught, Whose
from discuss.actions.outcomes import Decided, Draft, Waiting, answered_before, sending
from discuss.actions.pace import Pace
from discuss.actions.waiting import hold
from discuss.db.compiled import Compiled
from discuss.models import Entry, Group, GroupKind, Held, Kind, Membership
from discuss.models.membership import MembershipQuerySet
from discuss.rules.filters import Does, Rule
from discuss.rules.posting import Poster, Rules, is_held, may_post
from discuss.rules.refusals import Code, Refused

# What filters found in some texts, by the membership of who writes each.
type Found = Mapping[tuple[int, str], Caught]


class Admitted(NamedTuple):
    """It goes into the log: which message it answers, by its key, and which rule of a filter it breaks."""

    reply_to_id: int | None
    rule: Rule | None


@Compiled
def posters(pks: list[int]) -> MembershipQuerySet:
    """Of these memberships those whose people may act at all, with what decides what they may write."""
    return Membership.objects.standing().with_warnings().with_account_since().filter(pk__in=pks)


class Deciding:
    """Decides about the drafts of one batch, one after the other, in groups that are locked."""

    def __init__(self, drafts: Sequence[Draft], groups: Mapping[int, Group], found: Found) -> None:
        self._groups, self._found, self._now = groups, found, timezone.now()
        # Read under the locks: who was removed in between is not let in.
        self._standing = {
            m.pk: Poster(
                m.group_id, m.role, m.muted_until, m.must_read, m.joined_at, m.account_since
            )
            for m in posters.rows({draft.membership.pk for draft in drafts})
        }
        self._answered = _answered(drafts)
        self._pace = Pace(groups.values(), self._now)

    def decide(self, draft: Draft) -> Decided | Admitted:
        group_id = draft.membership.group_id
        rules, poster = self._groups[group_id].rules, self._standing.get(draft.membership.pk)
        if draft.is_approved:
            # A moderator says so, whatever else holds. Its author must still be a member.
            rules, poster = Rules(), poster and Poster(poster.group_id, poster.role)
        else:
            poster = self._pace.of(draft.membership, poster)
        refusal = may_post(poster, group_id, rules, self._now)
        reply_to_id = self._answered.get((group_id, draft.reply_to))
        if draft.reply_to is not None and reply_to_id is None:
            refusal = refusal or Refused(Code.NO_MESSAGE)
        if refusal or poster is None:
            before = answered_before(draft) if poster else None
            return before or refusal or Refused(Code.NOT_A_MEMBER)
        rule, stopped = self._filtered(draft, poster)
        if stopped is None and is_held(poster, rules, self._now):
            member = draft.membership
            keep = partial(hold, group_id=member.group_id, user_id=member.user_id)
            stopped = answered_before(draft) or self._kept(draft, poster, keep)
        if not draft.is_approved and stopped is None:
            self._pace.note(draft.membership, poster)
        return stopped or Admitted(reply_to_id, rule)

    def write(self) -> None:
        """Write when each of these people wrote, where that counts."""
        self._pace.write()

    def _filtered(self, draft: Draft, poster: Poster) -> tuple[Rule | None, Decided | None]:
        """Return the rule that a draft breaks, and what becomes of it where it does not go into the log."""
        caught = self._found.get((draft.membership.pk, draft.text))
        if caught is None or self._groups[poster.group_id].kind == GroupKind.PLAY:
            return None, None
        if before := answered_before(draft):
            return None, before
        whose = Whose(draft.membership.user_id, poster.group_id, poster.role)
        rule = filtering.decide(caught, whose, self._now)
        if rule is None or not rule.stops:
            return rule, None
        if rule.does == Does.HOLD:
            return rule, self._kept(draft, poster, partial(filtering.hold, rule, whose))
        filtering.record_stopped(rule, whose)
        return rule, filtering.refusal_of(rule)

    def _kept(self, draft: Draft, poster: Poster, keep: Callable[..., Held]) -> Waiting | Refused:
        """Keep it for a moderator, for the first time."""
        try:
            kept = keep(text=draft.text, nonce=sending(draft), reply_to=draft.reply_to)
        except Refused as refusal:
            return refusal
        self._pace.note(draft.membership, poster)
        return Waiting(kept)


def _answered(drafts: Sequence[Draft]) -> dict[tuple[int, int | None], int]:
    """Return the key of each message that a draft answers, by its group and position.

    One that was removed meanwhile can be answered: its quote says so, as it would a moment later.
    """
    places: dict[int, set[int]] = {}
    for draft in drafts:
        if draft.reply_to is not None:
            places.setdefault(draft.membership.group_id, set()).add(draft.reply_to)
    if not places:
        return {}
    some = [Q(group=pk, position__in=positions) for pk, positions in places.items()]
    found = Entry.objects.filter(reduce(or_, some), kind=Kind.MESSAGE)
    return {(pk, number): key for pk, number, key in found.values_list("group", "position", "pk")}
