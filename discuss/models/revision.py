"""What messages said before they were edited."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.entry import Entry


class Revision(models.Model):
    """A text that a message had until it was edited: for its author and moderators, who may see it."""

    entry = models.ForeignKey(Entry, models.DB_CASCADE, related_name="revisions")
    text = models.TextField()
    # When the text was exchanged for the next.
    ended_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects: ClassVar[models.Manager["Revision"]] = models.Manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")

    def __str__(self) -> str:
        return gettext("revision %(number)s") % {"number": self.pk}
