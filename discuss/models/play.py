"""A scene that somebody plays in the gallery: where it is played, and how far it has come."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discuss.models.group import Group


class Play(models.Model):
    """A person's play; of each person there is one at most.

    Its group is of the kind PLAY, which nobody finds, and its people are made up. All of them go with it
    (discuss/actions/plays.py).
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.DB_CASCADE, primary_key=True, related_name="play"
    )
    group = models.OneToOneField(Group, models.DB_CASCADE, null=True, related_name="play")
    scene = models.CharField(max_length=64, default="", db_default="")
    # How many of its steps are done.
    step = models.PositiveIntegerField(default=0, db_default=0)
    # The keys of its people by their names in the scene, and of its messages by theirs.
    people = models.JSONField(default=dict, db_default={})
    messages = models.JSONField(default=dict, db_default={})
    begun_at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("play")
        verbose_name_plural = _("plays")
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return f"{self.scene} for {self.user_id}"
