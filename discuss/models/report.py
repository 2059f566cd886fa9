"""Reports: who said that something is wrong, and why."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.case import Case
from discuss.rules.reasons import NOTE_LENGTH, Reason


class Report(models.Model):
    """One person's report. Another by the same person of the same case is none."""

    case = models.ForeignKey(
        Case,
        models.DB_CASCADE,
        related_name="reports",
        db_index=False,  # the constraint begins with it
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DB_SET_NULL, null=True, related_name="reports"
    )
    reason = models.CharField(max_length=32, choices=Reason.choices)
    note = models.CharField(max_length=NOTE_LENGTH, default="", db_default="")
    at = models.DateTimeField(default=timezone.now, db_default=Now())
    # When the reporter heard what became of it.
    told_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Report"]] = models.Manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "reporter"], name="one_report_each"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="reports_by_time")]

    def __str__(self) -> str:
        return gettext("report %(number)s") % {"number": self.pk}
