"""Why somebody may not come to the site, and until when."""

from typing import Any

from discuss.models import Ban
from discuss.rules.moments import Moment
from discuss.rules.reasons import Reason
from discuss.rules.refusals import Code, Refused


def read_ban(user_id: int) -> Refused | None:
    """Return what whoever is banned is told; None where they are not."""
    ban = Ban.objects.filter(user=user_id).first()
    if ban is None:
        return None
    values: dict[str, Any] = {"until": Moment(ban.until)} if ban.until else {}
    if ban.reason in Reason.values:
        code = Code.BANNED_UNTIL_FOR if ban.until else Code.BANNED_FOR
        return Refused(code, **values, reason=Reason(ban.reason).label)
    return Refused(Code.BANNED_UNTIL if ban.until else Code.BANNED, **values)
