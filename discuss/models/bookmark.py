"""What people saved for themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.entry import Entry


class Bookmark(models.Model):
    """A message that a person saved for themselves: no line, no frame and no cache tells it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_CASCADE,
        related_name="bookmarks",
        db_index=False,  # the constraint begins with it
    )
    entry = models.ForeignKey(Entry, models.DB_CASCADE, related_name="+")

    objects: ClassVar[models.Manager["Bookmark"]] = models.Manager()

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "entry"], name="one_bookmark_per_message")
        ]

    def __str__(self) -> str:
        return gettext("bookmark %(number)s") % {"number": self.pk}
