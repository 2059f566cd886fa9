"""Acts over many lines for tests: asked for, and all their steps taken, as a server does it."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from discuss.models import Act, Entry, LongAct, Membership, User
from discuss.moderation.actions import Why, perform_act, take_long_steps
from tests.cast import Cast


def ago(hours: float) -> datetime:
    return timezone.now() - timedelta(hours=hours)


def written(cast: Cast, hours: float, text: str, *, by: User | None = None) -> Entry:
    """Have somebody, or bob, write this so many hours ago."""
    line = cast.say(by or cast.bob, text)
    Entry.objects.filter(pk=line.pk).update(timestamp=ago(hours))
    line.refresh_from_db()
    return line


def do_whole(actor: Membership | User, name: str, **whom: Any) -> Act | None:
    """Ask for it, and take all its steps."""
    done = perform_act(actor, name, **whom)
    take_all()
    return done


def hide_all(
    actor: Membership | User, cast: Cast, hours: float | None = None, user: User | None = None
) -> Act | None:
    """Ask for everything to be hidden that somebody, or bob, wrote in the Kitchen, and do it."""
    why = Why(since=ago(hours) if hours else None)
    return do_whole(actor, "hide_all", user=user or cast.bob, group=cast.kitchen, why=why)


def take_all() -> None:
    for work in LongAct.objects.going_on():
        for _ in take_long_steps(work):
            pass


def hidden(cast: Cast) -> set[str]:
    lines = Entry.objects.filter(group=cast.kitchen).exclude(hidden_at=None)
    return set(lines.values_list("text", flat=True))
