"""The tables of verbs: which form reads what a person sends, and which action it is.

A frame on the socket and a form over HTTP come through `perform`, so both obey one set of rules.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms

from discuss import actions
from discuss.actions import AGAIN, Draft, Undecided
from discuss.forms import GroupForm, MessageForm, NothingForm
from discuss.limits import limits
from discuss.models import Membership, User


class Verb(NamedTuple):
    """`limit` is the kind of act that it counts as (discuss/limits.py)."""

    form: Callable[..., forms.Form]
    action: Callable[..., Any]
    limit: str


type Posted = forms.Form | Undecided

# What a member does in a group; the actor is the Membership.
GROUP_VERBS = {
    "post": Verb(MessageForm, actions.post_message, "post"),
    "leave": Verb(NothingForm, actions.leave_group, "membership"),
}
# What a person does in the lobby; the actor is the User.
LOBBY_VERBS = {
    "join": Verb(GroupForm, actions.join_group, "membership"),
    "leave": Verb(GroupForm, actions.leave_from_lobby, "membership"),
}


def perform(
    verb: Verb, actor: Membership | User, data: Mapping[str, Any], *, is_counted: bool = False
) -> forms.Form:
    """Do what `data` asks for. Returns the form: with errors where it was refused or made no sense.

    `is_counted` says that it was counted among what the person may do.
    """
    # What a person does in the lobby names a group, and who may not find it finds none.
    form = verb.form(data, user=actor) if isinstance(actor, User) else verb.form(data)
    if form.is_valid() and (is_counted or _may_go_on(form, verb, actor)):
        try:
            verb.action(actor, **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
    return form


def post_together(asked: Sequence[tuple[Membership, Mapping[str, Any]]]) -> list[Posted]:
    """Post what several members sent at one moment.

    Returns for each its form, as `perform` does, or AGAIN where it has to be performed alone.
    """
    verb = GROUP_VERBS["post"]
    filled = [verb.form(data) for _, data in asked]
    drafts = {
        number: Draft(member, **form.cleaned_data)
        for number, ((member, _), form) in enumerate(zip(asked, filled, strict=True))
        if form.is_valid() and _may_go_on(form, verb, member)
    }
    answers: list[Posted] = list(filled)
    outcomes = actions.post_messages(list(drafts.values()))
    for number, outcome in zip(drafts, outcomes, strict=True):
        if isinstance(outcome, actions.Refused):
            filled[number].add_error(None, str(outcome))
        elif outcome is AGAIN:
            answers[number] = AGAIN
    return answers


def _may_go_on(form: forms.Form, verb: Verb, actor: Membership | User) -> bool:
    user_id = actor.pk if isinstance(actor, User) else actor.user_id
    refusal = limits.refusal(verb.limit, user_id)
    if refusal:
        form.add_error(None, refusal)
    return not refusal
