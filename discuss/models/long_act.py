"""Acts over many lines, which are done little by little: how far each has come."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.group import Group
from discuss.models.held import Held


class LongKind(models.TextChoices):
    HIDE = "hide", _("Hide everything")
    ERASE = "erase", _("Erase everything")


class LongState(models.TextChoices):
    RUNNING = "running", _("Under way")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")


# What a process goes on with.
GOING_ON = (LongState.RUNNING, LongState.UNDOING)


class LongActQuerySet(models.QuerySet["LongAct"]):
    def going_on(self) -> "LongActQuerySet":
        return self.filter(state__in=GOING_ON)

    def standing(self) -> "LongActQuerySet":
        """Return those that hid something, and were not taken back."""
        left_out = (LongState.UNDOING, LongState.UNDONE)
        return self.filter(kind=LongKind.HIDE).exclude(state__in=left_out)

    def erasing(self, held: Held) -> "LongActQuerySet":
        """Return those that go on, and erase this message that waits."""
        meant = Q(since=None) | Q(since__lte=held.held_at)
        meant &= Q(user=held.user_id, upto__gte=held.held_at, kind=LongKind.ERASE)
        return self.going_on().filter(meant)


class LongAct(models.Model):
    """Everything that a person wrote between two moments is hidden, or erased.

    It is done to their messages in one group, or on the whole site where `group` is empty. `act_id` is its
    row of the record, and the lines that it hides have it as `hidden_by`: so what it hid is known by the
    lines themselves, and taking it back touches nothing else.

    The groups are gone through by their keys, and in each the latest lines first. Done are those of the
    groups below `at_group`, and there the lines from the position `below` on (NULL: none yet). `beat` moves
    with each step, as that of a Deletion does.
    """

    kind = models.CharField(max_length=16, choices=LongKind.choices)
    state = models.CharField(
        max_length=16,
        choices=LongState.choices,
        default=LongState.RUNNING,
        db_default=LongState.RUNNING,
    )
    act_id = models.BigIntegerField(unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DB_CASCADE, related_name="long_acts", db_index=False
    )
    group = models.ForeignKey(Group, models.DB_CASCADE, null=True, related_name="long_acts")
    # Between which moments the lines were written. NULL: from the beginning on.
    since = models.DateTimeField(null=True)
    upto = models.DateTimeField(default=timezone.now, db_default=Now())
    at_group = models.BigIntegerField(default=0, db_default=0)
    below = models.BigIntegerField(null=True)
    # Lines that there were at its beginning, that it was done to, and to which it was taken back.
    total = models.PositiveBigIntegerField(default=0, db_default=0)
    done = models.PositiveBigIntegerField(default=0, db_default=0)
    restored = models.PositiveBigIntegerField(default=0, db_default=0)
    beat = models.PositiveBigIntegerField(default=0, db_default=0)

    objects: ClassVar = LongActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act over many lines")
        verbose_name_plural = _("acts over many lines")
        default_permissions: ClassVar = ()
        constraints: ClassVar = [
            # Two would hide the same lines, and which of them had hidden a line would be an accident.
            models.UniqueConstraint(
                fields=["user", "group"],
                name="one_long_act_in_group",
                condition=Q(state__in=["running", "undoing"], group__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user"],
                name="one_long_act_on_site",
                condition=Q(state__in=["running", "undoing"], group=None),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "id"], name="long_acts_of_user")]

    def __str__(self) -> str:
        return gettext("%(act)s: account %(user)s") % {
            "act": self.get_kind_display(),
            "user": self.user_id,
        }

    @property
    def goes_on(self) -> bool:
        return self.state in GOING_ON

    @property
    def is_hiding(self) -> bool:
        """Whether it is hiding lines at this moment."""
        return self.kind == LongKind.HIDE and self.state == LongState.RUNNING

    @property
    def is_backwards(self) -> bool:
        """Whether it is being taken back, or was."""
        return self.state in (LongState.UNDOING, LongState.UNDONE)
