"""What somebody was warned of, and has to read before they write again."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.group import Group
from discuss.rules.reasons import NOTE_LENGTH


class WarningQuerySet(models.QuerySet["Warning"]):
    def unread(self) -> "WarningQuerySet":
        return self.filter(read_at=None)

    def of_member(self) -> "WarningQuerySet":
        """Return those that a membership, in whose query this is, has to read before it writes."""
        return self.unread().filter(
            Q(group=OuterRef("group")) | Q(group=None), user=OuterRef("user")
        )


class Warning(models.Model):
    """A warning to a person, from a group's moderators; from those of the site where `group` is empty."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_CASCADE,
        related_name="warnings",
    )
    group = models.ForeignKey(Group, models.DB_CASCADE, null=True, related_name="+")
    # The act by which it was given.
    act_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=32, default="", db_default="")
    note = models.CharField(max_length=NOTE_LENGTH, default="", db_default="")
    at = models.DateTimeField(default=timezone.now, db_default=Now())
    # When the person said that they had read it, or it was taken back.
    read_at = models.DateTimeField(null=True)

    objects: ClassVar = WarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        default_permissions: ClassVar = ()
        indexes: ClassVar = [
            # With each message it is looked up whether there is one.
            models.Index(fields=["user"], name="unread_warnings", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return gettext("warning %(number)s") % {"number": self.pk}
