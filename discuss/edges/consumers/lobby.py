"""The lobby: `/ws/`."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from discuss.db.workers import in_actor
from discuss.edges.consumers.looks import shows_other_times
from discuss.edges.consumers.person import PersonConsumer
from discuss.forms import OwnForm, ResumeLobbyForm, first_error
from discuss.live.hub import hub
from discuss.live.lobby_updates import Joining
from discuss.live.viewer import Viewer
from discuss.models import Group, User
from discuss.verbs import perform, verbs_of


class LobbyConsumer(PersonConsumer):
    """A page of the lobby."""

    async def on_resume(self, viewer: Viewer, data: dict[str, Any]) -> None:
        if self.is_made_for_another(viewer, data):
            return
        # Whoever comes in is counted by their pages; refused here, a page would never ask again.
        if self.has_resumed and not self.may("lobby", viewer):
            return
        self.has_resumed = True
        self.take_name(viewer, data)
        self.take_sheet(viewer, data)
        form = ResumeLobbyForm(data)
        query = form.query()
        joining = Joining(query, form.cleaned_data.get("fingerprint", ""))
        own = OwnForm(data)
        viewer.shows_own = own.is_given
        # The page goes on saying the zone that it was loaded in, so it gets its own list anew each time.
        is_other = shows_other_times(viewer, data)
        hub.subscriptions.join_lobby(viewer, joining, "" if is_other else own.fingerprint())
        self.keep_header(viewer, data)

    async def on_join(self, viewer: Viewer, data: dict[str, Any]) -> None:
        await self._change_membership("join", viewer, data)

    async def on_leave(self, viewer: Viewer, data: dict[str, Any]) -> None:
        await self._change_membership("leave", viewer, data)

    async def _change_membership(self, verb: str, viewer: Viewer, data: dict[str, Any]) -> None:
        form = await in_actor(perform, verbs_of(User)[verb], self.actor, data)
        group: Group | None = form.cleaned_data.get("group")
        if form.errors:
            # The notice is not beside the group, which may be far down.
            reason = first_error(form)
            beside = format_lazy(_("{group}: {reason}"), group=group, reason=reason)
            self.notify(beside if group else reason)
        else:
            self.notify("")
            hub.subscriptions.answer_lobby(
                viewer, form.cleaned_data["group"], is_member=verb == "join"
            )
