"""What the pages of a group lack, in a worker thread: read the log once, render each frame once.

A flush is told where pages stand and returns what each of them lacks. It knows nothing of sockets.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from time import thread_time
from typing import NamedTuple

from django.db import InterfaceError, OperationalError

from discuss.live.group_panels import GroupPanels
from discuss.live.member_panel import MemberPanel
from discuss.models import ENDING_KINDS, Entry, Group
from discuss.reading import log as reading
from discuss.reading.log import News
from discuss.reading.members import Shown, read_members, read_members_of
from discuss.rendering import fragments, lines
from discuss.rendering.audience import Audience
from discuss.server.wire import Prepared


class PageState(NamedTuple):
    """Where a page stands: the head it has seen, of which database, its oldest line, and which members.

    That is the fingerprint of the list (Shown).
    """

    cursor: int
    epoch: str
    oldest: int
    members: str
    audience: Audience


class Frame(NamedTuple):
    """What a page lacked, and the oldest line that it has now."""

    prepared: Prepared
    oldest: int


class Older(NamedTuple):
    """A request for the lines before this position."""

    position: int
    audience: Audience


@dataclass(slots=True)
class Updates:
    """What to write to whom, where the log is now at `head`.

    `shown` is the list of members that all these pages show by then. `ended` are the people who are no
    members any more, each with the event that says so; None where that is among too many lines to hold.
    `group` is there where somebody has to be sent away from it, who may still find it.
    """

    head: int
    epoch: str
    shown: Shown
    group: Group | None = None
    live: dict[PageState, Frame] = field(default_factory=dict)
    joining: dict[PageState, Frame] = field(default_factory=dict)
    history: dict[Older, Frame] = field(default_factory=dict)
    ended: dict[int, Entry | None] = field(default_factory=dict)
    returned: frozenset[int] = frozenset()
    admitted: frozenset[int] = frozenset()
    # Who has written what is new to live pages.
    authors: frozenset[int] = frozenset()
    # Of this thread's computing.
    seconds: float = 0.0


class UpdateRequest(NamedTuple):
    """What a flush asks for: what these pages lack after `cursor` (None: it has not read yet).

    `shown` is the list of members on the live pages (None: there were none yet). `joining_people` are those
    of the joining pages, `live_people` those of the live ones.
    """

    group_id: int
    cursor: int | None
    shown: Shown | None
    live: Collection[PageState]
    joining: Collection[PageState]
    joining_people: Collection[int]
    live_people: Collection[int]
    older: Collection[Older]


def read_updates_of(requests: Sequence[UpdateRequest]) -> list[Updates | Exception | None]:
    """Read for several feeds, one after the other; one that fails spoils it for no other.

    Where the database is away, it is for all of them: each would wait as long in vain. Raises what Django
    raises then.
    """
    answers: list[Updates | Exception | None] = []
    for request in requests:
        begin = thread_time()
        try:
            updates = read_updates(request)
            if updates is not None:
                updates.seconds = thread_time() - begin
            answers.append(updates)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            answers.append(error)
    return answers


def read_updates(request: UpdateRequest) -> Updates | None:
    """Read the log and render what states lack. Returns None where the group is gone."""
    group_id, cursor, shown, live, joining, joining_people, live_people, older = request
    if cursor is None:
        cursor = reading.read_heads([group_id]).get(group_id, 0)
    # One page from long ago must not make this flush read everything: it gets its log replaced.
    near = [p.cursor for p in joining if cursor - p.cursor <= reading.CATCH_UP_LINES]
    news = reading.read_news(group_id, min([cursor, *near]), candidates=joining_people)
    if news is None:
        return None
    before, members = shown, None
    if shown is None or _may_show_others(news, shown, [*live, *joining]):
        # Read after the lines, so it can only be newer than they are.
        members = read_members(group_id)
        shown = members.shown
    frames = _Frames(news, MemberPanel(before, members))
    ended, returned = _ended(news, cursor, live_people)
    sends_away = ended or len(news.admitted) < len(joining_people)
    return Updates(
        head=news.head,
        epoch=news.epoch,
        shown=shown,
        group=reading.read_open_group(group_id) if sends_away else None,
        live={state: frames.at(state) for state in live if not frames.is_current(state)},
        joining={state: frames.at(state) for state in joining},
        history={request: frames.history(request) for request in older},
        ended=ended,
        returned=returned,
        admitted=news.admitted,
        authors=frozenset(
            entry.author_id
            for entry in news.changed or ()
            if entry.author_id and entry.is_message and entry.position > cursor
        ),
    )


def _may_show_others(news: News, shown: Shown, states: Collection[PageState]) -> bool:
    """Whether the list of members may be another than the live pages show.

    Also where a page shows another one: it was loaded since, or the two are from different databases.
    """
    return (
        news.changed is None
        or reading.touches_members(news.changed)
        or any(p.members != shown.fingerprint or p.epoch != news.epoch for p in states)
    )


def _ended(
    news: News, cursor: int, live_people: Collection[int]
) -> tuple[dict[int, Entry | None], frozenset[int]]:
    """Return the event that ended each membership, and who ended one and has another by now."""
    if news.changed is None:
        # The event may be among the lines that were not read: ask for the memberships themselves.
        members = read_members_of(news.group_id, live_people)
        return {user_id: None for user_id in live_people if user_id not in members}, frozenset()
    latest = news.ended_after(cursor)
    returned = frozenset(user for user, event in latest.items() if event.kind not in ENDING_KINDS)
    return {user: event for user, event in latest.items() if user not in returned}, returned


class _Frames:
    """The frames of one flush. Pages that lack the same lines share one, and its bytes."""

    def __init__(self, news: News, members: MemberPanel) -> None:
        self._news = news
        self._members = members
        self._panels = GroupPanels(news.group_id)
        # Each of these is read, or rendered, at most once a flush.
        self._page = cache(reading.read_page)
        self._moved = cache(self._render_moved)
        self._replaced = cache(self._render_replaced)

    def is_current(self, state: PageState) -> bool:
        has_all_lines = state.cursor == self._news.head and state.epoch == self._news.epoch
        return has_all_lines and not self._members.lacked(state.members, state.audience)

    def at(self, state: PageState) -> Frame:
        changed, head = self._news.changed, self._news.head
        members = self._members.lacked(state.members, state.audience)
        if (
            changed is None
            or not self._news.floor <= state.cursor <= head
            or state.epoch != self._news.epoch
        ):
            return self._replaced(state.audience, members)
        lacking = [entry for entry in changed if entry.change > state.cursor]
        if len(lacking) > reading.CATCH_UP_LINES:
            return self._replaced(state.audience, members)
        # A page is not told of lines above its oldest: it does not show them.
        hidden = sum(entry.position < state.oldest for entry in lacking)
        return Frame(self._moved(state.cursor, hidden, state.audience, members), state.oldest)

    def history(self, request: Older) -> Frame:
        page = self._page(self._news.group_id, before=request.position)
        html = fragments.history_added(
            request.audience,
            lines=[lines.rendered(entry, request.audience) for entry in page.lines],
            oldest=page.oldest or request.position,
            has_older=page.has_older,
        )
        return Frame(Prepared(html), page.oldest or request.position)

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
            panels=[members, *self._panels.lacked(lacking, audience)],
        )
        return Prepared(html)

    def _render_replaced(self, audience: Audience, members: str) -> Frame:
        page = self._page(self._news.group_id, before=self._news.head + 1)
        html = fragments.log_replaced(
            audience,
            lines=[lines.rendered(entry, audience) for entry in page.lines],
            cursor=self._news.head,
            epoch=self._news.epoch,
            oldest=page.oldest,
            has_older=page.has_older,
            panels=[members, *self._panels.whole(audience)],
        )
        return Frame(Prepared(html), page.oldest)
