"""What staff gave the tokens for values: each saving is a version, and the latest is what pages wear."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

# Versions that are kept to go back to.
VERSIONS_KEPT = 50


class TokenSheetQuerySet(models.QuerySet["TokenSheet"]):
    def latest_first(self) -> "TokenSheetQuerySet":
        return self.order_by("-number")


class TokenSheet(models.Model):
    """A version: by the names of tokens what was written. No token at all is a version too."""

    # Each is one more than the one it was made from, so of two at once one fails.
    number = models.PositiveIntegerField(_("number"), unique=True)
    values = models.JSONField(_("values"), default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_SET_NULL,
        verbose_name=_("by"),
        null=True,
        related_name="+",
        db_index=False,
    )
    made_at = models.DateTimeField(_("time"), default=timezone.now, db_default=Now())

    objects: ClassVar = TokenSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("look of the site")
        verbose_name_plural = _("look of the site")
        # It is neither made nor deleted, and everybody sees it.
        default_permissions = ("change",)

    def __str__(self) -> str:
        return gettext("Look of the site")
