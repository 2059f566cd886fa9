"""Messages that wait for a moderator's approval: they are not in the log until then."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.group import Group


class HeldQuerySet(models.QuerySet["Held"]):
    def waiting(self) -> "HeldQuerySet":
        """Return those about which nobody has decided."""
        return self.filter(discarded_at=None)


class Held(models.Model):
    """What somebody wrote and nobody else has seen yet.

    Approved, the row goes and a line of the log comes. Discarded, it stays until its author has read that.
    """

    group = models.ForeignKey(Group, models.DB_CASCADE, related_name="held")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_CASCADE,
        related_name="+",
        db_index=False,  # the constraint begins with it
    )
    text = models.TextField()
    # As it will stand at the line: sent again, it is the same message.
    nonce = models.CharField(max_length=60)
    # The position of the message that it answers.
    reply_to = models.BigIntegerField(null=True)
    held_at = models.DateTimeField(default=timezone.now, db_default=Now())
    # What holds it: the group's setting, or a rule by its key.
    why = models.CharField(max_length=32, default="", db_default="")
    rule = models.BigIntegerField(null=True)
    discarded_at = models.DateTimeField(null=True)

    objects: ClassVar = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = _("held message")
        verbose_name_plural = _("held messages")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "nonce"], name="one_held_per_nonce"),
        ]

    def __str__(self) -> str:
        return gettext("held message %(number)s") % {"number": self.pk}
