"""How groups are looked up, locked and counted on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import connection, models
from django.db.models.functions import Coalesce

from discuss.rules.text import name_key

if TYPE_CHECKING:
    from discuss.models.group import Group
    from discuss.models.user import User


# As GroupKind, which is made of this, writes it.
PLAY = "play"


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

        It is the one answer to that, and whatever looks a group up asks it. All groups are open today but
        those of plays, which are there for their members alone. Each group comes once. Members find their
        groups, and to somebody else there is what there is to anybody: lists of the lobby are read for many
        at once by that.
        """
        if user is None:
            return self.without_plays()
        members = self.model.members.through.objects
        theirs = members.filter(group=models.OuterRef("pk"), user=user)
        return self.filter(~models.Q(kind=PLAY) | models.Exists(theirs))

    def without_plays(self) -> "GroupQuerySet":
        """Return the groups in which people are who are not made up."""
        return self.exclude(kind=PLAY)

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
