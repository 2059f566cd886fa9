"""What a rule is: what it looks for, what it does then, and to whom it does not apply."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from discuss.rules.roles import MODERATOR, OWNER


class FilterKind(TextChoices):
    """What a rule looks for."""

    WORDS = "words", _("Words and phrases")
    DENIED = "denied", _("Links to certain sites")
    ALLOWED = "allowed", _("Links to all but certain sites")
    MENTIONS = "mentions", _("Many mentions")
    CAPITALS = "capitals", _("Capitals")
    REPEATED = "repeated", _("The same text again")


class Does(TextChoices):
    """What happens to a message that a rule catches; what comes first wins over what follows."""

    BLOCK = "block", _("Refuse it")
    HOLD = "hold", _("Hold it for approval")
    REPORT = "report", _("Send it and report it")
    NOTE = "note", _("Send it and count it")


class Exempt(TextChoices):
    """To whom a rule does not apply."""

    NOBODY = "", _("Nobody")
    OWNERS = OWNER, _("Owners")
    MODERATORS = MODERATOR, _("Owners and moderators")


ORDER = [Does.BLOCK, Does.HOLD, Does.REPORT, Does.NOTE]


class Rule(NamedTuple):
    """A filter, as it is matched. `number` is how many, or how much, is too much; `seconds` within which.

    `terms` are words and phrases, or hosts. `is_part` says that a word may be a part of another one.
    """

    pk: int
    kind: str
    name: str = ""
    terms: tuple[str, ...] = ()
    is_part: bool = False
    number: int = 0
    seconds: int = 0
    does: str = Does.NOTE
    exempt: str = Exempt.NOBODY
    # Whether names of people and groups are looked at, too.
    is_for_names: bool = False
    group_id: int | None = None

    @property
    def stops(self) -> bool:
        """Whether others do not see what it catches, or not yet."""
        return self.does in {Does.BLOCK, Does.HOLD}

    @property
    def reports(self) -> bool:
        """Whether it has moderators look at what it catches."""
        return self.does == Does.REPORT

    def applies_to(self, role: str) -> bool:
        """Whether it is about what somebody of this role says."""
        if self.exempt == Exempt.MODERATORS:
            return role not in {MODERATOR, OWNER}
        return self.exempt != Exempt.OWNERS or role != OWNER


def strongest(rules: Iterable[Rule]) -> Rule | None:
    """Return the rule that decides: of those that do the most, the oldest."""
    return min(rules, key=lambda rule: (ORDER.index(Does(rule.does)), rule.pk), default=None)
