"""A mail server of a test's own: it takes mails on the loopback, is silent, or is away."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from deploy.cluster.port import Port

# Seconds that a client may leave it waiting.
PATIENCE = 60.0


class MailServer:
    """As much of SMTP (RFC 5321) as a client needs. Away at first; its address stays the same."""

    def __init__(self) -> None:
        self._port = Port()
        self.port = self._port.number
        self.mails: list[EmailMessage] = []
        # Those that are connected, and whether they are answered.
        self.clients: set[Any] = set()
        self._answers = threading.Event()
        self._answers.set()
        self._server: socketserver.ThreadingTCPServer | None = None

    @property
    def url(self) -> str:
        """What EMAIL_URL is set to."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mailers(self) -> dict[str, Any]:
        """What MAILERS is set to."""
        backend = "django.core.mail.backends.smtp.EmailBackend"
        options = {"host": "127.0.0.1", "port": self.port, "timeout": PATIENCE}
        return {"default": {"BACKEND": backend, "OPTIONS": options}}

    def start(self) -> None:
        mail_server = self

        class Talk(socketserver.StreamRequestHandler):
            timeout = PATIENCE

            def handle(self) -> None:
                mail_server.clients.add(self)
                try:
                    mail_server._talk(self.rfile, self.wfile)
                finally:
                    mail_server.clients.discard(self)

        class Listening(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Listening(("127.0.0.1", self.port), Talk)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.answer()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def be_silent(self) -> None:
        """From now on take connections, and say nothing."""
        self._answers.clear()

    def answer(self) -> None:
        """Go on where it was silent."""
        self._answers.set()

    def _talk(self, heard: Any, said: Any) -> None:
        self._answers.wait(PATIENCE)
        said.write(b"220 here\r\n")
        while line := heard.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                said.write(b"354 go on\r\n")
                self._take(heard)
            said.write(b"250 yes\r\n")
            if verb == b"QUIT":
                return

    def _take(self, heard: Any) -> None:
        lines = []
        while (line := heard.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
