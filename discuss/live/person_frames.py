"""What is written to people's pages of what is their own. Pages that lack the same share its bytes."""

from collections.abc import Collection, Container, Iterable

from django.utils.translation import gettext_lazy as _

from discuss.live.once import Once
from discuss.live.people import People
from discuss.live.viewer import Viewer
from discuss.reading.own_groups import GroupName, OwnGroups, Unread, in_words, total_of
from discuss.rendering import fragments, rows
from discuss.rendering.audience import Audience
from discuss.server.wire import Prepared

LOBBY_TITLE = _("Groups")


class PersonFrames:
    """The frames of one flush."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._names, self._last_lines = people.groups.names, people.groups.last_lines
        self._once = Once()

    def write(
        self,
        user_id: int,
        joining: Container[Viewer],
        spoken: Collection[int],
        renamed: Collection[int],
        *,
        is_other: bool,
    ) -> None:
        """Write to the person's pages what they lack of what is their own.

        Pages that are `joining` may lack all of it. Last lines of groups are new that are `spoken`, and names
        of those that are `renamed`. The person `is_other` where what is known of their places is.
        """
        person = self._people.get(user_id)
        if person is None:
            return
        moved, drafts = self._people.recount(user_id, person)
        lines = tuple(pk for pk in person.own if pk in spoken)
        total = total_of(person.counts)
        is_other = is_other or not person.own.keys().isdisjoint(renamed)
        for viewer, page in list(person.pages.items()):
            day = page.today(viewer.audience)
            has_come = viewer in joining
            if has_come or is_other or day != page.day:
                own = self._people.own_groups(person, day, page.group_id)
                if not has_come or own.fingerprint != page.fingerprint:
                    viewer.write(self._replaced(viewer, page.group_id, own))
            elif moved or drafts or (lines and day):
                shown = total, moved, lines if day else (), drafts
                given = viewer.audience, page.group_id, *shown
                viewer.write_prepared(self._once(self._moved, *given))
            page.day = day
        if self._people.is_called(user_id, person):
            viewer = max(person.pages, key=lambda each: each.acted_at)
            viewer.write_prepared(self._once(_sound, viewer.audience))

    def _replaced(self, viewer: Viewer, group_id: int | None, own: OwnGroups) -> str:
        """Render the list anew, for a page of this group, or of the lobby (None).

        And what keeps its person from writing in the group, and what waits there, where the page has a place
        for that.
        """
        audience, name = viewer.audience, self._name(group_id)
        shown = rows.of_own(own, audience, name.uuid if name else None)
        html = fragments.own_groups_replaced(audience, own=own, rows=shown)
        if name and viewer.shows_sanctions:
            html += fragments.sanctions_changed(
                audience, group_uuid=name.uuid, sanction=own.sanction
            )
            html += fragments.held_shown(audience, group_uuid=name.uuid, held=own.held)
        return self._title(audience, group_id, own.unread, own.mentions) + html

    def _moved(
        self,
        audience: Audience,
        group_id: int | None,
        total: Unread,
        moved: Iterable[tuple[int, Unread]],
        spoken: Iterable[int],
        drafted: Iterable[tuple[int, bool]],
    ) -> Prepared:
        """Render what has moved: badges of groups, each with its count, last lines, drafts, and the title."""
        badges = [
            fragments.unread_changed(
                audience,
                uuid=self._names[pk].uuid,
                unread=in_words(unread.messages),
                mentions=in_words(unread.mentions),
            )
            for pk, unread in moved
        ]
        drafts = [
            fragments.draft_shown(audience, uuid=self._names[pk].uuid, has_draft=has_draft)
            for pk, has_draft in drafted
        ]
        lines = [self._once(self._last_line, audience, pk) for pk in spoken]
        title = self._title(audience, group_id, *map(in_words, total))
        mentions = fragments.mentions_counted(audience, mentions=in_words(total.mentions))
        return Prepared("".join([*badges, *drafts, *lines, mentions, title]))

    def _last_line(self, audience: Audience, pk: int) -> str:
        name, last = self._names[pk], self._last_lines.get(pk)
        return fragments.last_line_changed(
            audience,
            uuid=name.uuid,
            last=last,
            description=name.description,
            day=audience.today(),
        )

    def _title(self, audience: Audience, group_id: int | None, unread: str, mentions: str) -> str:
        name = self._name(group_id)
        title = name.name if name else LOBBY_TITLE
        return fragments.title_changed(audience, title=title, unread=unread, mentions=mentions)

    def _name(self, group_id: int | None) -> GroupName | None:
        return None if group_id is None else self._names.get(group_id)


def _sound(audience: Audience) -> Prepared:
    return Prepared(fragments.sound_played(audience))
