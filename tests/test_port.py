"""A port that is held is its program's alone, before it listens and between two starts."""

import socket

import pytest

from deploy.cluster.daemon import wait_for
from deploy.cluster.port import Port


def listen(number: int) -> socket.socket:
    """Listen as servers do. Raises OSError."""
    return socket.create_server(("127.0.0.1", number))


def bind(number: int) -> None:
    """Take the port as whoever asks for any free one would. Raises OSError."""
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", number))


def is_free(number: int) -> bool:
    try:
        bind(number)
    except OSError:
        return False
    return True


def test_its_program_listens_there_and_may_do_so_again():
    port = Port()
    for _ in range(2):
        with listen(port.number), socket.create_connection(("127.0.0.1", port.number)) as client:
            assert client.getpeername()[1] == port.number


def test_before_and_after_whoever_connects_is_refused():
    port = Port()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port.number))
    listen(port.number).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port.number))


def test_it_is_nobody_elses_until_it_is_let_go():
    port = Port()
    number = port.number
    with pytest.raises(OSError, match="Address already in use"):
        bind(number)
    del port
    # Somebody else may get it now; whoever does lets go of it again.
    assert wait_for(lambda: is_free(number), 60)


def test_while_its_program_listens_a_second_one_cannot():
    port = Port()
    with listen(port.number), pytest.raises(OSError, match="Address already in use"):
        listen(port.number)
