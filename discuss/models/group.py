"""Groups and their counter."""

import secrets
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.fields import CODE_POINTS, NameKeyField, SearchKeyField
from discuss.rules.posting import EVERYBODY, MODERATORS, Rules
from discuss.rules.refusals import Code
from discuss.rules.text import name_key, validate_name

if TYPE_CHECKING:
    from discuss.models.membership import Membership
    from discuss.models.user import User


def new_epoch() -> str:
    return secrets.token_hex(8)


class GroupKind(models.TextChoices):
    """How people come in: anybody does, whoever is invited does, or it is two people and nobody else."""

    OPEN = "open", _("Open")
    INVITED = "invited", _("Invited")
    DIRECT = "direct", _("Direct")


class Posting(models.TextChoices):
    """Who may post."""

    EVERYBODY = EVERYBODY, _("Everybody")
    MODERATORS = MODERATORS, _("Moderators")


class Hosts(models.TextChoices):
    """Who may do what a group's settings leave to its owner: invite people, pin messages."""

    MEMBERS = "members", _("All members")
    MODERATORS = "moderators", _("Moderators")


class GroupQuerySet(models.QuerySet["Group"]):
    def take_number(self, pk: int) -> int:
        """Move the group's head by one and return it; the row is locked until the transaction ends.

        Raises Group.DoesNotExist.
        """
        # Django's own save() returns the number too, in ten times the time.
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET head = head + 1 WHERE id = %s AND NOT is_deleted"  # noqa: S608
                " RETURNING head",
                [pk],
            )
            moved = cursor.fetchone()
        if moved is None:
            raise self.model.DoesNotExist
        return int(moved[0])

    def locked(self, pks: list[int]) -> "GroupQuerySet":
        """Lock these groups until the transaction ends, in an order in which nobody waits in a circle."""
        return self.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")

    def unlocked(self, pks: list[int]) -> "GroupQuerySet":
        """Lock those of these groups that nobody has locked; the others are not waited for.

        In order of primary key, so that two who lock several cannot wait for each other.
        """
        # SQLite knows no locks of rows; there a transaction that writes has them all.
        locked = self.select_for_update(skip_locked=True, no_key=True)
        return locked.filter(pk__in=pks).order_by("pk")

    def move_heads(self, heads: Mapping[int, int]) -> None:
        """Set the heads of these groups, which are locked."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET head = %s WHERE id = %s",  # noqa: S608
                [(head, pk) for pk, head in heads.items()],
            )

    def findable_by(self, user: "User | int | None") -> "GroupQuerySet":
        """Return the groups of which this person may know that they exist; None stands for anybody.

        It is the one answer to that, and whatever looks a group up asks it. All groups are open today, so it
        leaves out none. Each group comes once. Members find their groups, and to somebody else there is what
        there is to anybody: lists of the lobby are read for many at once by that.
        """
        return self.all()

    def in_order(self) -> "GroupQuerySet":
        """Return the groups in the order of the lobby's list."""
        return self.order_by("name_key", "pk")

    def listed(self) -> "GroupQuerySet":
        """Return the groups as the lobby lists them: by name, each with `member_count`."""
        counted = (
            self.model.members.through.objects.filter(group=models.OuterRef("pk"))
            .order_by()
            .values("group")
            .annotate(count=models.Count("pk"))
            .values("count")
        )
        count = Coalesce(models.Subquery(counted), 0)
        listed = self.annotate(member_count=count)  # type: ignore[no-redef]
        return listed.in_order()

    def joined_by(self, user_id: int) -> "GroupQuerySet":
        """Add `is_joined`: whether this person is a member."""
        theirs = self.model.members.through.objects.filter(
            group=models.OuterRef("pk"), user=user_id
        )
        return self.annotate(is_joined=models.Exists(theirs))  # type: ignore[no-redef]

    def matching(self, words: str) -> "GroupQuerySet":
        """Return the groups whose name or description holds `words`, whatever the case."""
        key = name_key(words)
        if not key:
            return self
        in_name, in_description = (
            models.Q(name_key__contains=key),
            models.Q(description_key__contains=key),
        )
        return self.filter(in_name | in_description)


class GroupManager(models.Manager["Group"]):
    def get_queryset(self) -> models.QuerySet["Group"]:
        return super().get_queryset().filter(is_deleted=False)


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
    # Members see which acts there were.
    record_is_public = models.BooleanField(default=False, db_default=False, editable=False)
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
