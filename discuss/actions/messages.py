"""Editing and removing messages."""

from django.utils import timezone

from discuss import doorbell
from discuss.actions import filtering
from discuss.actions.change import (
    Change,
    next_change,
    poster_of,
    refuse,
    require,
    role_of,
)
from discuss.actions.filtering import Whose
from discuss.actions.record import write_act
from discuss.forms import EditForm, LineForm
from discuss.models import Act, Entry, GroupKind, Membership, Revision, User
from discuss.reading.mentions import read_names
from discuss.rules.mentions import stored_mentions
from discuss.rules.posting import may_edit
from discuss.rules.refusals import Code, Refused
from discuss.rules.roles import OWN
from discuss.rules.stored_html import stored_rendering
from discuss.verbs import verb


@verb(
    "edit",
    actor=Membership,
    form=EditForm,
    limit="post",
    answer="editing_answered",
    is_of_line=True,
)
def edit_message(membership: Membership, *, entry: Entry, text: str) -> Entry:
    """Put `text` in the place of what the author wrote before, which is kept as a revision.

    What a filter stops is refused, where it would be held as well: the message is there already.
    """
    names = read_names([(membership, text)])[membership.pk]
    rendered = stored_rendering(text, names)
    written = {"text": text, **rendered, **stored_mentions(text, names, rendered["html"])}
    caught = filtering.find(membership.group_id, written)
    rule = None
    with next_change(membership.group_id) as change:
        member = change.admit_writer(membership)
        message = change.message(entry)
        relation = change.relation(member, message.author_id)
        require("edit", member.role, relation, code=Code.NOT_ITS_AUTHOR)
        refuse(may_edit(poster_of(member), member.group.rules, timezone.now()))
        if message.is_hidden:
            raise Refused(Code.HIDDEN)
        if message.text == text:
            change.withdraw()
            return message
        whose = Whose(member.user_id, member.group_id, member.role)
        if caught and member.group.kind != GroupKind.PLAY:
            rule = filtering.decide(caught, whose, timezone.now(), was=message.text)
        if rule and rule.stops:
            change.withdraw()
        else:
            Revision.objects.create(entry=message, text=message.text)
            change.alter_line(message, edited_at=timezone.now(), **written)
            if rule and rule.reports:
                filtering.report_lines([(message, rule)])
    if rule and rule.stops:
        # What is refused was rolled back; the record stays.
        filtering.record_stopped_edit(rule, whose, message)
        raise filtering.refusal_of(rule)
    return message


@verb("hide", actor=Membership, form=LineForm, limit="post", is_of_line=True)
def hide_message(actor: Membership | User, *, entry: Entry) -> Entry:
    """Leave a tombstone in the place of a message: its author may, moderators and staff may.

    Where it is not its author, it is an act of moderation, and in the record.
    """
    with next_change(entry.group_id) as change:
        actor = change.admit(actor)
        message = change.message(entry)
        relation = change.relation(actor, message.author_id)
        if relation != OWN:
            change.admit_host(actor)
        require("hide", role_of(actor), relation, code=Code.NOT_TO_HIDE)
        if message.is_hidden:
            change.withdraw()
        else:
            hide_line(change, message, None if relation == OWN else _record(actor, message))
        return message


def hide_line(change: Change, message: Entry, act: Act | None) -> None:
    """Hide a message by this act; None where its author removed it, which nobody takes back."""
    change.alter_line(message, hidden_at=timezone.now(), hidden_by=act.pk if act else None)
    if act is not None:
        doorbell.ring_hidden(change.group_id, change.number)


def _record(actor: Membership | User, message: Entry) -> Act:
    whom = {"user_id": message.author_id, "group_id": message.group_id, "entry_id": message.pk}
    return write_act("hide", actor=actor, **whom)
