"""When people wrote last where they have to wait between two messages."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from discuss.models.group import Group


class LastPost(models.Model):
    """Somebody's last message in a group, while it has slow mode.

    It is no column of the membership: whoever leaves and comes back has waited no longer for that.
    """

    group = models.ForeignKey(
        Group,
        models.DB_CASCADE,
        related_name="+",
        db_index=False,  # the constraint begins with it
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.DB_CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager["LastPost"]] = models.Manager()

    class Meta:
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "user"], name="one_last_post_each"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"
