"""The handshake of a page's socket: who comes, what they are told who may not stay, and who is let in."""

import asyncio
import logging

from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.translation import gettext_lazy as _

from discuss.accounts.sessions import is_due, renew
from discuss.db.workers import in_actor, log_failure
from discuss.edges import connections, throttle
from discuss.edges.lanes import Full
from discuss.edges.networks import barred
from discuss.edges.scopes import address_of, session_of
from discuss.limits import limits, too_fast, too_many_pages
from discuss.live.hub import hub
from discuss.live.networks import NO_ENTRANCE
from discuss.live.viewer import Viewer
from discuss.reading.visitor import Visitor
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rules.text import Text
from discuss.server.protocol import CLOSE_NO_MEMBER, CLOSE_NO_SESSION, CLOSE_OVERLOAD
from discuss.server.wire import EXTENSION

# Seconds for which the socket stays open of a page that is not let in, because its person has too many.
FULL_FOR = 10.0

LOGGED_OUT = _("You are logged out.")
ACCOUNT_CLOSED = _("Your account was closed.")


class HandshakeConsumer(AsyncWebsocketConsumer):
    """A socket until its page is let in. What comes after that is the affair of LiveConsumer."""

    # Where failures are logged.
    logger: logging.Logger
    user_id: int | None = None
    _deadline: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        try:
            async with throttle.handshakes.slot(self.scope):
                await self._meet()
        except Full:
            await self.close()

    async def _meet(self) -> None:
        """Find out who comes, and let them in or tell them why not."""
        session_key = session_of(self.scope)
        if session_key is None and not connections.may_open(self.scope):
            await self.close()
            return
        # Bells are heard from here on: what ends the session while it is read must not be missed.
        hub.start()
        await hub.know_site()
        await hub.know_networks()
        address = address_of(self.scope)
        if barred(address):
            await self._turn_away(session_key)
            return
        since = asyncio.get_running_loop().time()
        # Before anything is accepted: where the database is away the handshake fails, and htmx waits
        # longer and longer only while it cannot open a socket.
        visitor = await self.read_visitor(session_key) if session_key else Visitor(None)
        self.user_id = visitor.user.pk if visitor.user else None
        audience = Audience.of(visitor.user)
        if visitor.membership is not None:
            audience = Audience.on_page_of(visitor.membership)
        if session_key and visitor.user is None and not connections.may_open(self.scope):
            await self.close()
            return
        cookie = ""
        if session_key and visitor.ends and is_due(visitor.ends):
            # A page may stay open for weeks, and ask for nothing else meanwhile.
            cookie = await self._renew(session_key)
        try:
            await self.accept(headers=[(b"set-cookie", cookie.encode())] if cookie else None)
        except OSError:
            # Who asked is gone: servers say so by an error of this kind (ASGI, "Disconnected Client").
            self.logger.debug("A page of user %s went away before it was let in.", self.user_id)
            return
        if visitor.user is None or session_key is None:
            # Refusing the handshake would look like a lost connection, and be tried for ever.
            await self.send(self.session_ended(audience, visitor))
            await self.close(CLOSE_NO_SESSION)
            return
        direct = self.scope.get("extensions", {}).get(EXTENSION)
        viewer = Viewer(visitor.user, session_key, audience, self.base_send, direct, address)
        self._let_in(viewer, visitor, since)

    async def _turn_away(self, session_key: str | None) -> None:
        """Refuse whoever comes from a blocked network. The database is not asked who it is.

        An open page is told why: refused, it would look like a lost connection, and be tried for ever.
        """
        if session_key is not None and connections.may_open(self.scope):
            await self.accept()
            await self.send(fragments.entrance_barred(Audience.of(None), text=NO_ENTRANCE))
            await self.close(CLOSE_NO_MEMBER)
        else:
            await self.close()

    def _let_in(self, viewer: Viewer, visitor: Visitor, since: float) -> None:
        refusal = self._refusal(viewer)
        if refusal:
            viewer.write(fragments.notice_shown(viewer.audience, text=refusal))
            # Later, because the page comes back at once.
            later = asyncio.get_running_loop().call_later
            self._deadline = later(FULL_FOR, viewer.close, CLOSE_OVERLOAD)
        elif self.enter(viewer, visitor):
            self.begin(viewer, since)

    def _refusal(self, viewer: Viewer) -> Text:
        """Return what to tell a person who has too many pages, or opens them too fast."""
        wait = connections.wait_for_page(viewer.user_id)
        if wait:
            return too_fast(wait)
        return too_many_pages() if limits.are_full(hub.count_pages(viewer.user_id)) else ""

    async def _renew(self, session_key: str) -> str:
        """Have the session go on, and return its cookie; there is time for that until it ends."""
        try:
            return await in_actor(renew, session_key)
        except Exception as error:
            self._log_failure("renew", error)
            return ""

    def _log_failure(self, verb: str, error: Exception) -> None:
        path, user = self.scope["path"], self.user_id
        text = "%s of user %s failed in %s"
        log_failure(self.logger, error, text, verb, user, path, user=user, path=path)

    # --- for subclasses -----------------------------------------------------------------------------

    async def read_visitor(self, session_key: str | None) -> Visitor:
        """Find out who it is and what they may enter."""
        raise NotImplementedError

    def session_ended(self, audience: Audience, visitor: Visitor) -> str:
        """Return what a page is told whose session stands for nobody."""
        return fragments.session_ended(audience, text=farewell(visitor))

    def enter(self, viewer: Viewer, visitor: Visitor) -> bool:
        """Let the person in, or tell them why not, close, and return False."""
        raise NotImplementedError

    def begin(self, viewer: Viewer, since: float) -> None:
        """Begin to serve the page; `since` is when its session began to be read."""
        raise NotImplementedError


def farewell(visitor: Visitor) -> Text:
    """Return what to tell somebody whose session stands for nobody."""
    return visitor.refusal or (ACCOUNT_CLOSED if visitor.is_closed else LOGGED_OUT)
