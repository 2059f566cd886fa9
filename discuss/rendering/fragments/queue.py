"""The queue of cases, a case's page, and what each page's header says of either."""

from collections.abc import Sequence
from typing import Any

from discuss.moderation.actions import acts
from discuss.moderation.reading.case import Kept, Progress
from discuss.moderation.reading.duties import Duties
from discuss.moderation.reading.held import HeldRow
from discuss.moderation.reading.queue import Row
from discuss.moderation.rules.otherwise import OTHERWISE
from discuss.rendering.audience import Audience
from discuss.rendering.templates import render
from discuss.rules.text import Text


def duties_shown(audience: Audience, *, duties: Duties) -> str:
    """The ways to the queue and to one's own reports, with what is new there."""
    return render("duties_shown", audience, duties=duties, oob=True)


def case_row(audience: Audience, *, row: Row) -> str:
    """One case in the queue."""
    return render("case_row", audience, case=row, outcome=label_of(row.outcome))


def case_added(audience: Audience, *, row: Row, above: int) -> str:
    """A case that is new to the list, below the case `above`, or at the top (0)."""
    html = case_row(audience, row=row)
    return render("case_added", audience, rows=[html], above=above)


def case_changed(audience: Audience, *, row: Row) -> str:
    """What of a case in the queue changes: its reports, and who is on it."""
    return render("case_changed", audience, case=row, outcome=label_of(row.outcome), oob=True)


def case_removed(audience: Audience, *, row: Row) -> str:
    """A case that is in the list no more."""
    return render("case_removed", audience, case=row)


def held_row(audience: Audience, *, row: HeldRow) -> str:
    """One message that waits, where it is decided."""
    return render("held_row", audience, waits=row)


def held_added(audience: Audience, *, rows: Sequence[str]) -> str:
    """Messages that wait since a moment, as rendered rows."""
    return render("held_added", audience, rows=rows)


def held_removed(audience: Audience, *, row: HeldRow) -> str:
    """A message that waits no more."""
    return render("held_removed", audience, waits=row)


def held_replaced(audience: Audience, *, rows: Sequence[str]) -> str:
    """All that waits in a group, as rendered rows."""
    return render("held_replaced", audience, rows=rows, oob=True)


def queue_replaced(audience: Audience, *, rows: Sequence[str]) -> str:
    """The list anew: its rendered rows."""
    return render("queue_replaced", audience, rows=rows, oob=True)


def queue_continued(audience: Audience, *, beyond: int | None) -> str:
    """The way to the next list page of the queue, where there is one."""
    return render("queue_continued", audience, beyond=beyond, oob=True)


def queue_ended(audience: Audience, *, text: Text) -> str:
    """The end of a page of the queue, or of a case, for somebody who may not see it any more."""
    return render("queue_ended", audience, text=text)


def case_progress(audience: Audience, *, progress: Progress) -> str:
    """How far a case has come: who is on it, who reported it, and what was done for it."""
    return render("case_progress", audience, **progress_context(progress), oob=True)


def case_kept(audience: Audience, *, kept: Kept) -> str:
    """What a case is about: the message as it was, with those around it, and what it says by now."""
    return render("case_kept", audience, kept=kept, oob=True)


def progress_context(progress: Progress) -> dict[str, Any]:
    """Return what the template of a case's progress shows."""
    return {
        "progress": progress,
        "outcome": label_of(progress.row.outcome),
        "done": [(each, label_of(each.kind)) for each in progress.acts],
    }


def desk_shown(audience: Audience, *, fingerprint: str) -> str:
    """What a page shows of the queue, or of a case, to be told at its next resume."""
    return render("desk_shown", audience, fingerprint=fingerprint, oob=True)


def label_of(kind: str) -> Text:
    """Return what an act that was done is called; one of another version by its name."""
    return acts[kind].done if kind in acts else OTHERWISE.get(kind, kind)
