"""Runs Daphne with connections of our own, and ends it in order."""

import asyncio
import faulthandler
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from daphne.server import Server as DaphneServer
from twisted.internet import defer, reactor, tcp
from twisted.logger import LogLevel, globalLogPublisher

from discuss.server import endpoints
from discuss.server.drain import END_WITHIN, drain
from discuss.server.gate import Gate
from discuss.server.gc_tuning import Collector
from discuss.server.http import Channel
from discuss.server.receive_queue import Inbox
from discuss.server.websocket import AUTOBAHN_OPTIONS, Socket, configured
from discuss.server.wire import EXTENSION

logger = logging.getLogger(__name__)

# Seconds that an application has to end after its connection did, before it is cancelled.
LEAVE_WITHIN = 10.0
# Seconds that a thread may keep the interpreter from the others: Python's own are 10 times that. Each line
# crosses several threads, and waits so long at each where somebody keeps them busy (bench.attacks: marks).
# With 0.2 ms a busy group of 1,000 gets a twentieth less, because threads that change places cost something.
SWITCH_SECONDS = 0.0005


async def _nothing() -> None:
    pass


class Server(DaphneServer):
    """Serves `application` on one address or one unix socket, in this process, until it is told to stop.

    `client_header` is the one header that tells a request's address, where a proxy in front sets it; over
    a unix socket there is no other. Without `is_limited` a socket may send as many frames as it likes, and an
    address open as many connections; behind a proxy, the proxy sees to these. `source` returns whom an
    address counts for.
    After SIGTERM or Ctrl-C `on_drain` is called first; when requests are finished and sockets closed,
    `on_exit` is awaited.
    """

    def __init__(
        self,
        application: Any,
        *,
        host: str = "",
        port: int = 0,
        unix_socket: Path | None = None,
        client_header: str | None = None,
        is_limited: bool = True,
        source: Callable[[str], str] = str,
        on_drain: Callable[[], object] = lambda: None,
        on_exit: Callable[[], Awaitable[object]] = _nothing,
    ) -> None:
        if unix_socket is not None:
            endpoint = endpoints.unix_endpoint(unix_socket)
        else:
            endpoint = endpoints.tcp_endpoint(host, port)
        super().__init__(
            application,
            endpoints=[endpoint],
            proxy_forwarded_address_header=client_header,
            ready_callable=self._prepare,
            server_name="discussit",
            signal_handlers=False,
        )
        self.on_drain, self.on_exit = on_drain, on_exit
        self.unix_socket = unix_socket
        self.is_limited = is_limited
        self._source = source
        has_gate = is_limited and unix_socket is None and client_header is None
        self._gate = Gate() if has_gate else None
        self.has_failed = False
        self.is_draining = False
        self._is_hurried = False
        self.ports: list[tcp.Port] = []
        self.channels: set[Channel] = set()
        self.collector = Collector()
        self._errands: set[asyncio.Future[None]] = set()

    def run(self) -> None:
        # Twisted's timers go by a clock that can be set: forward, and everybody's time would be up;
        # back, and nothing would happen until it had caught up.
        reactor.seconds = monotonic
        if self.unix_socket is not None:
            endpoints.clear(self.unix_socket)
        self.collector.begin()
        super().run()

    @property
    def sockets(self) -> list[Socket]:
        """The WebSockets that are not closed."""
        closed = Socket.STATE_CLOSED
        return [p for p in self.connections if isinstance(p, Socket) and p.state != closed]

    @property
    def tasks(self) -> list[asyncio.Future[None]]:
        """The applications that have not ended, one for each request and each socket."""
        tasks = [details.get("application_instance") for details in self.connections.values()]
        return [task for task in tasks if task is not None and not task.done()]

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` on the side."""
        task = asyncio.ensure_future(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # --- the beginning ------------------------------------------------------------------------------

    def _prepare(self) -> None:
        # Daphne makes its factories when it runs, and calls this before it accepts anybody.
        self.http_factory.protocol = Channel
        sys.setswitchinterval(SWITCH_SECONDS)
        if self._gate:
            self.http_factory.buildProtocol = self._gated(
                self.http_factory.buildProtocol, self._gate
            )
        self.ws_factory.setProtocolOptions(**AUTOBAHN_OPTIONS)
        self.ws_factory.protocol = configured(self.ws_factory, is_limited=self.is_limited)
        globalLogPublisher.addObserver(_pass_on)
        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._take_signal)

    def charge(self, address: str, connections: int) -> None:
        """Count so many connections more of this address."""
        if self._gate:
            self._gate.charge(self._source(address), connections)

    def _gated(self, build: Callable[[Any], Any], gate: Gate) -> Callable[[Any], Any]:
        """Return what makes a connection's protocol, or nothing for one too many of an address."""
        return lambda address: build(address) if gate.lets_in(self._source(address.host)) else None

    def listen_success(self, port: tcp.Port) -> None:
        endpoints.take_few(port)
        self.ports.append(port)

    def listen_error(self, failure: Any) -> None:
        self.has_failed = True
        super().listen_error(failure)

    # --- connections and their applications ---------------------------------------------------------

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Inbox | None:
        scope["asgi"] = {"version": "3.0"}
        if scope["type"] == "websocket":
            scope["extensions"] = {EXTENSION: protocol}
        inbox = Inbox()
        send = partial(self.handle_reply, protocol)
        if protocol not in self.connections:
            return None
        application = self.application(scope=scope, receive=inbox.get, send=send)
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(application)
        return inbox

    def protocol_disconnected(self, protocol: Any) -> None:
        # By a clock that nobody sets, unlike Daphne's; and a connection may be reported twice.
        if protocol in self.connections:
            self.connections[protocol].setdefault("disconnected", monotonic())

    def application_checker(self) -> None:
        """Every second, see to the applications that ended, and to those that should have."""
        reactor.callLater(1, self.application_checker)
        self.collector.tidy(len(self.connections))
        for protocol, details in list(self.connections.items()):
            task, since = details.get("application_instance"), details.get("disconnected")
            if task is not None and task.done():
                del details["application_instance"]
                self._report(protocol, task, is_gone=since is not None)
                task = None
            if since is None:
                continue
            if task is None:
                del self.connections[protocol]
            elif monotonic() - since > LEAVE_WITHIN:
                logger.warning("%.200r did not end after its connection had.", protocol.path)
                task.cancel()

    def _report(self, protocol: Any, task: asyncio.Future[None], *, is_gone: bool) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logger.error("An application failed.", exc_info=error)
            if not is_gone:
                protocol.handle_exception(error)

    # --- the end ------------------------------------------------------------------------------------

    def _take_signal(self, number: int, frame: object) -> None:
        """Begin to end. The first signal counts; a second Ctrl-C ends the process at once."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if not self.is_draining:
            self.is_draining = True
            self._is_hurried = number == signal.SIGINT
            # Not a thread of Python's, so that nothing of ours can keep it from happening. It says
            # where everything hung.
            faulthandler.dump_traceback_later(END_WITHIN, exit=True)
            reactor.callFromThread(self.stop)

    def kill_all_applications(self) -> defer.Deferred[None]:
        # Twisted's loop runs on until this is done.
        work = drain(self, is_hurried=self._is_hurried)
        return defer.Deferred.fromFuture(asyncio.ensure_future(work))


def _pass_on(event: dict[str, Any]) -> None:
    """Log what failed in a callback of Twisted's, which Daphne would drop."""
    failure = event.get("log_failure")
    if failure is not None and event.get("log_level") is LogLevel.critical:
        error = failure.value
        logger.error(
            "A connection failed.", exc_info=(type(error), error, failure.getTracebackObject())
        )
