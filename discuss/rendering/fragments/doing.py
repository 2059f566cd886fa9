"""What a person does to a line: the menu of what they may, and where they edit."""

from collections.abc import Collection, Sequence
from typing import Any

from discuss.forms import EditForm
from discuss.models import Entry
from discuss.reading.reactions import Offered, Reacted
from discuss.rendering.audience import Audience
from discuss.rendering.fragments.at_hand import signs_version
from discuss.rendering.templates import render
from discuss.rules.text import Text


def line_menu(
    audience: Audience,
    *,
    entry: Entry,
    allowed: Collection[str],
    is_saved: bool,
    offered: Sequence[Offered],
    reacted: Sequence[Reacted],
    reply_count: int = 0,
    offers: Sequence[Any] = (),
    may_hide_all: bool = False,
    reasons: Sequence[tuple[str, Text]] = (),
) -> str:
    """What the person may do with the line: `allowed` are verbs (discuss.rules.roles), `offers` acts.

    An offer is a `kind` of act and its `form` (discuss.moderation.actions.offers).
    """
    given = {"allowed": allowed, "is_saved": is_saved, "offered": offered, "reacted": reacted}
    given |= {"reply_count": reply_count, "reasons": reasons, "signs_version": signs_version()}
    given |= {"may_hide_all": may_hide_all}
    return render("line_menu", audience, entry=entry, offers=offers, **given)


def reacted_shown(audience: Audience, *, reacted: Sequence[Reacted]) -> str:
    """Who reacted with what the person points at."""
    return render("reacted_shown", audience, reacted=reacted)


def replying_begun(audience: Audience, *, entry: Entry) -> str:
    """The quote of the message that the person's draft answers from now on."""
    return render("replying_begun", audience, entry=entry, signs_version=signs_version())


def editing(audience: Audience, *, form: EditForm | None) -> str:
    """The message of the form, to be edited; nothing where there is none."""
    return render("editing", audience, form=form, signs_version=signs_version(), oob=True)
