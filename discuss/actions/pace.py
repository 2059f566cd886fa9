"""Slow mode: when members wrote last, in groups where they have to wait between two messages."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from discuss.models import Group, LastPost, Membership
from discuss.rules.posting import SLOW_MODE, Poster

type Place = tuple[int, int]


class Pace:
    """Of the messages of one moment, in groups that are locked. Without slow mode it asks nothing."""

    def __init__(self, groups: Collection[Group], now: datetime) -> None:
        self._slow = {group.pk for group in groups if group.slow_mode}
        self._now = now
        self._posted: dict[Place, datetime] = {}
        self._noted: set[Place] = set()

    def of(self, membership: Membership, poster: Poster | None) -> Poster | None:
        """Return the poster with the time of their last message."""
        if poster is None or membership.group_id not in self._slow or poster.is_moderator:
            return poster
        return poster._replace(posted_at=self._last(_place(membership)))

    def note(self, membership: Membership, poster: Poster | None) -> None:
        """The member has written now; a moderator waits for nothing."""
        if membership.group_id in self._slow and poster and not poster.is_moderator:
            self._posted[_place(membership)] = self._now
            self._noted.add(_place(membership))

    def write(self) -> None:
        """Keep what was noted, for the next messages."""
        if self._noted:
            # In order, so that two who write several cannot wait for each other.
            rows = [LastPost(group_id=g, user_id=u, at=self._now) for g, u in sorted(self._noted)]
            LastPost.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["group", "user"],
                update_fields=["at"],
            )

    def _last(self, place: Place) -> datetime | None:
        if place in self._posted:
            return self._posted[place]
        theirs = LastPost.objects.filter(group=place[0], user=place[1])
        return theirs.values_list("at", flat=True).first()


def clear_old(most: int) -> int:
    """Delete up to so many times that nobody has to wait for any more, and return how many."""
    then = timezone.now() - timedelta(seconds=max(SLOW_MODE))
    old = LastPost.objects.filter(at__lt=then).values("pk")[:most]
    return LastPost.objects.filter(pk__in=old).delete()[0]


def _place(membership: Membership) -> Place:
    return membership.group_id, membership.user_id
