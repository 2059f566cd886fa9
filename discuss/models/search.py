"""What belongs to searching messages: what a person searched for, and how far the index has come."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Characters of a search, and how many are remembered of each person.
SEARCH_LENGTH = 200
REMEMBERED = 10


class RecentSearch(models.Model):
    """What a person searched for of late, for themselves alone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_CASCADE,
        null=True,
        related_name="recent_searches",
        db_index=False,  # the constraint begins with it
    )
    words = models.CharField(max_length=SEARCH_LENGTH, db_default="")
    searched_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        verbose_name = _("recent search")
        verbose_name_plural = _("recent searches")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "words"], name="one_search_remembered_once"),
        ]

    def __str__(self) -> str:
        return self.words


class IndexProgress(models.Model):
    """How far lines are in SQLite's index (discuss/db/search_index.py), by their keys.

    In it are those above `left` and up to `upto`. What is above comes into it within seconds. What is below
    is from before there was an index, and the latest of that come first.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    left = models.PositiveBigIntegerField(default=0, db_default=0)
    upto = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("progress of the index")
        verbose_name_plural = _("progress of the index")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_index"),
        ]

    def __str__(self) -> str:
        return f"{self.left}-{self.upto}"
