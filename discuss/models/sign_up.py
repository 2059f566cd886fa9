"""Accounts that wait for a moderator's approval, where the site holds new ones."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _


class HeldSignUpQuerySet(models.QuerySet["HeldSignUp"]):
    def waiting(self) -> "HeldSignUpQuerySet":
        """Return those about which nobody has decided."""
        return self.filter(refused_at=None)


class HeldSignUp(models.Model):
    """That somebody has signed up and waits; their account is closed until then.

    Approved, the row goes. Refused, it stays for some days, so that whoever tries to log in reads why, and a
    moderator may think again. Then the account goes.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.DB_CASCADE, primary_key=True, related_name="held_sign_up"
    )
    at = models.DateTimeField(default=timezone.now, db_default=Now())
    refused_at = models.DateTimeField(null=True, db_index=True)
    # Why it was refused.
    reason = models.CharField(max_length=32, default="", db_default="")

    objects: ClassVar = HeldSignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("account that waits")
        verbose_name_plural = _("accounts that wait")
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return gettext("account %(number)s, which waits") % {"number": self.pk}
