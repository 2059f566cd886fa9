"""A group's page: `/ws/groups/<uuid>/`."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.forms import Form
from django.utils import timezone

from discuss.db.workers import in_actor, in_worker
from discuss.edges.consumers.handshake import farewell
from discuss.edges.consumers.looks import shows_other_sight, shows_other_times, wears_other_skin
from discuss.edges.consumers.page import FAILED, NOT_UNDERSTOOD, LiveConsumer
from discuss.edges.consumers.posting import Sent, Unanswered, post, refused
from discuss.forms import (
    DraftForm,
    NewerForm,
    OlderForm,
    OwnForm,
    ReadForm,
    ResumeForm,
    UnshownForm,
    first_error,
)
from discuss.limits import limits, too_fast
from discuss.live.farewells import LEFT, not_admitted
from discuss.live.hub import hub
from discuss.live.states import PageState
from discuss.live.viewer import Viewer
from discuss.models import Group, Membership
from discuss.reading.log import read_open_group
from discuss.reading.visitor import Visitor, read_visitor
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rules.drafts import Kept, Place, Typed
from discuss.rules.posting import Poster, may_post
from discuss.server.protocol import CLOSE_NO_MEMBER
from discuss.verbs import perform, verbs_of


class GroupConsumer(LiveConsumer):
    """A group's page."""

    asks = frozenset({"resume", "older", "newer", "read", "draft", "typing"})
    acts_as = Membership
    has_composer = True

    actor: Membership

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unanswered = Unanswered()
        self._asking_later: dict[str, asyncio.TimerHandle] = {}

    async def read_visitor(self, session_key: str | None) -> Visitor:
        uuid: UUID = self.scope["url_route"]["kwargs"]["uuid"]
        return await in_worker(read_visitor, session_key, uuid)

    def enter(self, viewer: Viewer, visitor: Visitor) -> bool:
        if visitor.membership is None:
            text = visitor.refusal or not_admitted(is_open=visitor.group is not None)
            # Whom the group does not let in is offered no way in.
            group = None if visitor.refusal else visitor.group
            html = fragments.membership_ended(viewer.audience, group=group, text=text)
            viewer.end(html, CLOSE_NO_MEMBER)
            return False
        self.actor = visitor.membership
        viewer.marking = self.actor.marking
        return True

    def session_ended(self, audience: Audience, visitor: Visitor) -> str:
        uuid: UUID = self.scope["url_route"]["kwargs"]["uuid"]
        return fragments.session_ended(audience, text=farewell(visitor), group_uuid=uuid)

    async def on_resume(self, viewer: Viewer, data: dict[str, Any]) -> None:
        if self.is_made_for_another(viewer, data):
            return
        form = ResumeForm(data)
        if self.has_resumed or not form.is_valid():
            self.notify(NOT_UNDERSTOOD)
            return
        self.has_resumed = True
        self.take_name(viewer, data)
        self.take_sheet(viewer, data)
        state = PageState(audience=viewer.audience, **form.cleaned_data)
        unshown = UnshownForm(data).kinds()
        if (
            shows_other_times(viewer, data)
            or shows_other_sight(viewer, data)
            or wears_other_skin(viewer, self.actor.group, data)
            or (unshown and fragments.knows_kinds(*unshown))
        ):
            # As lines of another database: it gets its log anew.
            state = state._replace(epoch="")
        own = OwnForm(data)
        viewer.shows_own = own.is_given
        viewer.shows_sanctions = "sight" in data
        viewer.shows_writing = "writing" in data
        hub.subscriptions.join_group(viewer, self.actor.group_id, state, own.fingerprint())
        self.keep_header(viewer, data)
        if "text" in data:
            # Sent before, through a socket that was lost: nobody knows whether it arrived.
            await self.on_post(viewer, data)

    async def on_older(self, viewer: Viewer, data: dict[str, Any]) -> None:
        form = OlderForm(data)
        if form.is_valid():
            ask = partial(hub.subscriptions.ask_older, viewer, self.actor.group_id)
            self._ask_in_time("older", viewer, partial(ask, form.cleaned_data["oldest"]))
        else:
            self.notify(NOT_UNDERSTOOD)

    async def on_newer(self, viewer: Viewer, data: dict[str, Any]) -> None:
        form = NewerForm(data)
        if form.is_valid():
            ask = partial(hub.subscriptions.ask_newer, viewer, self.actor.group_id)
            self._ask_in_time("newer", viewer, partial(ask, form.cleaned_data["newest"]))
        else:
            self.notify(NOT_UNDERSTOOD)

    def _ask_in_time(self, verb: str, viewer: Viewer, ask: Callable[[], None]) -> None:
        """Ask for lines, now or as soon as the person may."""
        wait = limits.take("older", viewer.user_id)
        later, loop = self._asking_later.get(verb), asyncio.get_running_loop()
        if not wait:
            ask()
        elif later is None or later.when() < loop.time():
            # A page asks once for what is beyond its lines, so it gets it all the same.
            self._asking_later[verb] = loop.call_later(wait, ask)
        else:
            self.notify(too_fast(wait))

    async def on_read(self, viewer: Viewer, data: dict[str, Any]) -> None:
        form = ReadForm(data)
        if form.is_valid():
            hub.subscriptions.note_page_read(viewer, self.actor.group_id, form.cleaned_data["read"])
        else:
            self.notify(NOT_UNDERSTOOD)

    async def on_post(self, viewer: Viewer, data: dict[str, Any]) -> None:
        try:
            news = list(self._unanswered.news(data))
        except ValueError:
            self.notify(NOT_UNDERSTOOD)
            return
        for number, fields, has_more in news:
            sent = Sent(self.actor, viewer.audience, number, fields, has_more)
            try:
                answer = await post(sent)
            except Exception as error:
                self._log_failure("post", error)
                answer = refused(sent, FAILED)
            if not answer.is_stored and not answer.notice:
                # It is told beside its text.
                self.count_refusal(viewer)
            if answer.is_stored:
                ended = self._unanswered.ended(number, str(fields.get("text")))
                hub.drafts.note_posted(self.actor, ended)
            viewer.write(answer.html)
            self.notify(answer.notice)

    async def on_draft(self, viewer: Viewer, data: dict[str, Any]) -> None:
        form = DraftForm.of(data)
        if not form.is_valid():
            self.notify(NOT_UNDERSTOOD)
        elif self.has_time_for("draft", viewer):
            # Else nobody is told: they write on, and the next one holds all of it.
            typed = form.cleaned_data
            place = Place(typed["nonce"], typed["answered"])
            kept = Kept(place, typed["text"], typed["reply_to"])
            hub.drafts.keep(self.actor, Typed(kept, typed["shown"]))

    async def on_typing(self, viewer: Viewer, data: dict[str, Any]) -> None:
        # As they stood when the page came in: a sign that comes too much for some hours hurts nobody.
        member, group = self.actor, self.actor.group
        poster = Poster(member.group_id, member.role, member.muted_until)
        if may_post(poster, group.pk, group.rules, timezone.now()):
            return
        if self.has_time_for("typing", viewer):
            hub.subscriptions.note_typing(viewer, group.pk)

    async def on_leave(self, viewer: Viewer, data: dict[str, Any]) -> None:
        form, group = await in_actor(_leave, self.actor, data)
        if form.errors:
            viewer.write(fragments.own_actions(viewer.audience, group=group or self.actor.group))
            self.notify(first_error(form))
            return
        html = fragments.membership_ended(viewer.audience, group=group, text=LEFT, has_focus=True)
        viewer.end(html, CLOSE_NO_MEMBER)
        hub.leave(viewer)


def _leave(membership: Membership, data: dict[str, Any]) -> tuple[Form, Group | None]:
    """Leave, and return the form and the group as anybody may find it.

    That is read before: the feed, which is rung when the leaving is committed, must not tell it first.
    """
    group = read_open_group(membership.group_id)
    return perform(verbs_of(Membership)["leave"], membership, data), group
