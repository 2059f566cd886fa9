"""What becomes of messages on pages that list them apart from their logs."""

from collections.abc import Collection, Sequence

from discuss.models import Entry, Revision
from discuss.rendering.audience import Audience
from discuss.rendering.fragments.lines import words
from discuss.rendering.templates import render
from discuss.rules.text import Text


def words_said(audience: Audience, *, changed: Sequence[Entry], is_whole: bool) -> str:
    """What messages say by now: their whole texts, or the beginning."""
    return words("words_said", audience, changed, is_whole=is_whole)


def words_lost(audience: Audience, *, lost: Collection[int]) -> str:
    """Of messages, by their keys, that the person may not read any more."""
    return render("words_lost", audience, lost=lost)


def versions_shown(audience: Audience, *, revisions: Collection[Revision]) -> str:
    """What a message said before, the latest first."""
    return render("versions_shown", audience, revisions=revisions, oob=True)


def sight(audience: Audience) -> str:
    """What the page shows of hidden messages."""
    return render("sight", audience, sight=audience.sight, oob=True)


def listed_ended(audience: Audience, *, text: Text) -> str:
    """The end of a page of some lines, for somebody who may not see them any more."""
    return render("listed_ended", audience, text=text)
