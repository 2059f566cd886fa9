"""Posting: the one road by which messages come into the logs of groups, a single one too."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from discuss import doorbell, metrics
from discuss.actions import filtering
from discuss.actions.change import Change, write_lines
from discuss.actions.deciding import Admitted, Deciding, Found
from discuss.actions.outcomes import (
    AGAIN,
    Decided,
    Draft,
    Outcome,
    Stored,
    Waiting,
    sending,
    sent_before,
)
from discuss.db.compiled import Compiled
from discuss.forms import MessageForm
from discuss.models import Entry, Group, GroupKind, Kind, Membership
from discuss.models.group_query import GroupQuerySet
from discuss.reading.mentions import read_names
from discuss.rules.filters import Rule
from discuss.rules.mentions import Names, stored_mentions
from discuss.rules.refusals import Code, Refused
from discuss.rules.stored_html import stored_rendering
from discuss.verbs import verb

type Texts = Mapping[tuple[int, str], dict[str, Any]]


@Compiled
def locked(pk: int) -> GroupQuerySet:
    return Group.objects.locked([pk])


@Compiled
def unlocked(group_ids: list[int]) -> GroupQuerySet:
    return Group.objects.unlocked(group_ids)


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
        sent = sent_before(draft)
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
    heads = {pk: group.head for pk, group in groups.items()}
    deciding = Deciding(drafts, groups, found)
    outcomes: list[Decided] = []
    lines: list[Entry] = []
    reported: list[tuple[Entry, Rule]] = []
    for draft in drafts:
        decision = deciding.decide(draft)
        if not isinstance(decision, Admitted):
            outcomes.append(decision)
            continue
        group_id = draft.membership.group_id
        heads[group_id] += 1
        change = Change(group_id, heads[group_id])
        fields = texts[draft.membership.pk, draft.text]
        lines.append(_line(draft, change, reply_to_id=decision.reply_to_id, **fields))
        outcomes.append(Stored(lines[-1]))
        if decision.rule and decision.rule.reports:
            reported.append((lines[-1], decision.rule))
    deciding.write()
    if lines:
        write_lines(lines)
        filtering.report_lines(reported)
        written = sum(groups[line.group_id].kind != GroupKind.PLAY for line in lines)
        transaction.on_commit(partial(metrics.MESSAGES.inc, written))
        moved = {line.group_id: heads[line.group_id] for line in lines}
        Group.objects.move_heads(moved)
        for group_id, head in moved.items():
            doorbell.ring_group(group_id, head)
    return outcomes


def _line(draft: Draft, change: Change, **fields: Any) -> Entry:
    author_id, nonce = draft.membership.user_id, sending(draft)
    return change.new_line(Kind.MESSAGE, author_id=author_id, nonce=nonce, **fields)
