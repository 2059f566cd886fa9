"""The tables of verbs: which form reads what a person sends, and which action it is.

A frame on the socket and a form over HTTP come through `perform`, so both obey one set of rules.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms

from discuss import actions
from discuss.actions import Draft
from discuss.forms import GroupForm, MessageForm, NothingForm
from discuss.models import Membership, User


class Verb(NamedTuple):
    form: type[forms.Form]
    action: Callable[..., Any]


# What a member does in a group; the actor is the Membership.
GROUP_VERBS = {
    "post": Verb(MessageForm, actions.post_message),
    "leave": Verb(NothingForm, actions.leave_group),
}
# What a person does in the lobby; the actor is the User.
LOBBY_VERBS = {
    "join": Verb(GroupForm, actions.join_group),
    "leave": Verb(GroupForm, actions.leave_from_lobby),
}


def perform(verb: Verb, actor: Membership | User, data: Mapping[str, Any]) -> forms.Form:
    """Do what `data` asks for. Returns the form: with errors where it was refused or made no sense."""
    form = verb.form(data)
    if form.is_valid():
        try:
            verb.action(actor, **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
    return form


def post_together(
    asked: Sequence[tuple[Membership, Mapping[str, Any]]],
) -> list[forms.Form | None]:
    """Post what several members sent at one moment. Returns a form for each, as `perform` does.

    None stands for one that is to be performed alone: it waits for somebody, or may have been sent before.
    """
    filled = [GROUP_VERBS["post"].form(data) for _, data in asked]
    drafts = {
        number: Draft(member, **form.cleaned_data)
        for number, ((member, _), form) in enumerate(zip(asked, filled, strict=True))
        if form.is_valid()
    }
    stored = dict(zip(drafts, actions.post_messages(list(drafts.values())), strict=True))
    return [form if stored.get(number, True) else None for number, form in enumerate(filled)]
