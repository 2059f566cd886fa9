"""How far somebody has read, and what they marked as unread since; pure."""

from typing import NamedTuple


class Mark(NamedTuple):
    """A page says that its person has read up to this position.

    `unread_at` is where the log stood when its person had last marked something there as unread, as the
    page knew it when it came.
    """

    position: int = 0
    unread_at: int = 0

    def upto(self, unread_at: int) -> int:
        """Return how far that is, where something was last marked as unread at this place of the log.

        A page that was there before has read nothing of what stood there then, whenever its mark comes.
        """
        counts = self.unread_at >= unread_at or self.position > unread_at
        return self.position if counts else 0

    def and_also(self, other: "Mark") -> "Mark":
        """Return what this mark and another say together."""
        return Mark(*map(max, self, other))


NO_MARK = Mark()
