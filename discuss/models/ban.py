"""Who may not come to the site at all, and until when."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _


class Ban(models.Model):
    """Why an account is closed, and until when; `until` is empty where it is for good.

    The account itself is closed (`is_active`). It is read where somebody is refused, and by nobody else.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.DB_CASCADE, primary_key=True, related_name="ban"
    )
    reason = models.CharField(max_length=32, default="", db_default="")
    until = models.DateTimeField(_("until"), null=True, db_index=True)
    at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return gettext("ban %(number)s") % {"number": self.pk}
