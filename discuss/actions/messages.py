"""Writing, editing and hiding messages."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from discuss import doorbell
from discuss.actions.change import Change, Refused, next_change
from discuss.db.compiled import Compiled, insert
from discuss.models import Entry, Group, Kind, Membership, User
from discuss.models.group import GroupQuerySet
from discuss.models.membership import MembershipQuerySet


@Compiled
def unlocked(group_ids: list[int]) -> GroupQuerySet:
    return Group.objects.unlocked(group_ids)


@Compiled
def members_standing_among(pks: list[int]) -> MembershipQuerySet:
    return Membership.objects.standing().filter(pk__in=pks)


def post_message(membership: Membership, *, text: str, nonce: str) -> Entry:
    """Write `text` into the group and return the line.

    The same `nonce` with the same text is the same message, stored once: an answer can be lost on its
    way. With another text it is a new message: a form that the browser restored must not swallow one.
    Raises Refused.
    """
    sending = _sending(membership.group_id, text, nonce)
    try:
        with next_change(membership.group_id) as change:
            author = change.admit_member(membership).user
            return change.add_line(Kind.MESSAGE, author=author, text=text, nonce=sending)
    except IntegrityError:
        # Sent before, most likely: that is found out by a constraint and not by a query for each message.
        earlier = Entry.objects.filter(author=membership.user_id, nonce=sending).first()
        if earlier is None:
            raise
        return earlier


class Draft(NamedTuple):
    """A message that someone wants to post, as post_message takes it."""

    membership: Membership
    text: str
    nonce: str


def post_messages(drafts: Sequence[Draft]) -> list[bool]:
    """Write what several people sent at one moment, in one transaction, and return which are stored.

    What is not is for post_message, one by one, which says why: somebody is no member any more, it was sent
    before, the group is gone. Or somebody holds the group's lock: whoever waits for that waits alone.
    """
    try:
        with transaction.atomic():
            heads = {g.pk: g.head for g in unlocked.rows({d.membership.group_id for d in drafts})}
            # Under their locks, as always: who was removed in between is not let in.
            standing = {
                (m.pk, m.group_id)
                for m in members_standing_among.rows({d.membership.pk for d in drafts})
            }
            lines = [_numbered(draft, heads, standing) for draft in drafts]
            written = [line for line in lines if line is not None]
            if written:
                insert(written)
                moved = {line.group_id: heads[line.group_id] for line in written}
                Group.objects.move_heads(moved)
                for group_id, head in moved.items():
                    doorbell.ring_group(group_id, head)
            return [line is not None for line in lines]
    except IntegrityError:
        return [False] * len(drafts)


def _numbered(draft: Draft, heads: dict[int, int], standing: set[tuple[int, int]]) -> Entry | None:
    """Return the draft's line with its group's next number; none where it may not be written now."""
    group_id, author_id = draft.membership.group_id, draft.membership.user_id
    if group_id not in heads or (draft.membership.pk, group_id) not in standing:
        return None
    heads[group_id] += 1
    sending = _sending(group_id, draft.text, draft.nonce)
    change = Change(group_id, heads[group_id])
    return change.new_line(Kind.MESSAGE, author_id=author_id, text=draft.text, nonce=sending)


def edit_message(membership: Membership, *, entry: Entry, text: str) -> Entry:
    """Put `text` in the place of what the author wrote before."""
    with next_change(membership.group_id) as change:
        author = change.admit_member(membership).user
        message = _message(change, entry)
        if message.author_id != author.pk:
            raise Refused("Only its author may edit a message.")
        if message.is_hidden:
            raise Refused("This message was removed.")
        if message.text == text:
            change.withdraw()
        else:
            change.alter_line(message, text=text, edited_at=timezone.now())
        return message


def hide_message(actor: Membership | User, *, entry: Entry) -> Entry:
    """Leave a tombstone in the place of a message: its author may, moderators and staff may."""
    with next_change(entry.group_id) as change:
        actor = change.admit(actor)
        message = _message(change, entry)
        if isinstance(actor, Membership) and not actor.can_alter(message.author_id):
            raise Refused("Only its author or a moderator may remove a message.")
        if message.is_hidden:
            change.withdraw()
        else:
            change.alter_line(message, hidden_at=timezone.now())
        return message


def new_nonce() -> str:
    """Return what tells one sending of a composer from the next."""
    return secrets.token_urlsafe(12)


def _sending(group_id: int, text: str, nonce: str) -> str:
    """Return what is unique for the author's message: of what was sent, not of what stands there now."""
    # Else what was edited in between would be let in again.
    return f"{nonce}.{hashlib.sha256(f'{group_id} {text}'.encode()).hexdigest()[:16]}"


def _message(change: Change, entry: Entry) -> Entry:
    message = Entry.objects.filter(pk=entry.pk, group_id=change.group_id, kind=Kind.MESSAGE).first()
    if message is None:
        raise Refused("There is no such message in this group.")
    return message
