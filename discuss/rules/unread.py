"""How far somebody has read, and what they marked as unread since; pure."""

from typing import NamedTuple


class Marking(NamedTuple):
    """Where a log stood when somebody last marked something in it as unread, and how often they have.

    Where they do so twice and nothing was written in between, the log stands where it stood.
    """

    at: int = 0
    times: int = 0

    def is_known(self, known: "Marking") -> bool:
        """Whether whoever knows that much knows of this."""
        return known.at >= self.at and known.times >= self.times


NEVER = Marking()


class Mark(NamedTuple):
    """A page says that its person has read up to this position.

    `marking` is how its person had marked something there as unread, as the page knew it when it came.
    """

    position: int = 0
    marking: Marking = NEVER

    def upto(self, marking: Marking) -> int:
        """Return how far that is, where something was last marked as unread so.

        A page that was there before has read nothing of what stood there then, whenever its mark comes.
        """
        counts = marking.is_known(self.marking) or self.position > marking.at
        return self.position if counts else 0

    def and_also(self, other: "Mark") -> "Mark":
        """Return what this mark and another say together.

        Of two of which one knows of a marking that the other does not, the other counts where it is later.
        """
        older, newer = (self, other) if self.marking.is_known(other.marking) else (other, self)
        return Mark(max(newer.position, older.upto(newer.marking)), newer.marking)


NO_MARK = Mark()
