"""Cases, as moderators see them, and what headers say of them."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.html import escape

from discuss.moderation.forms.reports import ReportForm
from discuss.moderation.reading.case import Done, Kept, KeptLine, Progress, Told, Version
from discuss.moderation.reading.duties import Duties
from discuss.moderation.reading.held import HeldRow
from discuss.moderation.reading.queue import Row
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.samples.made_up import ARABIC, BOB, LEILA, LONG, MEMBERS, NOON, UNBROKEN
from discuss.rendering.samples.makers import Sample, states_of
from discuss.rules.refusals import Code

OPEN = Row(
    5, "message", "open", "Kitchen", "ann", "Soup", NOON, 1, ("spam",), "", False,
    "", None,
)  # fmt: skip
OLD = OPEN._replace(pk=6, report_count=12, reasons=("insult", "hate"), is_old=True)
TAKEN = OLD._replace(state="taken", taken_by="mod", is_old=False)
CLOSED = TAKEN._replace(state="closed", outcome="dismiss", closed_at=NOON)
ROWS = {
    "open": OPEN,
    "old": OLD,
    "taken": TAKEN,
    "closed": CLOSED,
    "of a person": OPEN._replace(kind="person", words="", name=UNBROKEN),
    "of what waits": OPEN._replace(kind="held", report_count=0, reasons=()),
    "of a group": OPEN._replace(kind="group", words="", name=""),
    "of a new account": OPEN._replace(
        kind="sign-up", words="", group="", report_count=0, reasons=()
    ),
    "of someone who is gone": OPEN._replace(name="", words=LONG),
    "right to left": OPEN._replace(name="ليلى", words=ARABIC),
    "of an appeal": OPEN._replace(kind="appeal", reasons=(), report_count=0),
    "of a kind to come": OPEN._replace(kind="other"),
}
REPORTS = (
    Told("bob", "spam", "", NOON, 0, 0),
    Told("", "insult", LONG, NOON, 3, 4),
)
ACTS = (
    Done("hide", "mod", NOON, "spam", "", None, 1, is_undone=True),
    Done("restore", "", NOON, "", LONG, NOON + timedelta(days=1), 1, is_undone=False),
)
KEPT = (
    KeptLine("ann", NOON, escape("Soup"), is_hidden=False, is_reported=False),
    KeptLine("", NOON, escape(LONG), is_hidden=False, is_reported=True),
    KeptLine("ليلى", NOON, escape(ARABIC), is_hidden=True, is_reported=False),
)
PROGRESS = Progress(OPEN, REPORTS[:1], (), None, is_hidden=False)


def _answered(data: dict[str, str]) -> Sample:
    form = ReportForm(data, member=MEMBERS[0])
    # Which line it is would be looked up.
    del form.fields["line"]

    def sample(audience: Audience) -> str:
        return fragments.verb_answered(audience, "report_answered", actor=MEMBERS[0], form=form)

    return sample


def _list(*rows: Row) -> Sample:
    def sample(audience: Audience) -> str:
        html = [fragments.case_row(audience, row=row) for row in rows]
        return fragments.queue_replaced(audience, rows=html)

    return sample


HELD = HeldRow(1, BOB.name, NOON, "new account", NOON, "Soup?\nSoup")
FILTERED = HeldRow(2, LEILA.name, NOON, "filter", NOON, ARABIC)


def _held(name: str, *rows: HeldRow) -> Sample:
    def sample(audience: Audience) -> str:
        rendered = [fragments.held_row(audience, row=row) for row in rows]
        html: str = getattr(fragments, name)(audience, rows=rendered)
        return html

    return sample


SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "case_added": states_of(
        "case_added", at_the_top={"row": OPEN, "above": 0}, below={"row": OLD, "above": 5}
    ),
    "case_changed": states_of("case_changed", **{key: {"row": row} for key, row in ROWS.items()}),
    "case_kept": states_of(
        "case_kept",
        nothing={"kept": Kept()},
        one_message={"kept": Kept(KEPT[:1])},
        edited={"kept": Kept(KEPT, ARABIC, (Version(LONG, NOON), Version("Soup", NOON)))},
        erased={"kept": Kept(tuple(line._replace(html=escape("")) for line in KEPT))},
    ),
    "case_progress": states_of(
        "case_progress",
        new={"progress": PROGRESS},
        taken={"progress": Progress(TAKEN, REPORTS, ACTS, 3, is_hidden=True)},
        closed={"progress": Progress(CLOSED, REPORTS, ACTS, None, is_hidden=True)},
        of_the_site={
            "progress": Progress(OPEN._replace(report_count=0), (), (), None, is_hidden=False)
        },
        of_an_appeal={
            "progress": PROGRESS._replace(row=ROWS["of an appeal"], reports=()),
        },
        of_many={
            "progress": PROGRESS._replace(row=OPEN._replace(report_count=1200)),
        },
    ),
    "case_removed": states_of("case_removed", any={"row": OPEN}),
    "case_row": states_of("case_row", **{key: {"row": row} for key, row in ROWS.items()}),
    "desk_shown": states_of("desk_shown", any={"fingerprint": "0123456789abcdef"}),
    "duties_shown": states_of(
        "duties_shown",
        none={"duties": Duties()},
        moderator={"duties": Duties(0)},
        cases={"duties": Duties(100)},
        answers={"duties": Duties(answers=2)},
        appeals={"duties": Duties(appeals=1)},
        all={"duties": Duties(3, 1, 2)},
    ),
    "held_added": {"some": _held("held_added", HELD, FILTERED)},
    "held_removed": states_of("held_removed", any={"row": HELD}),
    "held_replaced": {
        "nothing": _held("held_replaced"),
        "some": _held("held_replaced", HELD, FILTERED),
    },
    "held_row": states_of(
        "held_row", of_a_new_account={"row": HELD}, by_a_filter={"row": FILTERED}
    ),
    "queue_continued": states_of("queue_continued", last={"beyond": None}, more={"beyond": 12345}),
    "queue_ended": states_of("queue_ended", any={"text": Code.NO_CASE.label}),
    "queue_replaced": {"empty": _list(), "some": _list(OPEN, OLD, TAKEN._replace(pk=7))},
    "report_answered": {
        "done": _answered({"reason": "spam"}),
        "refused": _answered({"reason": "none of these"}),
    },
}
