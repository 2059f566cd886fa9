"""Writing, editing and hiding messages."""

import hashlib
import secrets

from django.utils import timezone

from discuss.actions.change import Change, Refused, next_change
from discuss.models import Entry, Kind, Membership, User


def post_message(membership: Membership, *, text: str, nonce: str) -> Entry:
    """Write `text` into the group and return the line.

    The same `nonce` with the same text is the same message, stored once: an answer can be lost on its
    way. With another text it is a new message: a form that the browser restored must not swallow one.
    Raises Refused.
    """
    with next_change(membership.group_id) as change:
        author = change.admit_member(membership).user
        # Of what was sent, not of what stands there now: an edit in between must not let it in again.
        sending = f"{nonce}.{_digest(change.group_id, text)}"
        earlier = Entry.objects.filter(author=author, nonce=sending).first()
        if earlier is not None:
            change.withdraw()
            return earlier
        return change.add_line(Kind.MESSAGE, author=author, text=text, nonce=sending)


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


def _digest(group_id: int, text: str) -> str:
    return hashlib.sha256(f"{group_id} {text}".encode()).hexdigest()[:16]


def _message(change: Change, entry: Entry) -> Entry:
    message = Entry.objects.filter(pk=entry.pk, group_id=change.group_id, kind=Kind.MESSAGE).first()
    if message is None:
        raise Refused("There is no such message in this group.")
    return message
