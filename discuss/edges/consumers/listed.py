"""A page that lists messages apart from their logs: `/ws/listed/`."""

from typing import Any

from discuss.db.workers import in_worker
from discuss.edges.consumers.looks import shows_other_times
from discuss.edges.consumers.page import NOT_UNDERSTOOD, Handler, LiveConsumer
from discuss.forms.listed import ResumeListedForm
from discuss.live.hub import hub
from discuss.live.listed_frames import ListedPage
from discuss.live.viewer import Viewer
from discuss.models import User
from discuss.reading.visitor import Visitor, read_visitor
from discuss.rules.listed import How
from discuss.rules.roles import MEMBER


class ListedConsumer(LiveConsumer):
    """What was found, saved, mentioned, reported or answered: the page hears what becomes of it."""

    acts_as = User

    actor: User

    async def read_visitor(self, session_key: str | None) -> Visitor:
        return await in_worker(read_visitor, session_key)

    def enter(self, viewer: Viewer, visitor: Visitor) -> bool:
        if visitor.user is not None:
            self.actor = visitor.user
        return True

    def _handler(self, name: str) -> Handler | None:
        # What is done to a message is done by forms.
        return super()._handler(name) if name in self.asks else None

    async def on_resume(self, viewer: Viewer, data: dict[str, Any]) -> None:
        if self.is_made_for_another(viewer, data):
            return
        form = ResumeListedForm(data)
        shown = form.shown()
        if self.has_resumed or shown is None:
            self.notify(NOT_UNDERSTOOD)
            return
        self.has_resumed = True
        self.take_name(viewer, data)
        self.take_sheet(viewer, data)
        if shows_other_times(viewer, data):
            # Of each line it shows another look.
            shown = dict.fromkeys(shown, 0)
        sight = str(data.get("sight") or MEMBER)
        page = ListedPage(How(form.cleaned_data["how"]), shown, sight)
        hub.subscriptions.join_listed(viewer, page)
        self.keep_header(viewer, data)
