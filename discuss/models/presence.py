"""Who is connected to which group through which process, for the other processes to read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from discuss.models.group import Group


class Process(models.Model):
    """A process that serves open pages. `beat` moves while it lives.

    A number and not a time: whoever watches it needs no clock that agrees with anybody else's.
    """

    name = models.CharField(max_length=32, unique=True)
    beat = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")

    def __str__(self) -> str:
        return self.name


class Presence(models.Model):
    """The people who are connected to a group through one process: all their ids, and the first names."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="presences")
    # Without a constraint: people may still be connected to a group that is being deleted.
    group = models.ForeignKey(Group, models.CASCADE, related_name="presences", db_constraint=False)
    people = models.JSONField(default=list, db_default=[])
    # Processes of the version before, which write names alone, have none.
    user_ids = models.JSONField(default=list, db_default=[])

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.UniqueConstraint(fields=["process", "group"], name="one_presence_each")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} through {self.process_id}"
