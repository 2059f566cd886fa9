"""What is written to people's pages of what is their own. Pages that lack the same share its bytes."""

from collections.abc import Iterable, Mapping
from functools import cache

from django.utils.translation import gettext_lazy as _

from discuss.reading.person import GroupName, OwnGroups, in_words
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.server.wire import Prepared

LOBBY_TITLE = _("Groups")


class PersonFrames:
    """The frames of one flush."""

    def __init__(self, names: Mapping[int, GroupName]) -> None:
        self._names = names
        self.moved = cache(self._moved)

    def replaced(self, audience: Audience, group_id: int | None, own: OwnGroups) -> str:
        """Render the list anew, for a page of this group, or of the lobby (None)."""
        name = self._name(group_id)
        current = name.uuid if name else None
        html = fragments.own_groups_replaced(audience, own=own, current=current)
        return self._title(audience, group_id, own.unread) + html

    def _moved(
        self, audience: Audience, group_id: int | None, total: int, moved: Iterable[tuple[int, int]]
    ) -> Prepared:
        """Render what has moved: the badges of groups, each with its count, and the title."""
        badges = [
            fragments.unread_changed(audience, uuid=self._names[pk].uuid, unread=in_words(count))
            for pk, count in moved
        ]
        return Prepared("".join([*badges, self._title(audience, group_id, in_words(total))]))

    def _title(self, audience: Audience, group_id: int | None, unread: str) -> str:
        name = self._name(group_id)
        title = name.name if name else LOBBY_TITLE
        return fragments.title_changed(audience, title=title, unread=unread)

    def _name(self, group_id: int | None) -> GroupName | None:
        return None if group_id is None else self._names.get(group_id)
