"""Cases: what was reported, for moderators to decide about."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.appeal import Appeal
from discuss.models.entry import Entry
from discuss.models.group import Group
from discuss.models.held import Held


class CaseKind(models.TextChoices):
    MESSAGE = "message", _("Message")
    PERSON = "person", _("Person")
    GROUP = "group", _("Group")
    HELD = "held", _("Held message")
    SIGN_UP = "sign-up", _("New account")
    APPEAL = "appeal", _("Appeal")


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    TAKEN = "taken", _("Somebody is on it")
    CLOSED = "closed", _("Closed")


class Case(models.Model):
    """Something to decide about, most often because people reported it.

    Reports of one thing are one case while it is not closed.

    `user` is whom it is about: of a message its author. A case about a person in no group, and one about a
    group, is for moderators of the site.
    """

    kind = models.CharField(max_length=16, choices=CaseKind.choices)
    state = models.CharField(
        max_length=16,
        choices=CaseState.choices,
        default=CaseState.OPEN,
        db_default=CaseState.OPEN,
    )
    group = models.ForeignKey(
        Group,
        models.DB_CASCADE,
        null=True,
        related_name="cases",
        db_index=False,  # cases_of_group begins with it
    )
    entry = models.ForeignKey(Entry, models.DB_SET_NULL, null=True, related_name="cases")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DB_SET_NULL, null=True, related_name="cases"
    )
    # The message that waits. It is nobody's case any more once its author took it back; decided, it is NULL.
    held = models.OneToOneField(Held, models.DB_CASCADE, null=True, related_name="case")
    # What somebody says against an act; it is theirs, and goes with their account.
    appeal = models.OneToOneField(Appeal, models.DB_CASCADE, null=True, related_name="case")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DB_SET_NULL, null=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=timezone.now, db_default=Now())
    closed_at = models.DateTimeField(null=True)
    # The name of the act that closed it.
    outcome = models.CharField(max_length=32, default="", db_default="")
    # The message with five lines on either side, as they were when it was reported.
    snapshot = models.JSONField(null=True)
    # Whether it is noted whose words that has (CaseAuthor).
    knows_authors = models.BooleanField(default=False, db_default=False, editable=False)

    objects: ClassVar[models.Manager["Case"]] = models.Manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry"],
                name="one_open_case_per_message",
                condition=Q(entry__isnull=False) & ~Q(state="closed"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["opened_at", "id"], name="open_cases", condition=~Q(state="closed")
            ),
            models.Index(fields=["group", "state", "opened_at"], name="cases_of_group"),
            models.Index(fields=["opened_at"], name="cases_by_time"),
            models.Index(
                fields=["id"],
                name="cases_of_unknown_authors",
                condition=Q(knows_authors=False, snapshot__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return gettext("case %(number)s") % {"number": self.pk}
