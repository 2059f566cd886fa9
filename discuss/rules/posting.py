"""Who may write in a group, who has to wait, and what waits for a moderator's approval."""

from datetime import datetime, timedelta
from typing import NamedTuple

from discuss.rules.moments import Moment
from discuss.rules.refusals import Code, Refused
from discuss.rules.roles import MODERATOR, OWNER, may
from discuss.rules.spans import Wait

# What the setting of a group says who may post.
EVERYBODY, MODERATORS = "everybody", "moderators"
# What slow mode is at least and at most, in seconds.
SLOW_MODE = (5, 6 * 3600)


class Rules(NamedTuple):
    """What the settings of a group say about who writes, and when. 0: there is no such rule.

    `slow_mode` is the seconds between two messages of a member, `newcomers_wait` the minutes that new members
    wait. What accounts write that are younger than `held_days` waits for approval. Moderators are free of all
    of them.
    """

    posting: str = EVERYBODY
    is_locked: bool = False
    slow_mode: int = 0
    newcomers_wait: int = 0
    held_days: int = 0


class Poster(NamedTuple):
    """A person's place in a group, as it stands under the group's lock.

    `must_read` says that there is a warning which they have not read yet. `joined_at` is when they came into
    the group, `account_since` when their account was made. `posted_at` is when they wrote last, where the
    group has slow mode.
    """

    group_id: int
    role: str
    muted_until: datetime | None = None
    must_read: bool = False
    joined_at: datetime | None = None
    account_since: datetime | None = None
    posted_at: datetime | None = None

    @property
    def is_moderator(self) -> bool:
        return self.role in {MODERATOR, OWNER}


def may_post(poster: Poster | None, group_id: int, rules: Rules, now: datetime) -> Refused | None:
    """Return why this person may not post into the group now; None where they may.

    `poster` is None where the membership is gone, or the account is closed.
    """
    if poster is None or poster.group_id != group_id or not may("post", poster.role):
        return Refused(Code.NOT_A_MEMBER)
    return (
        bound(poster, rules, now)
        or may_write(poster.muted_until, poster.must_read, now)
        or _slowed(poster, rules, now)
    )


def may_write(muted_until: datetime | None, must_read: bool, now: datetime) -> Refused | None:
    """Return why a member may change nothing that others see: a time-out, or a warning to be read."""
    if muted_until and muted_until > now:
        return Refused(Code.MUTED, until=Moment(muted_until))
    return Refused(Code.MUST_READ) if must_read else None


def bound(poster: Poster, rules: Rules, now: datetime) -> Refused | None:
    """Return why this member may write nothing by the group's rules, neither a message nor an edit of one."""
    if poster.is_moderator:
        return None
    if rules.is_locked:
        return Refused(Code.LOCKED)
    if rules.posting == MODERATORS:
        return Refused(Code.MODERATORS_ALONE)
    wait = _seconds_until(poster.joined_at, timedelta(minutes=rules.newcomers_wait), now)
    return Refused(Code.NEWCOMER, time=Wait(wait)) if wait else None


def may_edit(poster: Poster, rules: Rules, now: datetime) -> Refused | None:
    """Return why this member may put no other text in the place of theirs, by the group's rules.

    What was approved is not what they would write into it.
    """
    if refusal := bound(poster, rules, now):
        return refusal
    return Refused(Code.HELD_TO_EDIT) if is_held(poster, rules, now) else None


def may_react(poster: Poster, rules: Rules) -> Refused | None:
    """Return why this member may not react, by the group's rules. Where moderators alone write, others do."""
    is_bound = rules.is_locked and not poster.is_moderator
    return Refused(Code.LOCKED) if is_bound else None


def is_held(poster: Poster, rules: Rules, now: datetime) -> bool:
    """Whether what this member writes waits for approval: their account is new."""
    age = timedelta(days=rules.held_days)
    return not poster.is_moderator and bool(_seconds_until(poster.account_since, age, now))


def _slowed(poster: Poster, rules: Rules, now: datetime) -> Refused | None:
    wait = _seconds_until(poster.posted_at, timedelta(seconds=rules.slow_mode), now)
    if poster.is_moderator or not wait:
        return None
    return Refused(Code.SLOW_MODE, time=Wait(wait))


def _seconds_until(since: datetime | None, length: timedelta, now: datetime) -> float:
    """Return how long it is until so much time has gone by since then; 0 where it has."""
    if since is None or not length:
        return 0.0
    return max((since + length - now).total_seconds(), 0.0)
