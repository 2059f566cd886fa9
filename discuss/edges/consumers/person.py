"""What pages share on which somebody acts as themselves, and not as a member of a group."""

from discuss.db.workers import in_worker
from discuss.edges.consumers.page import Handler, LiveConsumer
from discuss.live.viewer import Viewer
from discuss.models import User
from discuss.reading.visitor import Visitor, read_visitor


class PersonConsumer(LiveConsumer):
    """A page to which everybody is let in who is logged in."""

    acts_as = User

    actor: User

    async def read_visitor(self, session_key: str | None) -> Visitor:
        return await in_worker(read_visitor, session_key)

    def enter(self, viewer: Viewer, visitor: Visitor) -> bool:
        if visitor.user is not None:
            self.actor = visitor.user
        return True


class FormsConsumer(PersonConsumer):
    """One on which everything is done by forms. Its feed ends it for whom it is not meant."""

    def _handler(self, name: str) -> Handler | None:
        # What is done there is done by forms.
        return super()._handler(name) if name in self.asks else None
