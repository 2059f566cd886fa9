"""The frames that bring pages of a group what they lack: each is rendered once for all who lack the same."""

from collections.abc import Collection

from discuss.live.group_panels import GroupPanels
from discuss.live.member_panel import MemberPanel
from discuss.live.once import Once
from discuss.live.states import Frame, Newer, Older, PageState, Window
from discuss.models import Entry
from discuss.reading import lines as windows, log as reading
from discuss.reading.log import News, Page
from discuss.rendering import fragments, lines
from discuss.rendering.audience import Audience, templates_are_worn
from discuss.server.wire import Prepared


class Frames:
    """The frames of one flush. Pages that lack the same lines share one, and its bytes."""

    def __init__(self, news: News, members: MemberPanel, skin: str = "") -> None:
        """Take what the group wears by now: pages that wear something else are shown anew."""
        self._news = news
        self._skin = skin
        self._members = members
        self._once = Once()
        self._panels = GroupPanels(news.group_id, self._once)

    def is_current(self, state: PageState) -> bool:
        has_all_lines = state.cursor == self._news.head and state.epoch == self._news.epoch
        is_current = has_all_lines and not self._looks_otherwise(state)
        return is_current and not self._members.lacked(state.members, state.audience)

    def renews_window(self, state: PageState) -> bool:
        """Whether the page shows lines that are not the end, and lacks so much that they are read anew."""
        return state.newest is not None and self._lacking(state) is None

    def at(self, state: PageState) -> Frame:
        lacking = self._lacking(state)
        audience = state.audience.wearing(self._skin)
        is_other = lacking is None and templates_are_worn()
        members = self._members.lacked(state.members, audience, is_other=is_other)
        if state.newest is not None:
            if lacking is None:
                return self._once(self._render_renewed, audience, members, state.window)
            # Pages that show other lines share it where they lack the same.
            shown = tuple(_within(lacking, state.window))
            count = windows.count_after(self._latest(), state.newest)
            given = state.cursor, shown, count, audience, members
            return Frame(self._once(self._render_moved_within, *given), state.window)
        if lacking is None:
            return self._once(self._render_replaced, audience, members)
        # A page is not told of lines above its oldest: it does not show them.
        hidden = sum(entry.position < state.oldest for entry in lacking)
        frame = self._once(self._render_moved, state.cursor, hidden, audience, members)
        return Frame(frame, state.window)

    def _lacking(self, state: PageState) -> list[Entry] | None:
        """Return the lines that changed since the page saw the log; None where it has to be shown anew."""
        changed, head = self._news.changed, self._news.head
        if (
            changed is None
            or not self._news.floor <= state.cursor <= head
            or state.epoch != self._news.epoch
            or self._looks_otherwise(state)
        ):
            return None
        lacking = [entry for entry in changed if entry.change > state.cursor]
        return lacking if len(lacking) <= reading.CATCH_UP_LINES else None

    def _looks_otherwise(self, state: PageState) -> bool:
        """Whether the page's lines are of other templates than those of what the group wears by now.

        What a page was loaded with may be newer than what it was let in with: it lacks the line that says so.
        """
        if state.audience.wearing(self._skin) != state.audience:
            return True
        changed = self._news.changed or ()
        return templates_are_worn() and reading.touches_skin(
            [entry for entry in changed if entry.change > state.cursor]
        )

    def history(self, request: Older) -> Frame:
        page = self._before(request.position)
        audience = request.audience.wearing(self._skin)
        html = fragments.history_added(
            audience,
            lines=[lines.rendered(entry, audience) for entry in page.lines],
            oldest=page.oldest or request.position,
            has_older=page.has_older,
        )
        return Frame(Prepared(html), Window(page.oldest or request.position))

    def newer(self, request: Newer) -> Frame:
        """What follows the newest line of a page that shows older ones, up to the head of this flush."""
        given = self._news.group_id, request.position, self._news.head
        page = self._once(windows.read_after, *given)
        newest = page.newest if page.has_newer else None
        audience = request.audience.wearing(self._skin)
        html = fragments.newer_added(
            audience,
            lines=[lines.rendered(entry, audience) for entry in page.lines],
            panels=self._newest(audience, newest),
        )
        return Frame(Prepared(html), Window(0, newest))

    def _render_moved(self, cursor: int, hidden: int, audience: Audience, members: str) -> Prepared:
        """Render what a page at `cursor` lacks, but for the first `hidden` lines by position."""
        changed = self._news.changed or []
        lacking = sorted((e for e in changed if e.change > cursor), key=lambda e: e.position)
        shown = lacking[hidden:]
        added = [entry for entry in shown if entry.position > cursor]
        replaced = [entry for entry in shown if entry.position <= cursor]
        html = fragments.log_moved(
            audience,
            added=[lines.rendered(entry, audience) for entry in added],
            replaced=[lines.rendered(entry, audience, replaces=True) for entry in replaced],
            cursor=self._news.head,
            announced=added,
            unsays=any(entry.is_hidden or entry.edited_at for entry in replaced),
            panels=[
                members,
                *self._panels.lacked(lacking, audience),
            ],
        )
        return Prepared(html)

    def _render_replaced(self, audience: Audience, members: str) -> Frame:
        page = self._before(self._news.head + 1)
        return self._whole(audience, page, members)

    def _render_moved_within(
        self,
        cursor: int,
        positions: tuple[int, ...],
        count: int | None,
        audience: Audience,
        members: str,
    ) -> Prepared:
        """Render what changed of the lines of a page that does not show the end: those at these positions.

        So many messages stand below its lines.
        """
        lacking = [entry for entry in self._news.changed or () if entry.change > cursor]
        at = {entry.position: entry for entry in lacking}
        html = fragments.log_moved(
            audience,
            added=(),
            replaced=[lines.rendered(at[each], audience, replaces=True) for each in positions],
            cursor=self._news.head,
            panels=[
                members,
                *self._panels.lacked(lacking, audience),
                *self._panels.below(audience, count),
            ],
        )
        return Prepared(html)

    def _render_renewed(self, audience: Audience, members: str, window: Window) -> Frame:
        """Render the lines of a window anew, the first of very many; the end where they are gone."""
        page = windows.read_window(self._news.group_id, *window, self._news.head)
        if not page.lines:
            page = self._before(self._news.head + 1)
        newest = page.newest if page.has_newer else None
        return self._whole(audience, page, members, *self._newest(audience, newest))

    def _before(self, position: int) -> Page:
        return self._once(reading.read_page, self._news.group_id, position)

    def _latest(self) -> list[int]:
        return self._once(windows.read_latest, self._news.group_id)

    def _newest(self, audience: Audience, newest: int | None) -> list[str]:
        return self._panels.newest(audience, newest, windows.count_after(self._latest(), newest))

    def _whole(self, audience: Audience, page: Page, *panels: str) -> Frame:
        html = fragments.log_replaced(
            audience,
            lines=[lines.rendered(entry, audience) for entry in page.lines],
            cursor=self._news.head,
            epoch=self._news.epoch,
            oldest=page.oldest,
            has_older=page.has_older,
            panels=[*panels, *self._panels.whole(audience)],
        )
        newest = page.newest if page.has_newer else None
        return Frame(Prepared(html), Window(page.oldest, newest))


def _within(lines: Collection[Entry], window: Window) -> list[int]:
    """Return the positions of those of the lines that such a page shows, in order."""
    oldest, newest = window
    return sorted(each.position for each in lines if oldest <= each.position <= (newest or 0))
