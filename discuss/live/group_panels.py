"""What a group's page shows besides its log and its members: its name, its rules, and what is pinned."""

from collections.abc import Collection

from discuss.live.once import Once
from discuss.models import Entry, Group
from discuss.reading import log as reading
from discuss.reading.pins import read_pins
from discuss.rendering import fragments
from discuss.rendering.audience import Audience


class GroupPanels:
    """The panels of one flush. Each is read once, after the lines, so it can only be newer than they are."""

    def __init__(self, group_id: int, once: Once) -> None:
        self._group_id = group_id
        self._once = once

    def lacked(self, lacking: Collection[Entry], audience: Audience) -> list[str]:
        """Return what a page lacks that lacks these lines."""
        return [
            *(self._about(audience) if reading.touches_group(lacking) else ()),
            *(self._rules(audience) if reading.touches_rules(lacking) else ()),
            *(self._skin(audience) if reading.touches_skin(lacking) else ()),
            *(self._pinned(audience) if reading.touches_pins(lacking) else ()),
            *_words(audience, lacking),
        ]

    def newest(self, audience: Audience, newest: int | None, count: int | None) -> list[str]:
        """Return where a page ends that ends there, so many messages above the end of the log."""
        group = self._read_group()
        if group is None:
            # It went away just now: the next flush says so.
            return []
        return [fragments.newest(audience, group_uuid=group.uuid, newest=newest, newer_count=count)]

    def below(self, audience: Audience, count: int | None) -> list[str]:
        """Return how many messages stand below the lines of a page."""
        group = self._read_group()
        if group is None:
            return []
        return [fragments.newer_counted(audience, group_uuid=group.uuid, newer_count=count)]

    def whole(self, audience: Audience) -> list[str]:
        return [
            *self._about(audience),
            *self._rules(audience),
            *self._skin(audience),
            *self._pinned(audience),
            fragments.words_forgotten(audience),
        ]

    def _about(self, audience: Audience) -> list[str]:
        group = self._read_group()
        return [fragments.group_renamed(audience, group=group)] if group else []

    def _rules(self, audience: Audience) -> list[str]:
        group = self._read_group()
        return [fragments.rules_shown(audience, group=group)] if group else []

    def _skin(self, audience: Audience) -> list[str]:
        group = self._read_group()
        return [fragments.skin_changed(audience, group=group)] if group else []

    def _pinned(self, audience: Audience) -> list[str]:
        return [fragments.pins_changed(audience, pins=self._once(read_pins, self._group_id))]

    def _read_group(self) -> Group | None:
        return self._once(reading.read_group, self._group_id)


def _words(audience: Audience, lacking: Collection[Entry]) -> list[str]:
    """Return what those of the lines say that do not say any more what they once did."""
    # What was hidden and is shown again is told apart by nothing but its later number.
    changed = [
        each
        for each in lacking
        if each.is_message and (each.change > each.position or each.is_hidden)
    ]
    return [fragments.words_changed(audience, changed=changed)] if changed else []
