"""Posting: the one road by which messages come into the logs of groups, a single one too."""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import partial, reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from discuss import doorbell, metrics
from discuss.actions import filtering
from discuss.actions.change import Change, write_lines
from discuss.actions.filtering import Caught, Whose
from discuss.actions.pace import Pace
from discuss.actions.waiting import hold
from discuss.db.compiled import Compiled
from discuss.forms import MessageForm
from discuss.models import Entry, Group, Held, Kind, Membership
from discuss.models.group import GroupQuerySet
from discuss.models.membership import MembershipQuerySet
from discuss.reading.mentions import read_names
from discuss.rules.filters import Does, Rule
from discuss.rules.mentions import Names, stored_mentions
from discuss.rules.posting import Poster, Rules, is_held, may_post
from discuss.rules.refusals import Code, Refused
from discuss.rules.stored_html import stored_rendering
from discuss.verbs import verb


class Draft(NamedTuple):
    """A message that someone wants to post."""

    membership: Membership
    text: str
    nonce: str
    # The position of the message that it answers.
    reply_to: int | None = None
    # It was held, and a moderator has approved it. Then `nonce` is the line's.
    is_approved: bool = False


class Stored(NamedTuple):
    """The message is in the log: as this line, now or since it was sent before."""

    entry: Entry


class Waiting(NamedTuple):
    """It is not in the log: a moderator decides whether it comes there."""

    held: Held


class Undecided(Enum):
    """Nothing was written, and the message has to be posted by itself (post_message).

    Somebody holds its group's lock, or the group is gone, or a message of the batch was sent before.
    """

    AGAIN = "again"


AGAIN = Undecided.AGAIN
type Decided = Stored | Waiting | Refused
type Outcome = Decided | Undecided
type Texts = Mapping[tuple[int, str], dict[str, Any]]
# What filters found in some of these texts.
type Found = Mapping[tuple[int, str], Caught]


@Compiled
def locked(pk: int) -> GroupQuerySet:
    return Group.objects.locked([pk])


@Compiled
def unlocked(group_ids: list[int]) -> GroupQuerySet:
    return Group.objects.unlocked(group_ids)


@Compiled
def posters(pks: list[int]) -> MembershipQuerySet:
    """Of these memberships those whose people may act at all, with what decides what they may write."""
    return Membership.objects.standing().with_warnings().with_account_since().filter(pk__in=pks)


def post_message(
    membership: Membership, *, text: str, nonce: str, reply_to: int | None = None
) -> Entry:
    """Write `text` into the group as send_message does, and return the line.

    Raises Refused, where a moderator has to approve it too: then it is kept, and waits.
    """
    outcome = send_message(membership, text=text, nonce=nonce, reply_to=reply_to)
    if isinstance(outcome, Waiting):
        raise Refused(Code.HELD)
    return outcome.entry


@verb("post", actor=Membership, form=MessageForm, limit="post")
def send_message(
    membership: Membership, *, text: str, nonce: str, reply_to: int | None = None
) -> Stored | Waiting:
    """Write `text` into the group, or keep it for a moderator; waits for the group's lock.

    The same `nonce` with the same text is the same message, stored once: an answer can be lost on its
    way. With another text it is a new message: a form that the browser restored must not swallow one.
    Raises Refused.
    """
    draft = Draft(membership, text, nonce, reply_to)
    texts = _rendered([draft])
    found = _found([draft], texts)
    try:
        with transaction.atomic():
            group = locked.first(membership.group_id)
            if group is None:
                raise Refused(Code.GONE)
            (outcome,) = _post([draft], {group.pk: group}, texts, found)
    except IntegrityError:
        # Sent before, most likely: that is found out by a constraint and not by a query for each message.
        sent = _sent_before(draft)
        if sent is None:
            raise
        return Stored(sent)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def post_messages(drafts: Sequence[Draft]) -> list[Outcome]:
    """Write what several people sent at one moment, in one transaction that waits for no group's lock."""
    texts = _rendered(drafts)
    found = _found(drafts, texts)
    try:
        with transaction.atomic():
            groups = {g.pk: g for g in unlocked.rows({d.membership.group_id for d in drafts})}
            free = [draft for draft in drafts if draft.membership.group_id in groups]
            outcomes = iter(_post(free, groups, texts, found))
            return [next(outcomes) if d.membership.group_id in groups else AGAIN for d in drafts]
    except IntegrityError:
        return [AGAIN] * len(drafts)


def new_nonce() -> str:
    """Return what tells one sending of a composer from the next."""
    return secrets.token_urlsafe(12)


def _rendered(drafts: Sequence[Draft]) -> Texts:
    """Return the fields of a line that hold each text, by the membership of who writes it, and the text.

    This comes before any lock, because to find the links of a text may take 2 ms, and whom it mentions a
    statement. Whoever joins or leaves between the two is mentioned or not as it was then.
    """
    names = read_names([(draft.membership, draft.text) for draft in drafts])
    return {
        (draft.membership.pk, draft.text): _fields_of(draft.text, names[draft.membership.pk])
        for draft in drafts
    }


def _fields_of(text: str, names: Names) -> dict[str, Any]:
    rendered = stored_rendering(text, names)
    return {"text": text, **rendered, **stored_mentions(text, names, rendered["html"])}


