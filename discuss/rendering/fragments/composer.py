"""Where people write, and what answers what they sent."""

import hashlib
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings

from discuss.forms import MESSAGE_LENGTH
from discuss.models import Group
from discuss.rendering.audience import Audience
from discuss.rendering.templates import render
from discuss.rules.text import Text

# Sent drafts that one frame holds at most: three of the longest messages are less than FRAME_LIMIT.
DRAFTS_AT_ONCE = 3
# The fields of a page that tell what it has sent and was not answered.
UNANSWERED = f"#nonce, #answered, #drafts > .draft:nth-child(-n+{DRAFTS_AT_ONCE}):not(:last-child)"
# What stands in a kept answer for its number.
_A_NUMBER = "stands-for-the-number"


class Refusal(NamedTuple):
    """A message that was refused: where it was sent, what and under which nonce, and why not."""

    group: Group
    text: str
    nonce: str
    reason: Text


def draft(*, has_focus: bool = True) -> str:
    """A field to write the next message in: the same for everybody, in every group."""
    return render("draft", Audience.everyone(), **composing(), typed="", has_focus=has_focus)


def unseen() -> str:
    """A sign that lines came below, until the end of the log is in sight."""
    return render("unseen", Audience.everyone())


def at_hand() -> str:
    """All that a page takes from its browser's own cache, the same for everybody."""
    return draft() + unseen()


def at_hand_version() -> str:
    """What tells this version of it from others, in its address."""
    if settings.DEBUG:  # a designer may be changing a template
        return _version(at_hand())
    return _kept_version(Audience.everyone())


@cache
def _kept_version(audience: Audience) -> str:
    return _version(at_hand())


def _version(html: str) -> str:
    return hashlib.sha256(html.encode()).hexdigest()[:12]


def composing() -> dict[str, Any]:
    """Return what the templates of composers need to know of the rules."""
    return {"longest": MESSAGE_LENGTH, "unanswered": UNANSWERED}


def message_answered(
    audience: Audience, *, answered: int, has_more: bool = False, refusal: Refusal | None = None
) -> str:
    """To its author: the message of this number is stored, or refused. No field is touched."""
    if refusal is not None or not answered or settings.DEBUG:
        return _message_answered(audience, answered, has_more, refusal)
    return _stored(audience, has_more).replace(_A_NUMBER, str(answered))


@cache
def _stored(audience: Audience, has_more: bool) -> str:
    """Return what answers every message that is stored, but for its number."""
    return _message_answered(audience, _A_NUMBER, has_more, None)


def _message_answered(
    audience: Audience, answered: int | str, has_more: bool, refusal: Refusal | None
) -> str:
    context = {"answered": answered, "has_more": has_more, "refusal": refusal, **composing()}
    return render("message_answered", audience, **context)
