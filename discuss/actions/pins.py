"""Pinning messages, and unpinning them."""

from discuss.actions.change import Change, next_change, poster_of, refuse, require
from discuss.forms import LineForm
from discuss.models import Entry, Kind, Membership
from discuss.reading.pins import MOST_PINS, pins_of
from discuss.rules.posting import may_react
from discuss.rules.refusals import Code, Refused
from discuss.verbs import verb


@verb("pin", actor=Membership, form=LineForm, limit="post", is_of_line=True)
def pin_message(membership: Membership, *, entry: Entry) -> Entry:
    """Put a message on the group's list of what matters, and say so in its log."""
    with next_change(membership.group_id) as change:
        member, message = _reached(change, membership, entry)
        if message.is_pinned:
            change.withdraw()
            return message
        if pins_of(change.group_id).count() >= MOST_PINS:
            raise Refused(Code.MANY_PINS)
        change.alter_line(message, pin=change.number)
        change.add_line(Kind.PINNED, author=member.user, details={"line": message.position})
        return message


@verb("unpin", actor=Membership, form=LineForm, limit="post", is_of_line=True)
def unpin_message(membership: Membership, *, entry: Entry) -> Entry:
    """Take a message from that list."""
    with next_change(membership.group_id) as change:
        _, message = _reached(change, membership, entry)
        if message.is_pinned:
            # Not NULL: pages have to hear that a line which they list is listed no more.
            change.alter_line(message, pin=0)
        else:
            change.withdraw()
        return message


def _reached(change: Change, membership: Membership, entry: Entry) -> tuple[Membership, Entry]:
    """Return the member and the message as they stand now. Raises Refused."""
    member = change.admit_writer(membership)
    message = change.message(entry)
    relation = change.relation(member, message.author_id)
    opened = member.group.opened
    require("pin", member.role, relation, code=Code.NOT_TO_PIN, opened=opened)
    if "pin" in opened:
        # Where all members pin, it is like reacting.
        refuse(may_react(poster_of(member), member.group.rules))
    if message.is_hidden:
        raise Refused(Code.HIDDEN)
    return member, message
