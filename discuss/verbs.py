"""Verbs: what a person may ask for, over the socket and by a form over HTTP alike.

`@verb` makes a verb of an action. Its form reads what was sent, and both edges come through `perform`, so
they obey one set of rules.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django import forms

from discuss.limits import limits
from discuss.models import Membership, User
from discuss.rules.refusals import Refused

# Who acts: a member in a group's page, or a person in the lobby.
type Actor = Membership | User


class Verb(NamedTuple):
    """What `name` means for this kind of actor.

    `limit` is the kind of act that it counts as (discuss/limits.py). `answer` is the fragment that the
    actor's page gains, done or refused, if any. `then` is where a browser without JavaScript goes on to:
    the group, the lobby, the page of the line, or another page of this name. A verb that `is_of_line` is
    done to a line: its form is a LineForm, and its address names the line.
    """

    name: str
    action: Callable[..., Any]
    actor: type[Membership] | type[User]
    form: Callable[..., forms.Form]
    limit: str
    answer: str
    then: str
    is_of_line: bool = False


# What each kind of actor may ask for, by its name.
_verbs: dict[type, dict[str, Verb]] = {Membership: {}, User: {}}


def verb[**P, R](
    name: str,
    *,
    actor: type[Membership] | type[User],
    form: Callable[..., forms.Form],
    limit: str,
    answer: str = "",
    then: str = "",
    is_of_line: bool = False,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a verb of this name of an action.

    The action's first argument is the actor, and the others are what the form reads.
    """
    then = then or ("line" if is_of_line else "group")

    def register(action: Callable[P, R]) -> Callable[P, R]:
        _verbs[actor][name] = Verb(name, action, actor, form, limit, answer, then, is_of_line)
        return action

    return register


def verbs_of(actor: type[Membership] | type[User]) -> dict[str, Verb]:
    """Return what this kind of actor may ask for, by its name; what is added later is in it as well."""
    return _verbs[actor]


def plain_verbs() -> dict[str, Verb]:
    """Return what is asked for by a form over HTTP, by its name.

    Where a person as well as a member may do it, it is the person: who is no member any more is told so.
    """
    return verbs_of(Membership) | verbs_of(User)


def perform(
    verb: Verb, actor: Actor, data: Mapping[str, Any], *, is_counted: bool = False
) -> forms.Form:
    """Do what `data` asks for. Returns the form: with errors where it was refused or made no sense.

    `is_counted` says that it was counted among what the person may do.
    """
    form = _form(verb, actor, data)
    if form.is_valid() and (is_counted or may_go_on(form, verb, actor)):
        try:
            verb.action(actor, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, forms.ValidationError(refusal.text, refusal.code))
    return form


def _form(verb: Verb, actor: Actor, data: Mapping[str, Any]) -> forms.Form:
    if isinstance(actor, User):
        # What a person does in the lobby names a group, and who may not find it finds none.
        return verb.form(data, user=actor)
    return verb.form(data, member=actor) if verb.is_of_line else verb.form(data)


def may_go_on(form: forms.Form, verb: Verb, actor: Actor) -> bool:
    """Count it among what the person may do, and all of the group; the form says where it is too much."""
    user_id = actor.pk if isinstance(actor, User) else actor.user_id
    group = form.cleaned_data.get("group") if isinstance(actor, User) else None
    group_id = group.pk if group else getattr(actor, "group_id", 0)
    # What one person may not takes nothing from the others of the group.
    refusal = limits.refusal(verb.limit, user_id) or (
        limits.refusal(f"group_{verb.limit}", group_id) if group_id else ""
    )
    if refusal:
        form.add_error(None, refusal)
    return not refusal
