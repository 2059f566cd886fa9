"""The socket's edge: it turns frames into verbs, and answers the one who sent them.

What everybody sees comes from the hub; what a verb means stands in discuss.verbs.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from time import monotonic
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from django.utils.translation import gettext_lazy as _

from discuss.db.workers import in_actor
from discuss.edges import connections
from discuss.edges.consumers.handshake import HandshakeConsumer
from discuss.forms import HeaderForm, first_error
from discuss.limits import limits
from discuss.live.hub import hub
from discuss.live.names import show_name
from discuss.live.queue_updates import QueuePage
from discuss.live.site import show_sheet
from discuss.live.viewer import Viewer
from discuss.models import Membership, User
from discuss.rendering import fragments
from discuss.rules.text import Text
from discuss.server.protocol import (
    CLOSE_FAILED,
    CLOSE_NO_SESSION,
    CLOSE_NORMAL,
    CLOSE_OVERLOAD,
    CLOSE_TOO_BIG,
    FRAME_LIMIT,
)
from discuss.verbs import Actor, Verb, perform, verbs_of

# Seconds within which a page must say where it stands.
RESUME_WITHIN = 10.0

NOT_UNDERSTOOD = _("That could not be understood. Reload the page and try again.")
# After a commit that failed nobody knows whether it was one; the nonce makes another try harmless.
FAILED = _("Something went wrong here. Please try again: nothing will be stored twice.")


type Handler = Callable[[Viewer, dict[str, Any]], Awaitable[None]]


class LiveConsumer(HandshakeConsumer):
    """One open page. Subclasses say who may enter, and who acts."""

    logger = logging.getLogger(__name__)
    viewer: Viewer | None = None
    has_resumed = False
    has_notice = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        # Channels' own would keep a task for each page to wait for `receive`, beside one for its layer.
        self.scope, self.base_send = scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:
            # Cancelled, it hears of no disconnection.
            self._let_go()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels' own hops to its one shared thread here, for every message; the pool looks after its
        # connections itself.
        try:
            await getattr(self, get_handler_name(message))(message)
        except StopConsumer:
            raise
        except Exception as error:
            kind = message["type"]
            self._log_failure(kind, error)
            await self._close_failed()
            self._let_go()
            if kind == "websocket.disconnect":
                raise StopConsumer from None

    def begin(self, viewer: Viewer, since: float) -> None:
        self.viewer = viewer
        hub.arrive(viewer, since)
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(RESUME_WITHIN, self._close_unless_resumed)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        # Channels' own hops to that thread here too.
        self._let_go()
        connections.count_end(self.scope, message, self.user_id)
        raise StopConsumer

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        viewer = self.viewer
        if viewer is None or not viewer.is_open:
            return
        size = len(bytes_data or (text_data or "").encode("utf-8", "surrogatepass"))
        if size > FRAME_LIMIT:
            viewer.close(CLOSE_TOO_BIG)
            return
        data = _read_frame(text_data)
        verb = str(data.get("verb"))
        handle = self._handler(verb)
        if handle is None:
            self.notify(NOT_UNDERSTOOD)
            return
        if verb not in self.asks:
            viewer.acted_at = monotonic()
        try:
            await handle(viewer, data)
        except Exception as error:
            if verb == "resume":
                raise  # a page that is not live is of no use: it had better come again
            self._log_failure(verb, error)
            self.notify(FAILED)

    def _handler(self, name: str) -> Handler | None:
        """Return what takes a frame of this verb: a method of its own, else the one for all, or nothing."""
        # Before it has said where it stands, a page can do nothing else.
        if name != "resume" and not self.has_resumed:
            return None
        verb = verbs_of(self.acts_as).get(name)
        if verb is None and name not in self.asks:
            return None
        own: Handler | None = getattr(self, f"on_{name}", None)
        return own or (verb and partial(self.act, verb))

    async def act(self, verb: Verb, viewer: Viewer, data: dict[str, Any]) -> None:
        """Do what a verb means, and answer as it says."""
        form = await in_actor(perform, verb, self.actor, data)
        if verb.answer:
            html = fragments.verb_answered(
                viewer.audience, verb.answer, actor=self.actor, form=form, oob=True
            )
            if html.strip():
                viewer.write(html)
        self.notify(first_error(form) if form.errors else "")

    def may(self, kind: str, viewer: Viewer) -> bool:
        """Whether the person may do this now; they are told where not (discuss/limits.py)."""
        refusal = limits.refusal(kind, viewer.user_id)
        if refusal:
            self.notify(refusal)
        return not refusal

    def notify(self, text: Text) -> None:
        """Show the sender what went wrong; an empty `text` takes away what went wrong before."""
        if self.viewer is not None and text:
            self.count_refusal(self.viewer)
        if self.viewer is not None and (text or self.has_notice):
            self.viewer.write(fragments.notice_shown(self.viewer.audience, text=text))
            self.has_notice = bool(text)

    def has_time_for(self, kind: str, viewer: Viewer) -> bool:
        """Whether the person may do this now; nobody is told where not, but who goes on is sent away."""
        wait = limits.take(kind, viewer.user_id)
        if wait:
            self.count_refusal(viewer)
        return not wait

    def count_refusal(self, viewer: Viewer) -> None:
        """Send away whoever is refused again and again."""
        if limits.take("refusal", viewer.user_id):
            viewer.close(CLOSE_OVERLOAD)

    def is_made_for_another(self, viewer: Viewer, data: dict[str, Any]) -> bool:
        """Whether the page was made for somebody else than the session's person; then it ends here."""
        reader = data.get("reader")
        if reader is None or reader == str(viewer.user_id):
            return False
        html = fragments.reader_changed(
            viewer.audience, person=viewer.name, has_composer=self.has_composer
        )
        viewer.end(html, CLOSE_NO_SESSION)
        return True

    def take_name(self, viewer: Viewer, data: dict[str, Any]) -> None:
        """Note which name of its person the page shows, and correct it."""
        shown = data.get("called")
        if shown is not None:
            viewer.shown_name = str(shown)
            show_name(viewer, viewer.name)

    def take_sheet(self, viewer: Viewer, data: dict[str, Any]) -> None:
        """Note which token sheet the page wears, and correct it."""
        worn = data.get("sheet")
        if worn is not None:
            show_sheet(viewer, str(worn))

    def keep_header(self, viewer: Viewer, data: dict[str, Any]) -> None:
        """Keep the page's header current, where it has a place for it."""
        header = HeaderForm(data)
        if header.is_given:
            hub.subscriptions.join_queue(viewer, QueuePage(header=header.told()))

    async def _close_failed(self) -> None:
        if self.viewer is not None:
            self.viewer.close(CLOSE_FAILED)
            return
        try:
            await self.close(CLOSE_FAILED)  # before it was accepted, this refuses the handshake
        except Exception:  # plain Daphne's, which has no such code, or that it is gone
            with contextlib.suppress(Exception):
                await self.close()

    def _let_go(self) -> None:
        """Leave the hub. To leave again does nothing."""
        if self._deadline is not None:
            self._deadline.cancel()
        if self.viewer is not None:
            hub.leave(self.viewer)

    def _close_unless_resumed(self) -> None:
        # htmx may reopen a socket whose element has been replaced since. Such a one never speaks and
        # would stay for ever; 1000 is the code after which htmx lets go of it.
        if self.viewer is not None and not self.has_resumed:
            self.viewer.close(CLOSE_NORMAL)

    # --- for subclasses -----------------------------------------------------------------------------

    # What its page asks for besides the verbs of its actor: each has a method.
    asks = frozenset({"resume"})
    # Who acts by its verbs.
    acts_as: type[Membership] | type[User]
    actor: Actor
    has_composer = False


def _read_frame(text: str | None) -> dict[str, Any]:
    """Return the object that ws-send made: form fields, and HEADERS. Anything else is an empty one."""
    try:
        data = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
