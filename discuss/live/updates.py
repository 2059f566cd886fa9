"""What the pages of a group lack, in a worker thread: read the log once, render each frame once.

A flush is told where pages stand and returns what each of them lacks. It knows nothing of sockets.
"""

from collections.abc import Collection, Sequence
from time import thread_time

from django.db import InterfaceError, OperationalError

from discuss.live import states
from discuss.live.frames import Frames
from discuss.live.member_panel import MemberPanel
from discuss.live.states import PageState, UpdateRequest, Updates
from discuss.models import ENDING_KINDS, Entry
from discuss.reading import log as reading
from discuss.reading.bars import read_barred
from discuss.reading.log import News
from discuss.reading.members import Shown, read_members, read_members_of
from discuss.rendering.audience import templates_are_worn


def read_updates_of(requests: Sequence[UpdateRequest]) -> list[Updates | Exception | None]:
    """Read for several feeds: what happened for all of them, and the rest one after the other.

    One that fails spoils it for no other.

    Where the database is away, it is for all of them: each would wait as long in vain. Raises what Django
    raises then.
    """
    answers: list[Updates | Exception | None] = []
    for request in _with_news(requests):
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


def _with_news(requests: Sequence[UpdateRequest]) -> Sequence[UpdateRequest]:
    """Return the requests with what happened in their groups, where that can be read for several at once."""
    # A page that joins in may be far behind the others.
    floors = {r.group_id: r.cursor for r in requests if r.cursor is not None and not r.joining}
    if len(floors) < 2:
        return requests
    try:
        news = reading.read_news_of(floors)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # The one that it is about fails again, by itself.
        return requests
    return [
        r._replace(news=news.get(r.group_id))
        if not r.joining and floors.get(r.group_id) == r.cursor
        else r
        for r in requests
    ]


def read_updates(request: UpdateRequest) -> Updates | None:
    """Read the log and render what states lack. Returns None where the group is gone."""
    group_id, cursor, shown, live, joining, candidates, live_people, older, newer, skin, news = (
        request
    )
    is_first = cursor is None
    if cursor is None:
        cursor = reading.read_heads([group_id]).get(group_id, 0)
    # One page from long ago must not make this flush read everything: it gets its log replaced.
    near = [p.cursor for p in joining if cursor - p.cursor <= reading.CATCH_UP_LINES]
    floor = min([cursor, *near])
    news = news or reading.read_news(group_id, floor, candidates=candidates)
    if news is None:
        return None
    if templates_are_worn() and (
        is_first or news.changed is None or reading.touches_skin(news.changed)
    ):
        # Read after the lines as well.
        skin = _worn(group_id)
    before, members = shown, None
    if shown is None or _may_show_others(news, shown, [*live, *joining], skin):
        # Read after the lines, so it can only be newer than they are.
        members = read_members(group_id)
        shown = members.shown
    frames = Frames(news, MemberPanel(before, members), skin)
    behind = [state for state in live if not frames.is_current(state)]
    # A window is read for itself alone.
    later = frozenset([state for state in behind if frames.renews_window(state)][states.AT_ONCE :])
    ended, returned = _ended(news, cursor, live_people)
    sends_away = ended or len(news.admitted) < len(candidates)
    return Updates(
        head=news.head,
        epoch=news.epoch,
        shown=shown,
        group=reading.read_open_group(group_id) if sends_away else None,
        barred=read_barred(group_id, {*ended, *candidates}) if sends_away else {},
        live={state: frames.at(state) for state in behind if state not in later},
        later=later,
        joining={state: frames.at(state) for state in joining},
        history={request: frames.history(request) for request in older},
        newer={request: frames.newer(request) for request in newer},
        ended=ended,
        returned=returned,
        admitted=news.admitted,
        authors=_authors(news, cursor),
        skin=skin,
    )


def _worn(group_id: int) -> str:
    group = reading.read_group(group_id)
    return group.skin if group else ""


def _may_show_others(news: News, shown: Shown, states: Collection[PageState], skin: str) -> bool:
    """Whether the list of members may be another than the live pages show, or look otherwise.

    Also where a page shows another one: it was loaded since, or the two are from different databases.
    """
    return (
        news.changed is None
        or reading.touches_members(news.changed)
        or any(p.members != shown.fingerprint or p.epoch != news.epoch for p in states)
        or (templates_are_worn() and reading.touches_skin(news.changed))
        or any(p.audience.wearing(skin) != p.audience for p in states)
    )


def _authors(news: News, cursor: int) -> frozenset[int]:
    """Return whose messages are new."""
    return frozenset(
        entry.author_id
        for entry in news.changed or ()
        if entry.author_id and entry.is_message and entry.position > cursor
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
