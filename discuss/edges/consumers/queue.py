"""The queue of cases, and the page of each: `/ws/moderation/`."""

from typing import Any

from discuss.edges.consumers.looks import shows_other_times
from discuss.edges.consumers.page import NOT_UNDERSTOOD
from discuss.edges.consumers.person import FormsConsumer
from discuss.forms import HeaderForm
from discuss.live.hub import hub
from discuss.live.queue_updates import QueuePage
from discuss.live.viewer import Viewer
from discuss.moderation.forms.queue import ResumeQueueForm


class QueueConsumer(FormsConsumer):
    """A page of moderators. The feed ends it for whoever is none, now or later."""

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
