"""Appeals: what somebody says against an act, once, for another moderator to decide about."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.rules.reasons import NOTE_LENGTH


class Appeal(models.Model):
    """What the person to whom it was done says against an act. There is one for an act at most.

    Its case is in the queue. What became of it stands there, and in the record.
    """

    # A row of the record, which outlives everybody.
    act_id = models.BigIntegerField(unique=True)
    # Who did it, and does not decide; NULL where the site did it by itself. None of a lower role decides.
    actor_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=16, default="", db_default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.DB_CASCADE, related_name="appeals")
    note = models.CharField(max_length=NOTE_LENGTH)
    at = models.DateTimeField(default=timezone.now, db_default=Now())
    # When the person heard what became of it.
    told_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Appeal"]] = models.Manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        default_permissions: ClassVar = ()
        indexes: ClassVar = [models.Index(fields=["actor_id"], name="appeals_against")]

    def __str__(self) -> str:
        return gettext("appeal %(number)s") % {"number": self.pk}
