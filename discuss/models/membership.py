"""Who is in which group, and as what."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.group import Group
from discuss.models.held import Held
from discuss.models.user import User
from discuss.models.warning import Warning
from discuss.rules import roles
from discuss.rules.drafts import Drafts
from discuss.rules.unread import Marking


class Role(models.TextChoices):
    MEMBER = roles.MEMBER, _("Member")
    MODERATOR = roles.MODERATOR, _("Moderator")
    OWNER = roles.OWNER, _("Owner")


class Level(models.TextChoices):
    """Of what in a group somebody wants to be told: by its count, by the title and by a sound."""

    ALL = "all", _("All messages")
    MENTIONS = "mentions", _("Mentions alone")
    NOTHING = "nothing", _("Nothing")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def standing(self) -> "MembershipQuerySet":
        """Return the memberships of people who may act at all."""
        return self.filter(user__is_active=True)

    def with_warnings(self) -> "MembershipQuerySet":
        """Add `must_read`: whether there is a warning that the person has to read before they write."""
        unread = Warning.objects.of_member()
        return self.annotate(must_read=models.Exists(unread))  # type: ignore[no-redef]

    def with_held(self) -> "MembershipQuerySet":
        """Add `has_held`: whether any message waits in the group for a moderator, or was not approved."""
        held = Held.objects.filter(group=models.OuterRef("group"))
        return self.annotate(has_held=models.Exists(held))  # type: ignore[no-redef]

    def with_account_since(self) -> "MembershipQuerySet":
        """Add `account_since`: when the person's account was made."""
        return self.annotate(account_since=models.F("user__date_joined"))  # type: ignore[no-redef]

    def as_members(self) -> "MembershipQuerySet":
        """Return the memberships as a group's page lists them: owners and moderators first, by name."""
        rank = models.Case(
            models.When(role=Role.OWNER, then=0),
            models.When(role=Role.MODERATOR, then=1),
            default=2,
        )
        return self.select_related("user").order_by(rank, User.by_name("user__"))


class Membership(models.Model):
    """A person's place in a group: the proof of entry that actions ask for."""

    group = models.ForeignKey(
        Group, models.DB_CASCADE, verbose_name=_("group"), related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_CASCADE,
        verbose_name=_("user"),
        related_name="memberships",
    )
    role = models.CharField(
        _("role"), max_length=10, choices=Role.choices, default=Role.MEMBER, db_default=Role.MEMBER
    )
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True, db_default=Now())
    # The position of the last line that the person has read.
    read_upto = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    # Where the log stood when the person last marked something in it as unread.
    unread_at = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    # How often they have.
    markings = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    level = models.CharField(
        max_length=16,
        choices=Level.choices,
        default=Level.ALL,
        db_default=Level.ALL,
        editable=False,
    )
    # Until when the person may not post. NULL: they may.
    muted_until = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = MembershipQuerySet.as_manager()

    # From with_warnings().
    must_read: bool = False
    # From with_held().
    has_held: bool
    # From with_account_since().
    account_since: datetime

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "user"], name="one_membership_per_pair"),
        ]

    def __str__(self) -> str:
        return gettext("%(person)s in %(group)s") % {"person": self.user, "group": self.group}

    @property
    def drafts(self) -> Drafts:
        """What the person was writing here and has not sent, the latest first."""
        kept = getattr(self, "kept_draft", None)
        return kept.all if kept else ()

    @property
    def marking(self) -> Marking:
        """How the person last marked something here as unread."""
        return Marking(self.unread_at, self.markings)

    def is_last_owner(self) -> bool:
        """Whether nobody else who can act owns the group: owners whose account is closed do not count."""
        owners = self.group.memberships.standing().filter(role=Role.OWNER)
        return self.role == Role.OWNER and not owners.exclude(pk=self.pk).exists()
