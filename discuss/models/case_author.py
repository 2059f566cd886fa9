"""Whose words a case keeps: by that it is found when one of them goes."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.case import Case


class CaseAuthor(models.Model):
    """Somebody who wrote one of the messages that a case keeps."""

    case = models.ForeignKey(
        Case,
        models.DB_CASCADE,
        related_name="authors",
        db_index=False,  # the constraint begins with it
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.DB_CASCADE, related_name="+")

    objects: ClassVar[models.Manager["CaseAuthor"]] = models.Manager()

    class Meta:
        verbose_name = _("author in a case")
        verbose_name_plural = _("authors in cases")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "user"], name="one_author_per_case"),
        ]

    def __str__(self) -> str:
        return gettext("author in case %(number)s") % {"number": self.case_id}
