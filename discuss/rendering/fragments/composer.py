"""Where people write, and what answers what they sent."""

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
UNANSWERED = (
    f"#nonce, #shown, #answered, #drafts > .draft:nth-child(-n+{DRAFTS_AT_ONCE}):not(:last-child)"
)
# What stands in a kept answer for its number.
_A_NUMBER = "stands-for-the-number"


class Refusal(NamedTuple):
    """A message that was refused: where it was sent, what and under which nonce, why not, and to what."""

    group: Group
    text: str
    nonce: str
    reason: Text
    # The position of the message that it answers; nothing where it answers none.
    reply_to: str = ""


def composing(*, is_large: bool = False) -> dict[str, Any]:
    """Return what the templates of composers need to know of the rules, and of who writes."""
    return {"longest": MESSAGE_LENGTH, "unanswered": UNANSWERED, "is_large": is_large}


def message_answered(
    audience: Audience, *, answered: int, has_more: bool = False, refusal: Refusal | None = None
) -> str:
    """To its author: the message of this number is stored, or refused. No field is touched."""
    if refusal is not None or settings.DEBUG:
        return _message_answered(audience, answered, has_more, refusal)
    number = _A_NUMBER if answered else 0
    return _stored(audience, number, has_more).replace(_A_NUMBER, str(answered))


@cache
def _stored(audience: Audience, number: int | str, has_more: bool) -> str:
    """Return what answers every message that is stored, but for its number; without one, a program's."""
    return _message_answered(audience, number, has_more, None)


def _message_answered(
    audience: Audience, answered: int | str, has_more: bool, refusal: Refusal | None
) -> str:
    context = {"answered": answered, "has_more": has_more, "refusal": refusal, **composing()}
    return render("message_answered", audience, **context)
