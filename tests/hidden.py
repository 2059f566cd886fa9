"""A hidden group: its members alone may know that it exists. The product has none yet."""

import pytest
from django.db.models import Exists, OuterRef, Q

from discuss.models import Membership, User
from discuss.models.group_query import GroupQuerySet


def hide(monkeypatch: pytest.MonkeyPatch, **which: object) -> None:
    """From now on, nobody but its members finds the group with these values."""

    def findable_by(groups: GroupQuerySet, user: User | int | None) -> GroupQuerySet:
        theirs = Membership.objects.filter(group=OuterRef("pk"), user=user)
        return groups.filter(~Q(**which) | Exists(theirs))

    monkeypatch.setattr(GroupQuerySet, "findable_by", findable_by)
