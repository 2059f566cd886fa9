"""Which groups are being read at this moment, by whom and by which of their pages."""

from collections import defaultdict

from discuss.live.viewer import Viewer


class BeingRead:
    """A page in which a group is being read shows its person all that is written: nothing of it is unread.

    The methods run on the hub's event loop but `by`.
    """

    def __init__(self) -> None:
        self._pages: defaultdict[tuple[int, int], set[Viewer]] = defaultdict(set)

    def __contains__(self, place: tuple[int, int]) -> bool:
        """Whether this person is reading this group."""
        return place in self._pages

    def start(self, viewer: Viewer, group_id: int) -> None:
        self._pages[viewer.user_id, group_id].add(viewer)

    def stop(self, viewer: Viewer, group_id: int) -> bool:
        """Return whether it was the last page by which its person was reading the group."""
        pages = self._pages.get((viewer.user_id, group_id), set())
        if viewer not in pages:
            return False
        pages.discard(viewer)
        if not pages:
            del self._pages[viewer.user_id, group_id]
        return not pages

    def by(self, user_id: int) -> frozenset[int]:
        """Return the groups that this person is reading; for a worker thread."""
        return frozenset(group for user, group in list(self._pages) if user == user_id)
