"""A moment in a sentence: in the time zone and the language of whoever reads it."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


class Moment:
    """Until when something lasts, as a value of a refusal (discuss/rules/refusals.py)."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __str__(self) -> str:
        local = timezone.localtime(self.moment)
        is_today = local.date() == timezone.localdate()
        return date_format(local, "H:i" if is_today else "j F Y, H:i")

    def __repr__(self) -> str:
        return f"Moment({self.moment.isoformat()})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moment) and other.moment == self.moment

    def __hash__(self) -> int:
        return hash(self.moment)
