"""A port that is taken is found before anything else is waited for, prepared or promised."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cluster.port import Port
from tests import forked
from tests.server import TOP, Server


@pytest.fixture
def taken() -> Iterator[int]:
    """The number of a port at which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield somebody.getsockname()[1]


def serve(server: Server, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*server.command(), *arguments]
    return forked.end_of(command, {**server.environment, **environment}, TOP)


def is_locked(folder: Path) -> bool:
    """Whether a server has come so far as to lock the database."""
    return any(folder.glob("*.serving"))


def test_it_is_said_in_one_line(tmp_path: Path, taken: int):
    # As a shell runs it.
    ended = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=TOP,
        env={**Server(tmp_path).environment, "PORT": str(taken)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    reason = f"Nothing can listen on 127.0.0.1:{taken}: Address already in use."
    assert ended.stderr == f"CommandError: {reason} Set PORT to another port.\n"
    assert not is_locked(tmp_path)


def test_an_ipv6_address_is_said_in_brackets(tmp_path: Path):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as somebody:
        port = somebody.getsockname()[1]
        ended = serve(Server(tmp_path), PORT=str(port), PUBLIC_URL=f"http://[::1]:{port}")
    assert f"Nothing can listen on [::1]:{port}: " in ended.stdout


def test_a_host_that_is_none_is_said_in_one_line(tmp_path: Path):
    ended = serve(Server(tmp_path), "--host", "nowhere.invalid")
    assert ended.returncode == 1
    assert ended.stdout.startswith("CommandError: Nothing can listen on nowhere.invalid:")
    assert ended.stdout.count("\n") == 1


def test_to_look_serves_nobody(tmp_path: Path):
    ended = serve(Server(tmp_path), "--dry-run")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert not is_locked(tmp_path)


def test_connections_of_before_are_in_nobodys_way(tmp_path: Path):
    """After a restart the kernel keeps those that the server closed, for a minute."""
    server = Server(tmp_path)
    with socket.create_server(("127.0.0.1", server.port)) as before:
        client = socket.create_connection(("127.0.0.1", server.port))
        before.accept()[0].close()
        client.close()
    assert serve(server, "--dry-run").returncode == 0


def test_an_ipv6_address_is_served(tmp_path: Path, migrated: Path):
    server = Server(tmp_path)
    shutil.copyfile(migrated, server.database)
    server.environment["PUBLIC_URL"] = f"http://[::1]:{server.port}"
    process = forked.program(server.command(), server.environment, server.log, TOP)
    try:
        assert _answer(process, server.port).startswith("HTTP/1.1 200 ")
    finally:
        process.kill()
        process.wait()


def _answer(process: "forked.Forked | subprocess.Popen[bytes]", port: int) -> str:
    """Ask for /healthz, as soon as somebody listens, and return the beginning of the answer."""
    while process.poll() is None:
        try:
            with socket.create_connection(("::1", port), timeout=60) as client:
                client.sendall(f"GET /healthz HTTP/1.1\r\nHost: [::1]:{port}\r\n\r\n".encode())
                return client.recv(100).decode()
        except ConnectionRefusedError:
            pass
    raise AssertionError("The server ended.")


def bin_run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it in a checkout that has nothing else."""
    shutil.copytree(TOP / "bin", folder / "bin")
    (folder / "requirements.txt").write_text("# None.\n")
    return subprocess.run(
        ["bin/run", "--demo"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_bin_run_looks_before_it_installs_anything(tmp_path: Path, taken: int):
    ended = bin_run(tmp_path, PORT=str(taken))
    assert ended.returncode == 1
    reason = f"Nothing can listen on 127.0.0.1:{taken}: Address already in use."
    assert (ended.stdout, ended.stderr) == ("", f"{reason} Set PORT to another port.\n")
    assert sorted(os.listdir(tmp_path)) == ["bin", "requirements.txt"]


def test_bin_run_looks_at_the_ipv6_address_where_that_is_the_public_one(tmp_path: Path):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as somebody:
        port = somebody.getsockname()[1]
        ended = bin_run(tmp_path, PORT=str(port), PUBLIC_URL=f"http://[::1]:{port}")
    assert ended.stderr.startswith(f"Nothing can listen on [::1]:{port}: ")


@pytest.mark.parametrize("port", ["", "x"])
def test_bin_run_asks_the_server_before_it_prepares_anything(tmp_path: Path, port: str):
    """Python's part is taken by a program that writes down what it is asked for, and lets nobody serve.

    What is no port is left to it.
    """
    environment = tmp_path / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "installed").write_text(f"{environment}\n# None.\n")
    python = environment / "bin" / "python"
    python.write_text('#!/bin/sh\n[ "$1" = -c ] && exit\necho "$@" >>asked\n[ "$2" != serve ]\n')
    python.chmod(0o755)
    free = Port()
    ended = bin_run(tmp_path, PORT=port or str(free.number))
    assert ended.returncode == 1
    assert (tmp_path / "asked").read_text() == "manage.py serve --dry-run\n"
    assert "DiscussIt is at" not in ended.stdout


def test_what_pip_says_becomes_a_count():
    """One line for every tenth where nobody looks; what is no package is not counted."""
    said = "".join(
        f"Collecting name-{n}==1.{n} (from -r requirements.txt (line {n}))\n  Downloading x\n"
        for n in range(1, 21)
    )
    said += "Processing /wheels/name-21-2.0-py3-none-any.whl (from -r requirements.txt (line 21))\n"
    done = subprocess.run(
        ["bash", "-c", "source bin/setup.sh; show_progress 22"],
        cwd=TOP,
        input=f"{said}Installing collected packages: name-1, name-2\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["10", "of", "22", "name-10"],
        ["20", "of", "22", "name-20"],
        ["22", "of", "22", "unpacking", "them"],
    ]
