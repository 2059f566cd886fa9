"""Groups and their counter."""

import secrets
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.fields import CODE_POINTS, NameKeyField, SearchKeyField
from discuss.models.group_query import PLAY as _PLAY, GroupManager, GroupQuerySet
from discuss.rules.posting import EVERYBODY, MODERATORS, Rules
from discuss.rules.refusals import Code
from discuss.rules.text import validate_name

if TYPE_CHECKING:
    from discuss.models.membership import Membership
    from discuss.models.user import User


def new_epoch() -> str:
    return secrets.token_hex(8)


class GroupKind(models.TextChoices):
    """How people come in: anybody does, whoever is invited does, or it is two people and nobody else.

    PLAY is of one person and people who are made up (discuss/models/play.py).
    """

    OPEN = "open", _("Open")
    INVITED = "invited", _("Invited")
    DIRECT = "direct", _("Direct")
    PLAY = _PLAY, _("Play")


class Posting(models.TextChoices):
    """Who may post."""

    EVERYBODY = EVERYBODY, _("Everybody")
    MODERATORS = MODERATORS, _("Moderators")


class Hosts(models.TextChoices):
    """Who may do what a group's settings leave to its owner: invite people, pin messages."""

    MEMBERS = "members", _("All members")
    MODERATORS = "moderators", _("Moderators")


class Group(models.Model):
    """A place to talk, and the counter of its log.

    `head` is the number of the latest visible change; it only moves inside discuss.actions. `epoch`
    tells databases apart: whoever puts an older copy in the place of the present one gives its groups
    new ones, because cursors from before mean nothing then.
    """

    uuid = models.UUIDField(_("uuid"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(
        _("kind"),
        max_length=16,
        choices=GroupKind.choices,
        default=GroupKind.OPEN,
        db_default=GroupKind.OPEN,
        editable=False,
    )
    # Direct groups have none: "", and NULL for its key.
    name = models.CharField(_("name"), max_length=60, validators=[validate_name])
    # Unique among all groups, because anybody finds each of them. Once there are others, it is to be unique
    # among these alone: a name that is refused would else tell of a group that the person may not find.
    name_key = NameKeyField(
        of="name",
        null=True,
        db_collation=CODE_POINTS,
        error_messages={"unique": Code.NAME_TAKEN.label},
    )
    description = models.CharField(
        _("description"), max_length=200, blank=True, default="", db_default=""
    )
    description_key = SearchKeyField(of="description", db_collation=CODE_POINTS, db_default="")
    members: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="chat_groups"
    )
    posting = models.CharField(
        _("posting"),
        max_length=16,
        choices=Posting.choices,
        default=Posting.EVERYBODY,
        db_default=Posting.EVERYBODY,
    )
    # Seconds that members wait between two messages. 0: they need not.
    slow_mode = models.PositiveIntegerField(default=0, db_default=0)
    # Nobody writes here for now, but its moderators.
    is_locked = models.BooleanField(default=False, db_default=False)
    # Minutes that new members wait before they write. 0: they need not.
    newcomers_wait = models.PositiveIntegerField(default=0, db_default=0)
    # What accounts write that are younger than so many days waits for approval. 0: nothing does.
    held_days = models.PositiveIntegerField(default=0, db_default=0)
    # Who may invite people, and who may pin messages.
    invites = models.CharField(
        max_length=16,
        choices=Hosts.choices,
        default=Hosts.MODERATORS,
        db_default=Hosts.MODERATORS,
    )
    pins = models.CharField(
        max_length=16,
        choices=Hosts.choices,
        default=Hosts.MODERATORS,
        db_default=Hosts.MODERATORS,
    )
    # What its pages wear (SKINS in the settings); nothing, or a name that is none any more: what all wear.
    skin = models.CharField(_("skin"), max_length=30, blank=True, default="", db_default="")
    # Members see which acts there were.
    record_is_public = models.BooleanField(default=False, db_default=False)
    head = models.PositiveBigIntegerField(_("head"), default=0, db_default=0, editable=False)
    epoch = models.CharField(max_length=16, default=new_epoch, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True, db_default=Now())
    # It is there for nobody any more, while its lines are being deleted. `objects` leaves it out.
    is_deleted = models.BooleanField(default=False, db_default=False, editable=False)

    objects: ClassVar = GroupManager.from_queryset(GroupQuerySet)()

    # From listed().
    member_count: int
    # From joined_by().
    is_joined: bool

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering: ClassVar = ["name_key", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(name_key__isnull=False) | models.Q(kind=GroupKind.DIRECT),
                name="named_unless_direct",
            )
        ]

    def __str__(self) -> str:
        return self.name or gettext("group %(number)s") % {"number": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.uuid])

    @property
    def rules(self) -> Rules:
        """What its settings say about who writes, and when."""
        return Rules(
            self.posting, self.is_locked, self.slow_mode, self.newcomers_wait, self.held_days
        )

    @property
    def is_closed(self) -> bool:
        """Whether moderators alone write here."""
        return self.is_locked or self.posting == Posting.MODERATORS

    @property
    def opened(self) -> frozenset[str]:
        """The verbs that it leaves to all its members (discuss/rules/roles.py)."""
        hosts = {"invite": self.invites, "pin": self.pins}
        return frozenset(verb for verb, who in hosts.items() if who == Hosts.MEMBERS)
