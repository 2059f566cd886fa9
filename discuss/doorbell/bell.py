"""A bell: that something changed, and never what."""

from typing import NamedTuple

# Kinds of bells that say how far a log is.
HEADS = frozenset({"group", "looks", "hidden"})


class Bell(NamedTuple):
    """Something changed.

    Kind "group" (its log is at `head`), "looks" (the same, and only looks of lines changed), "hidden" (the
    same, and lists of groups may show what nobody shall see any more), "lobby" (a
    group's row), "presence" (who is here in a group), "deletion" (one has begun), "long_act"
    (one is to be gone on with, from the beat `head` on), "erased" (some text), "task" (one is to be done),
    "site" (its name or words), "filters" (some rules), "networks" (those that are blocked), "queue" (cases
    of a group, or of none), "answer" (a person's reports), "person", "read" or "draft" (by this person,
    somewhere), "unread" (a person has marked messages of the group `head` as unread), "lost"
    (a group's pages are to lose their connection, as a scene says that is played there).
    """

    kind: str
    pk: int
    head: int = 0

    @property
    def key(self) -> tuple[str, int, int]:
        """Return what bells have in common that tell the same: of heads, a later one tells all."""
        return (self.kind, self.pk, 0) if self.kind in HEADS else self
