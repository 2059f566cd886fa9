"""What an appeal is against, as its case shows it."""

from typing import NamedTuple

from discuss.models import Act, Appeal, Case, Entry
from discuss.moderation.reading.in_force import acts_in_force
from discuss.moderation.reading.record import Done, read_acts


class Against(NamedTuple):
    """An act, with the message that it was done to as it is now, and what the person says against it."""

    done: Done
    entry: Entry | None
    words: str
    stands: bool
    appeal: Appeal


def read_against(case: Case) -> Against | None:
    """Return what the appeal of this case is against; None of all other cases."""
    appeal = Appeal.objects.filter(case=case.pk).first()
    if appeal is None:
        return None
    (done,) = read_acts(Act.objects.filter(pk=appeal.act_id))
    act = done.act
    entry = Entry.objects.filter(pk=act.entry_id).first() if act.entry_id else None
    # What its author removed is nobody's to see.
    is_withdrawn = entry is not None and entry.is_hidden and entry.hidden_by is None
    words = entry.text if entry and not is_withdrawn else ""
    stands = bool(acts_in_force(appeal.user_id, [act]))
    return Against(done, entry, words, stands, appeal)
