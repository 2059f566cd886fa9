"""Which feeds a bell wakes: those that may show what has changed, if they are open."""

from discuss.doorbell.bell import Bell
from discuss.live.subscriptions import Subscriptions
from discuss.server.protocol import CLOSE_RESTART


class Waking:
    """Wakes the feeds of this process. Its methods run on the hub's event loop."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._open = subscriptions

    def hear(self, bell: Bell) -> bool:
        """Wake what the bell concerns. Returns whether bells of its kind concern feeds at all.

        What feeds show of people is another's to tell: `ring_person` wakes them.
        """
        kind, pk, head = bell
        if kind == "group":
            self._ring_group(pk, head)
        elif kind == "looks":
            self._ring_looks(pk, head)
        elif kind == "hidden":
            self._ring_hidden(pk, head)
        elif kind == "lobby":
            self._ring_lobby(pk)
        elif kind in {"read", "draft"}:
            self.ring_read(pk)
        elif kind == "unread":
            self._ring_unread(pk, head)
        elif kind == "presence":
            self._ring_presence(pk)
        elif kind == "queue":
            self._ring_queue(pk)
        elif kind == "answer":
            self._ring_answer(pk)
        elif kind == "lost":
            self._lose(pk)
        else:
            return False
        return True

    def ring_person(self, user_id: int) -> None:
        """What the pages of this person show of them may have changed."""
        if self._open.lobby:
            self._open.lobby.ring_person(user_id)
        if self._open.person:
            self._open.person.ring_person(user_id)
        if self._open.listed:
            self._open.listed.ring_person(user_id)
        self._ring_answer(user_id)

    def ring_read(self, user_id: int) -> None:
        """This person has read something in another process, or has a draft somewhere."""
        if self._open.person:
            self._open.person.ring_read(user_id)

    def _ring_group(self, group_id: int, head: int) -> None:
        """The group's log may have changed."""
        if group_id in self._open.groups:
            self._open.groups[group_id].ring(head)
        if self._open.person:
            self._open.person.ring_group(group_id, head)
        self._ring_listed(group_id, head)

    def _ring_looks(self, group_id: int, head: int) -> None:
        """Lines of the group's log may look otherwise; what else is shown of it is as it was."""
        if group_id in self._open.groups:
            self._open.groups[group_id].ring_later(head)
        self._ring_listed(group_id, head)

    def _ring_hidden(self, group_id: int, head: int) -> None:
        """Something was hidden, which lists of groups may show at once no more."""
        if self._open.person:
            self._open.person.ring_hidden(group_id, head)
        self._ring_listed(group_id, head)

    def _ring_listed(self, group_id: int, head: int) -> None:
        """Pages may list lines of the group that say something else now."""
        if self._open.listed:
            self._open.listed.ring_group(group_id, head)

    def _ring_lobby(self, group_id: int) -> None:
        """What the lobby shows of the group may have changed."""
        if self._open.lobby:
            self._open.lobby.ring_group(group_id)
        if self._open.person:
            self._open.person.ring_name(group_id)

    def _ring_unread(self, user_id: int, group_id: int) -> None:
        """This person has marked messages of the group as unread: no page of theirs reads them again."""
        self._open.marks.forget(user_id, group_id)
        if group_id in self._open.groups:
            self._open.groups[group_id].stop_reading(user_id)
        if self._open.person:
            self._open.person.mark_unread(user_id, group_id)

    def _ring_presence(self, group_id: int) -> None:
        """Others may be connected to the group in other processes."""
        if group_id in self._open.groups:
            self._open.presence.watch(group_id)

    def _ring_queue(self, group_id: int) -> None:
        """Cases of this group, or of none (0), may have changed."""
        if self._open.queue:
            self._open.queue.ring(group_id)

    def _ring_answer(self, user_id: int) -> None:
        """What this person's header says may have changed."""
        if self._open.queue:
            self._open.queue.ring_person(user_id)

    def _lose(self, group_id: int) -> None:
        """A play has the group's pages lose their connection. They come back by themselves."""
        if group_id in self._open.groups:
            for viewer in self._open.groups[group_id].viewers:
                viewer.close(CLOSE_RESTART)