def _found(drafts: Sequence[Draft], texts: Texts) -> Found:
    """Return what filters find in these texts: before any lock, since it takes a while."""
    if not filtering.has_rules({draft.membership.group_id for draft in drafts}):
        return {}
    found = {}
    for draft in drafts:
        key = draft.membership.pk, draft.text
        # A moderator decides about what was held, whatever filters there are.
        if not draft.is_approved and (
            caught := filtering.find(draft.membership.group_id, texts[key])
        ):
            found[key] = caught
    return found


def _post(
    drafts: Sequence[Draft], groups: Mapping[int, Group], texts: Texts, found: Found
) -> list[Decided]:
    """Write the drafts that may be posted into these groups, which are locked, and hold those that wait."""
    heads, now = {pk: group.head for pk, group in groups.items()}, timezone.now()
    # Read under the locks: who was removed in between is not let in.
    standing = {
        m.pk: Poster(m.group_id, m.role, m.muted_until, m.must_read, m.joined_at, m.account_since)
        for m in posters.rows({draft.membership.pk for draft in drafts})
    }
    answered = _answered(drafts)
    outcomes: list[Decided] = []
    lines: list[Entry] = []
    reported: list[tuple[Entry, Rule]] = []
    pace = Pace(groups.values(), now)
    for draft in drafts:
        group_id = draft.membership.group_id
        rules, poster = groups[group_id].rules, standing.get(draft.membership.pk)
        if draft.is_approved:
            # A moderator says so, whatever else holds. Its author must still be a member.
            rules, poster = Rules(), poster and Poster(poster.group_id, poster.role)
        else:
            poster = pace.of(draft.membership, poster)
        refusal = may_post(poster, group_id, rules, now)
        reply_to_id = answered.get((group_id, draft.reply_to))
        if draft.reply_to is not None and reply_to_id is None:
            refusal = refusal or Refused(Code.NO_MESSAGE)
        if refusal or poster is None:
            outcomes.append(_unless_sent(draft, poster, refusal or Refused(Code.NOT_A_MEMBER)))
            continue
        rule, stopped = _filtered(draft, poster, found, now)
        if stopped is None and is_held(poster, rules, now):
            stopped = _hold(draft)
        if stopped is not None:
            outcomes.append(stopped)
            if isinstance(stopped, Waiting):
                pace.note(draft.membership, poster)
            continue
        if not draft.is_approved:
            pace.note(draft.membership, poster)
        heads[group_id] += 1
        change = Change(group_id, heads[group_id])
        fields = texts[draft.membership.pk, draft.text]
        lines.append(_line(draft, change, reply_to_id=reply_to_id, **fields))
        outcomes.append(Stored(lines[-1]))
        if rule and rule.reports:
            reported.append((lines[-1], rule))
    pace.write()
    if lines:
        write_lines(lines)
        filtering.report_lines(reported)
        transaction.on_commit(partial(metrics.MESSAGES.inc, len(lines)))
        moved = {line.group_id: heads[line.group_id] for line in lines}
        Group.objects.move_heads(moved)
        for group_id, head in moved.items():
            doorbell.ring_group(group_id, head)
    return outcomes


def _filtered(
    draft: Draft, poster: Poster, found: Found, now: datetime
) -> tuple[Rule | None, Decided | None]:
    """Return the rule that a draft breaks, and what becomes of it where it does not go into the log."""
    caught = found.get((draft.membership.pk, draft.text))
    if caught is None:
        return None, None
    if sent := _sent_before(draft):
        return None, Stored(sent)
    whose = Whose(draft.membership.user_id, poster.group_id, poster.role)
    rule = filtering.decide(caught, whose, now)
    if rule is None or not rule.stops:
        return rule, None
    if rule.does == Does.HOLD:
        return rule, _kept(draft, partial(filtering.hold, rule, whose))
    filtering.record_hit(rule, whose)
    return rule, filtering.refusal_of(rule)


def _unless_sent(draft: Draft, poster: Poster | None, refusal: Refused) -> Stored | Refused:
    """Refuse it, unless it was sent before and its answer was lost: then it is stored already."""
    sent = _sent_before(draft) if poster else None
    return Stored(sent) if sent else refusal


def _hold(draft: Draft) -> Decided:
    """Keep it for a moderator, unless it was sent before: then it is approved by now, or waits already."""
    if sent := _sent_before(draft):
        return Stored(sent)
    member = draft.membership
    return _kept(draft, partial(hold, group_id=member.group_id, user_id=member.user_id))


def _kept(draft: Draft, keep: Callable[..., Held]) -> Waiting | Refused:
    try:
        return Waiting(keep(text=draft.text, nonce=_sending(draft), reply_to=draft.reply_to))
    except Refused as refusal:
        return refusal


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


def _line(draft: Draft, change: Change, **fields: Any) -> Entry:
    author_id, nonce = draft.membership.user_id, _sending(draft)
    return change.new_line(Kind.MESSAGE, author_id=author_id, nonce=nonce, **fields)


def _sent_before(draft: Draft) -> Entry | None:
    """Return the line of a message that was sent already, whose answer was lost."""
    author_id, nonce = draft.membership.user_id, _sending(draft)
    sent: Entry | None = Entry.objects.filter(author=author_id, nonce=nonce).first()
    return sent


def _sending(draft: Draft) -> str:
    """Return what is unique for the author's message: of what was sent, not of what stands there now."""
    if draft.is_approved:
        return draft.nonce
    # Else what was edited in between would be let in again.
    sent = f"{draft.membership.group_id} {draft.text}".encode()
    return f"{draft.nonce}.{hashlib.sha256(sent).hexdigest()[:16]}"
