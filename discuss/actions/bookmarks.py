"""Saving messages for oneself. Nobody else sees it, so it takes no number and rings no bell."""

from django.db import transaction

from discuss.actions.change import members_standing, require
from discuss.forms import LineForm
from discuss.models import Bookmark, Entry, Kind, Membership
from discuss.reading.members import read_relation
from discuss.rules.refusals import Code, Refused
from discuss.verbs import verb


@verb("save", actor=Membership, form=LineForm, limit="react", is_of_line=True)
def save_message(membership: Membership, *, entry: Entry) -> None:
    """Keep a message among those that the person finds again."""
    with transaction.atomic():
        member, message = _reached(membership, entry)
        if message.is_hidden:
            raise Refused(Code.HIDDEN)
        Bookmark.objects.get_or_create(user_id=member.user_id, entry=message)


@verb("unsave", actor=Membership, form=LineForm, limit="react", then="saved", is_of_line=True)
def unsave_message(membership: Membership, *, entry: Entry) -> None:
    """Forget it; also one that was removed since."""
    with transaction.atomic():
        member, message = _reached(membership, entry)
        Bookmark.objects.filter(user=member.user_id, entry=message).delete()


def _reached(membership: Membership, entry: Entry) -> tuple[Membership, Entry]:
    """Return the member and the message as they stand now. Raises Refused."""
    member = members_standing.first(membership.pk, membership.group_id)
    if member is None:
        raise Refused(Code.NOT_A_MEMBER)
    messages = Entry.objects.filter(group=member.group_id, kind=Kind.MESSAGE)
    message = messages.filter(pk=entry.pk).first()
    if message is None:
        raise Refused(Code.NO_MESSAGE)
    relation = read_relation(member.group_id, member.user_id, member.role, message.author_id)
    require("save", member.role, relation, code=Code.NOT_A_MEMBER)
    return member, message
