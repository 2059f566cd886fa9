"""Who may not come into a group, and until when."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.group import Group


class BarQuerySet(models.QuerySet["Bar"]):
    def in_force(self, now: datetime | None = None) -> "BarQuerySet":
        """Return those that have not ended."""
        return self.filter(Q(until=None) | Q(until__gt=now or timezone.now()))


class Bar(models.Model):
    """A person whom a group does not let in. `until` is empty where it is for good."""

    group = models.ForeignKey(
        Group,
        models.DB_CASCADE,
        related_name="bars",
        db_index=False,  # the constraint begins with it
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.DB_CASCADE, related_name="bars")
    until = models.DateTimeField(_("until"), null=True)
    at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects: ClassVar = BarQuerySet.as_manager()

    class Meta:
        verbose_name = _("bar from a group")
        verbose_name_plural = _("bars from groups")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "user"], name="one_bar_per_pair")
        ]

    def __str__(self) -> str:
        return gettext("bar %(number)s") % {"number": self.pk}
