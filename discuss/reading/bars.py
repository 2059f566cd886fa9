"""Whom a group does not let in."""

from collections.abc import Collection

from discuss.models import Bar
from discuss.rules.moments import Moment
from discuss.rules.refusals import Code, Refused


def read_bar(group_id: int, user_id: int) -> Bar | None:
    """Return what keeps this person out of the group."""
    return Bar.objects.in_force().filter(group=group_id, user=user_id).first()


def read_barred(group_id: int, user_ids: Collection[int]) -> dict[int, Bar]:
    """Return what keeps some of these people out of the group, by person."""
    bars = Bar.objects.in_force().filter(group=group_id, user__in=user_ids)
    return {bar.user_id: bar for bar in bars}


def barred_by(bar: Bar) -> Refused:
    """Return what whoever this keeps out is told."""
    if bar.until is None:
        return Refused(Code.BARRED)
    return Refused(Code.BARRED_UNTIL, until=Moment(bar.until))
