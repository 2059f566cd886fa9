"""A person's own network: a proxy between one browser context and the server, to be cut or silenced.

It speaks as much SOCKS 5 (RFC 1928) as a browser asks for: no authentication, CONNECT.
"""

import socket
import struct
import threading
import time
from contextlib import suppress
from queue import SimpleQueue

from playwright.sync_api import ProxySettings

CHUNK = 64 * 1024


class Wire:
    """Carries bytes both ways. While cut it refuses; what is silenced stays open and hears nothing more."""

    def __init__(self) -> None:
        # Seconds that everything is on its way, each way.
        self.delay = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._sockets: set[socket.socket] = set()
        self._silent: set[socket.socket] = set()
        self._is_cut = False
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def proxy(self) -> ProxySettings:
        """What a browser context is told; by default it would go around a proxy for the loopback."""
        port = self._listener.getsockname()[1]
        return {"server": f"socks5://127.0.0.1:{port}", "bypass": "<-loopback>"}

    def cut(self) -> None:
        """Break every connection, and let no new one through until it is mended."""
        with self._lock:
            self._is_cut = True
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _close(end)

    def mend(self) -> None:
        self._is_cut = False

    def silence(self, *, refuses: bool = False) -> None:
        """Lose, from now on, all that the present WebSockets carry; neither end is told.

        Other connections are closed, as a server does once they were idle for a minute. New ones work,
        unless it `refuses` them.
        """
        with self._lock:
            self._is_cut = refuses
            silent = [pair for pair in self._pairs if self._sockets.intersection(pair)]
            others = [pair for pair in self._pairs if pair not in silent]
            self._pairs = silent
            self._silent.update(end for pair in silent for end in pair)
        for pair in others:
            for end in pair:
                _close(end)

    def close(self) -> None:
        _close(self._listener)
        self.cut()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=[browser], daemon=True).start()

    def _connect(self, browser: socket.socket) -> None:
        try:
            _, methods = _read(browser, 2)
            _read(browser, methods)
            browser.sendall(b"\x05\x00")
            _, _, _, kind = _read(browser, 4)
            address = (
                socket.inet_ntoa(_read(browser, 4))
                if kind == 1
                else _read(browser, _read(browser, 1)[0]).decode()
            )
            (port,) = struct.unpack("!H", _read(browser, 2))
            if self._is_cut:
                raise ConnectionError
            server = socket.create_connection((address, port), timeout=30)
            server.settimeout(None)
            with self._lock:
                # It may have been cut since.
                if self._is_cut:
                    _close(server)
                    raise ConnectionError
                self._pairs.append((browser, server))
            browser.sendall(b"\x05\x00\x00\x01" + bytes(6))
        except (OSError, ValueError):
            with suppress(OSError):
                browser.sendall(b"\x05\x05\x00\x01" + bytes(6))
            _close(browser)
            return
        for source, target in ((browser, server), (server, browser)):
            threading.Thread(target=self._carry, args=[source, target], daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        line: SimpleQueue[tuple[float, bytes] | None] = SimpleQueue()
        threading.Thread(target=self._deliver, args=[line, source, target], daemon=True).start()
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if b"upgrade: websocket" in data.lower():
                    self._sockets.add(source)
                line.put((time.monotonic() + self.delay, data))
        line.put(None)

    def _deliver(
        self,
        line: "SimpleQueue[tuple[float, bytes] | None]",
        source: socket.socket,
        target: socket.socket,
    ) -> None:
        with suppress(OSError):
            while piece := line.get():
                due, data = piece
                time.sleep(max(0.0, due - time.monotonic()))
                if source not in self._silent:
                    target.sendall(data)
        if source not in self._silent:
            _close(source)
            _close(target)


def _read(end: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = end.recv(count - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


def _close(end: socket.socket) -> None:
    # A thread that waits in recv or accept is woken by shutdown, not by close.
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
