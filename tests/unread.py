"""A second group, in which something is unread."""

import pytest

from discuss import actions
from discuss.models import Entry, Group, Membership, User
from discuss.reading.person import read_own_groups
from discuss.rules.unread import Mark
from tests.cast import Cast


@pytest.fixture
def garden(cast: Cast) -> Group:
    """A second group of ann's and bob's."""
    group = actions.create_group(cast.bob, name="Garden")
    actions.join_group(cast.ann, group=group)
    return group


def say(group: Group, user: User, text: str = "Beans") -> Entry:
    member = Membership.objects.get(group=group, user=user)
    return actions.post_message(member, text=text, nonce=actions.new_nonce())


def unread(user: User) -> dict[str, str]:
    return {row.name: row.unread for row in read_own_groups(user.pk).rows}


def read(user: User, group: Group, position: int) -> None:
    actions.mark_read({(user.pk, group.pk): Mark(position)})
