"""The queue of cases, and the page of each: `/ws/moderation/`."""

from typing import Any

from discuss.db.workers import in_worker
from discuss.edges.consumers.looks import shows_other_times
from discuss.edges.consumers.page import NOT_UNDERSTOOD, Handler, LiveConsumer
from discuss.forms import HeaderForm
from discuss.live.hub import hub
from discuss.live.queue_updates import QueuePage
from discuss.live.viewer import Viewer
from discuss.models import User
from discuss.moderation.forms.queue import ResumeQueueForm
from discuss.reading.visitor import Visitor, read_visitor


class QueueConsumer(LiveConsumer):
    """A page of moderators. The feed ends it for whoever is none, now or later."""

    acts_as = User

    actor: User

    async def read_visitor(self, session_key: str | None) -> Visitor:
        return await in_worker(read_visitor, session_key)

    def enter(self, viewer: Viewer, visitor: Visitor) -> bool:
        if visitor.user is not None:
            self.actor = visitor.user
        return True

    def _handler(self, name: str) -> Handler | None:
        # What is done to a case is done by forms.
        return super()._handler(name) if name in self.asks else None

    async def on_resume(self, viewer: Viewer, data: dict[str, Any]) -> None:
        if self.is_made_for_another(viewer, data):
            return
        if self.has_resumed:
            self.notify(NOT_UNDERSTOOD)
            return
        self.has_resumed = True
        self.take_name(viewer, data)
        self.take_sheet(viewer, data)
        form, header = ResumeQueueForm(data), HeaderForm(data)
        shown = form.fingerprint_given()
        if shows_other_times(viewer, data):
            shown = ""
        told = header.told() if header.is_given else None
        hub.subscriptions.join_queue(viewer, QueuePage(form.shows(), shown, told))
