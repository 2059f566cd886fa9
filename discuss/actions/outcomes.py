"""What somebody wants to post, and what becomes of it."""

import hashlib
import secrets
from enum import Enum
from typing import NamedTuple

from discuss.models import Entry, Held, Membership
from discuss.rules.refusals import Refused


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


def new_nonce() -> str:
    """Return what tells one sending of a composer from the next."""
    return secrets.token_urlsafe(12)


def sent_before(draft: Draft) -> Entry | None:
    """Return the line of a message that was sent already, whose answer was lost."""
    author_id, nonce = draft.membership.user_id, sending(draft)
    sent: Entry | None = Entry.objects.filter(author=author_id, nonce=nonce).first()
    return sent


def answered_before(draft: Draft) -> Stored | Waiting | None:
    """Return what became of a message that was sent already, whose answer was lost."""
    if sent := sent_before(draft):
        return Stored(sent)
    if draft.is_approved:
        # It waits until this very line is there.
        return None
    own = Held.objects.filter(user=draft.membership.user_id, nonce=sending(draft)).first()
    return Waiting(own) if own else None


def sending(draft: Draft) -> str:
    """Return what is unique for the author's message: of what was sent, not of what stands there now."""
    if draft.is_approved:
        return draft.nonce
    # Else what was edited in between would be let in again.
    sent = f"{draft.membership.group_id} {draft.text}".encode()
    return f"{draft.nonce}.{hashlib.sha256(sent).hexdigest()[:16]}"
