"""A page that lists messages apart from their logs: `/ws/listed/`."""

from typing import Any

from discuss.edges.consumers.looks import shows_other_times
from discuss.edges.consumers.page import NOT_UNDERSTOOD
from discuss.edges.consumers.person import FormsConsumer
from discuss.forms.listed import ResumeListedForm
from discuss.live.hub import hub
from discuss.live.listed_frames import ListedPage
from discuss.live.viewer import Viewer
from discuss.rules.listed import How
from discuss.rules.roles import MEMBER


class ListedConsumer(FormsConsumer):
    """What was found, saved, mentioned, reported or answered: the page hears what becomes of it."""

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
