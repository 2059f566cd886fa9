"""What is written to pages that list messages. Whatever is the same for several is rendered once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from discuss.live.viewer import Viewer
from discuss.models import Entry
from discuss.reading.lines import sees_versions
from discuss.reading.listed import Said
from discuss.rendering import fragments, lines
from discuss.rendering.audience import Audience
from discuss.rules import roles
from discuss.rules.listed import How
from discuss.rules.refusals import Code
from discuss.server.wire import Prepared


@dataclass(slots=True)
class ListedPage:
    """A page that lists messages: how, and which, each with the change that it shows.

    `sight` is what it shows of hidden messages. Of those in `lost` its person was told that they are
    not for them any more.
    """

    how: How
    shown: dict[int, int]
    sight: str = roles.MEMBER
    lost: set[int] = field(default_factory=set)


class ListedFrames:
    """The frames of one flush."""

    def __init__(self, said: Said, group_of: Mapping[int, int]) -> None:
        self._said = said
        self._group_of = group_of
        self.status = cache(lambda audience: Prepared(fragments.status_renewed(audience)))
        self._frame = cache(self._render)

    def end(self, viewer: Viewer, page: ListedPage) -> str | None:
        """Return what ends a page that its person may not see any more; None for one that goes on."""
        if not page.how.is_of_one_group:
            return None
        if len({self._group_of.get(pk) for pk in page.shown}) > 1:
            # What its person is in one of them says nothing of the others.
            return fragments.listed_ended(viewer.audience, text=Code.NOT_A_MEMBER.label)
        for pk in page.shown:
            role, entry = self._role(viewer, pk), self._said.lines.get(pk)
            if role is None or entry is None:
                return fragments.listed_ended(viewer.audience, text=Code.NOT_A_MEMBER.label)
            relation = roles.OWN if entry.author_id == viewer.user_id else roles.HIGHER
            if page.how == How.VERSIONS and not sees_versions(entry, role, relation):
                return fragments.listed_ended(viewer.audience, text=Code.NOT_TO_SEE.label)
        return None

    def lacked(self, viewer: Viewer, page: ListedPage) -> Prepared | None:
        """Return what the page lacks, and note that it is shown that; None where it lacks nothing."""
        lost = [pk for pk in page.shown if self._role(viewer, pk) is None and pk not in page.lost]
        page.lost.update(lost)
        audience, is_other = viewer.audience, False
        if page.how.is_of_one_group and page.shown:
            audience = audience.seeing(self._role(viewer, next(iter(page.shown))) or roles.MEMBER)
            is_other, page.sight = audience.sight != page.sight, audience.sight
        changed = [
            pk
            for pk, change in page.shown.items()
            if pk not in page.lost
            and (entry := self._said.lines.get(pk))
            and (entry.change != change or (is_other and entry.hidden_by is not None))
        ]
        page.shown.update((pk, self._said.lines[pk].change) for pk in changed)
        if is_other or changed or lost:
            return self._frame(page.how, audience, tuple(changed), tuple(lost))
        return None

    def _role(self, viewer: Viewer, pk: int) -> str | None:
        """Return the person's role where this was said; None where they are no member, or it is gone."""
        return self._said.roles.get((viewer.user_id, self._group_of.get(pk, 0)))

    def _render(
        self, how: How, audience: Audience, changed: tuple[int, ...], lost: tuple[int, ...]
    ) -> Prepared:
        entries = [self._said.lines[pk] for pk in changed]
        if how.is_of_one_group:
            return Prepared(self._lines(how, audience, entries))
        is_whole = how == How.TEXTS
        html = fragments.words_said(audience, changed=entries, is_whole=is_whole) if changed else ""
        return Prepared(html + (fragments.words_lost(audience, lost=lost) if lost else ""))

    def _lines(self, how: How, audience: Audience, entries: list[Entry]) -> str:
        parts = [lines.rendered(entry, audience, replaces=True) for entry in entries]
        if how == How.VERSIONS:
            parts += [
                fragments.versions_shown(audience, revisions=self._said.revisions[entry.pk])
                for entry in entries
            ]
        return "".join([*parts, fragments.sight(audience)])
