"""What is being deleted, little by little: an account or a group with all its lines."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from discuss.models.group import Group


class Deletion(models.Model):
    """An account or a group that is being deleted. The row goes with it, when its last line has.

    `beat` moves with each step. A process takes the next step only from the beat that it knows, so that two
    never go on with one deletion; and where it stands still, whoever went on has ended. It is a number, as
    that of a Process is, so that no clocks are compared.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.DB_CASCADE, null=True, related_name="deletion"
    )
    group = models.OneToOneField(Group, models.DB_CASCADE, null=True, related_name="deletion")
    beat = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("deletion")
        verbose_name_plural = _("deletions")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(user=None) ^ models.Q(group=None), name="one_thing_is_deleted"
            )
        ]

    def __str__(self) -> str:
        return f"account {self.user_id}" if self.user_id else f"group {self.group_id}"
