"""Who is mentioned in which line."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from discuss.models.entry import Entry
from discuss.models.group import Group


class Mention(models.Model):
    """A line mentions a person; without a `user`, everybody in its group.

    It stands beside the line's own `details`, so that what mentions somebody is found by the person. A line
    that was removed has none. What the author says of themselves is none.
    """

    entry = models.ForeignKey(Entry, models.DB_CASCADE, null=True, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_CASCADE,
        null=True,
        related_name="mentions",
        db_index=False,  # the constraint begins with it
    )
    # The line's own, which never change: what is unread is counted without a look at the log.
    group = models.ForeignKey(
        Group,
        models.DB_CASCADE,
        null=True,
        related_name="mentions",
        db_index=False,  # mentions_by_position begins with it
    )
    position = models.PositiveBigIntegerField(default=0, db_default=0)
    # It is meant for those who are there at that moment, and calls nobody back.
    is_here = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "entry"], name="one_mention_each"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["group", "user", "position"], name="mentions_by_position"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or 'everybody'} in line {self.entry_id}"
