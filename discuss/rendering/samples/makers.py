"""What makes samples of fragments, for an audience each."""

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any
from uuid import UUID

from discuss.forms import EditForm, NothingForm
from discuss.models import Entry, Group
from discuss.reading.own_groups import OwnGroups
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.samples.made_up import LINES, MEMBERS

type Sample = Callable[[Audience], str]


def states_of(name: str, /, **states: Mapping[str, Any]) -> dict[str, Sample]:
    """Return samples of the fragment of this name, each rendered with what it is given."""

    def sample(given: Mapping[str, Any]) -> Sample:
        return lambda audience: getattr(fragments, name)(audience, **given)

    return {state.replace("_", " "): sample(given) for state, given in states.items()}


def of_line(entry: Entry, *, replaces: bool = False) -> Sample:
    return lambda audience: fragments.line(entry, audience, replaces=replaces)


def of_editing(text: str) -> Sample:
    form = EditForm(initial={"text": text}, member=MEMBERS[0])
    form.entry = LINES["message"]
    return lambda audience: fragments.editing(audience, form=form)


def of_edited(text: str) -> Sample:
    """Return a sample of the answer to who sent this text in the place of another."""
    form = EditForm({"text": text}, member=MEMBERS[0])
    # Which line it is would be looked up.
    del form.fields["line"]
    form.entry = LINES["message"]

    def sample(audience: Audience) -> str:
        return fragments.verb_answered(audience, "editing_answered", actor=MEMBERS[0], form=form)

    return sample


def of_reacted() -> Sample:
    """Return a sample of the answer to who reacted."""
    form = NothingForm({})

    def sample(audience: Audience) -> str:
        return fragments.verb_answered(audience, "reaction_answered", actor=MEMBERS[0], form=form)

    return sample


def of_list(*groups: Group) -> Sample:
    """Return a sample of a page of the lobby's list, to somebody who is in the first of its groups."""

    def sample(audience: Audience) -> str:
        rows = [
            fragments.group_row(audience, group=group, is_member=group is groups[0])
            for group in groups
        ]
        return fragments.group_list_replaced(audience, rows=rows)

    return sample


def of_own(own: OwnGroups, current: UUID | None = None) -> Sample:
    """Return a sample of the list of a person's own groups."""

    def sample(audience: Audience) -> str:
        rows = [
            fragments.own_row(audience, row=row, is_current=row.uuid == current, day=own.day)
            for row in own.rows
        ]
        return fragments.own_groups_replaced(audience, own=own, rows=rows)

    return sample


def of_frame(name: str, lines: Mapping[str, tuple[str, ...]], **given: Any) -> Sample:
    """Return a sample of a fragment that brings lines: which, by the argument that they are."""

    def sample(audience: Audience) -> str:
        rendered = {
            argument: [
                fragments.line(_other(state, number), audience, replaces=argument == "replaced")
                for number, state in enumerate(states)
            ]
            for argument, states in lines.items()
        }
        html: str = getattr(fragments, name)(audience, **rendered, **given)
        return html

    return sample


def _other(state: str, number: int) -> Entry:
    """Return a line in this state with a key of its own."""
    entry = copy(LINES[state])
    entry.pk += number
    return entry
