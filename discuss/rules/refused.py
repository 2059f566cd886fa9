"""How an action says that somebody may not do something."""

from typing import Any

from django.db.models import TextChoices
from django.utils.functional import lazy

from discuss.rules.text import Text


class Refused(Exception):
    """The person may not do this, and what was begun is rolled back.

    `code` says why, one of these or of the action's own, and `values` are those that its sentence names.
    """

    def __init__(self, code: TextChoices, **values: Any) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values

    def __str__(self) -> str:
        return str(self.code.label) % self.values if self.values else str(self.code.label)

    @property
    def text(self) -> Text:
        """What to tell the person."""
        return _shown(self)


_shown = lazy(str, str)
