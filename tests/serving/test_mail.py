"""Mails of a real server: those that wait when it starts, and the one that it is sending when it ends."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cluster.daemon import wait_for
from tests.mail_server import MailServer
from tests.server import Server

PATIENCE = 60.0


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    mail_server = MailServer()
    mail_server.start()
    yield mail_server
    mail_server.stop()


def test_what_is_being_sent_when_the_server_ends_is_sent_once(
    tmp_path: Path, migrated: Path, mail_server: MailServer
):
    server = Server(tmp_path, EMAIL_URL=mail_server.url)
    server.start_with(migrated)
    server.stop()
    # Where no server runs, as a management command does.
    server.manage(
        "shell",
        "-v0",
        "-c",
        "from discuss.accounts.mails import enqueue; from django.core.mail import EmailMessage\n"
        "for name in ('ann', 'bob'):\n"
        "    enqueue(EmailMessage('Hello', 'Soup', 'noreply@chat.invalid', [f'{name}@chat.invalid']))",
    )
    mail_server.be_silent()
    server.start()
    try:
        assert wait_for(lambda: len(mail_server.clients) == 1, PATIENCE)
        ending = threading.Thread(target=server.stop)
        ending.start()
        assert wait_for(lambda: not _listens(server), PATIENCE), "it has begun to end"
        assert server.is_running
        mail_server.answer()
        ending.join(PATIENCE)
        assert not server.is_running
        assert "Traceback" not in server.log.read_text()
        # It took no other one, and that one is not lost.
        assert [mail["To"] for mail in mail_server.mails] == ["ann@chat.invalid"]
        server.start()
        assert wait_for(lambda: len(mail_server.mails) == 2, PATIENCE)
        assert mail_server.mails[1]["To"] == "bob@chat.invalid"
    finally:
        server.stop()


def _listens(server: Server) -> bool:
    try:
        server.connect().close()
    except OSError:
        return False
    return True
