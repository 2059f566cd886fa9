"""What a reply shows of the message that it answers."""

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F
from django.db.models.functions import Left

from discuss.models.user import User
from discuss.rules.excerpts import EXCERPT_LENGTH, excerpt

if TYPE_CHECKING:
    from discuss.models.entry import Entry


class Quote(NamedTuple):
    """Its key, the address of its own page, its author (None: someone who is gone), and its beginning."""

    pk: int
    address: str
    author: str | None
    excerpt: str
    is_hidden: bool

    @classmethod
    def of(cls, entry: "Entry") -> "Quote | None":
        """Return what this line quotes, which for_display() read; None where it answers nothing."""
        if entry.reply_to_id is None or entry.quoted_position is None:
            return None
        address = entry.address_at(entry.quoted_position)
        beginning = excerpt(entry.quoted_text or "")
        is_hidden = entry.quoted_hidden_at is not None
        return cls(entry.reply_to_id, address, entry.quoted_author, beginning, is_hidden)


def quoted() -> dict[str, Any]:
    """Return what for_display() reads of the message that a line answers: all NULL in most lines."""
    return {
        "quoted_position": F("reply_to__position"),
        "quoted_author": User.name_of("reply_to__author__"),
        # Spaces may go from it, so twice as much is read.
        "quoted_text": Left("reply_to__text", 2 * EXCERPT_LENGTH),
        "quoted_hidden_at": F("reply_to__hidden_at"),
    }
