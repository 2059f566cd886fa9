"""The whole topology: two processes behind nginx, with a PostgreSQL and a Redis of their own."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import batched
from pathlib import Path

import psycopg
import pytest
import redis
from websockets import Origin
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.sync.client import ClientConnection as Socket, connect

from deploy.cluster import Cluster, ClusterError
from deploy.cluster.daemon import TOP, wait_for
from deploy.cluster.process import Process
from deploy.ready import ask
from tests.migrated import MigratedCluster, original, shared
from tests.serving.people import PASSWORD, Browser, close_code, gathered

# Seconds after which something hangs, the start of a whole cluster included.
PATIENCE = 300.0

pytestmark = [pytest.mark.xdist_group("cluster"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder, settings = tmp_path_factory.mktemp("cluster"), "tests.serving.patient_settings"
    files = original(shared(tmp_path_factory))
    with MigratedCluster(folder, files, DJANGO_SETTINGS_MODULE=settings) as cluster:
        yield cluster


def status(cluster: Cluster, path: str = "/accounts/login/", cookies: str = "") -> int:
    try:
        request = urllib.request.Request(cluster.url + path, headers={"Cookie": cookies})  # noqa: S310
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
            response.read()
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def dial(cluster: Cluster, path: str) -> Socket:
    url = cluster.url.replace("http", "ws") + path
    return connect(url, open_timeout=PATIENCE, close_timeout=PATIENCE)


async def dial_process(
    browser: Browser, process: Process, address: str = "192.0.2.10"
) -> ClientConnection:
    """Open the socket of a browser's page at one process, as nginx would for somebody at this address."""
    return await unix_connect(
        str(process.socket),
        f"{browser.server.url.replace('http', 'ws')}/ws{browser.group}",
        origin=Origin(browser.server.url),
        additional_headers={"Cookie": cookies_of(browser), "X-Real-IP": address},
        open_timeout=PATIENCE,
    )


def cookies_of(browser: Browser) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


def log(cluster: Cluster) -> list[tuple[str, str]]:
    """Return which path each request so far was for, and the socket to which nginx passed it last."""
    lines = (cluster.folder / "access.log").read_text().splitlines()
    found = [re.search(r'"\w+ (\S+) .*unix:(\S+)$', line) for line in lines]
    return [(line[1], line[2]) for line in found if line]


def test_pages_come_from_both_processes(cluster: Cluster):
    assert [status(cluster) for _ in range(6)] == [200] * 6
    sockets = {str(process.socket) for process in cluster.processes}
    # nginx writes a page down after it has answered.
    assert wait_for(lambda: {socket for _, socket in log(cluster)} == sockets, PATIENCE)


async def test_more_pages_at_once_than_postgresql_takes_connections(cluster: Cluster):
    gil = Browser(cluster)
    await gil.sign_up("gil")
    await gil.submit("/groups/new/", name="Hall")
    with psycopg.connect(cluster.postgres.url) as connection:
        row = connection.execute("SHOW max_connections").fetchone()
    assert row
    many = 3 * int(row[0])
    with ThreadPoolExecutor(many) as people:
        # One that is soon made.
        ask = partial(status, cluster, f"{gil.path}live/")
        assert set(people.map(ask, [cookies_of(gil)] * many)) == {200}


def test_a_socket_opens_through_nginx(cluster: Cluster):
    with dial(cluster, "/ws/ping/") as socket:
        socket.send("ping")
        assert socket.recv(PATIENCE) == "pong"


def test_the_next_socket_goes_to_the_process_with_the_fewest(cluster: Cluster):
    many = 40
    with contextlib.ExitStack() as sockets:
        for number in range(many):
            sockets.enter_context(dial(cluster, f"/ws/ping/?{number}"))

    def went_to() -> list[str]:
        found = dict(log(cluster))
        return [found[path] for n in range(many) if (path := f"/ws/ping/?{n}") in found]

    # nginx writes a socket down when it is over.
    assert wait_for(lambda: len(went_to()) == many, PATIENCE)
    # A page that ended just before may still have counted for the first ones.
    settled = list(batched(went_to(), 2))[5:]
    assert {len(set(pair)) for pair in settled} == {2}


async def test_a_message_reaches_a_page_of_the_other_process(cluster: Cluster):
    ann, bob = await gathered(cluster, "ann", "bob")
    # Past nginx: it would give both to one process where another socket just ended.
    anns_process, bobs_process = cluster.processes
    async with (
        await dial_process(ann, anns_process) as anns,
        await dial_process(bob, bobs_process) as bobs,
    ):
        await ann.resume(anns)
        await bob.resume(bobs)
        await ann.post(anns, "One", "nonce-one")
        await bob.hear(bobs, "One")
        await bob.post(bobs, "Two", "nonce-two")
        await ann.hear(anns, "Two")
        await bob.hear(bobs, "Two")
    assert ann.texts[-2:] == bob.texts[-2:] == ["One", "Two"]


async def test_who_types_is_seen_at_the_other_process(cluster: Cluster):
    """And what they had typed is on a page of the other one."""
    cleo, dora = await gathered(cluster, "cleo", "dora", group="Cellar")
    cleos_process, doras_process = cluster.processes
    async with (
        await dial_process(cleo, cleos_process) as cleos,
        await dial_process(dora, doras_process) as doras,
    ):
        cleo.cursor |= {"writing": "yes"}
        dora.cursor |= {"writing": "yes"}
        await cleo.resume(cleos)
        await dora.resume(doras)
        await dora.hear_status(doras)
        await cleos.send(json.dumps({"verb": "typing"}))
        draft = {"verb": "draft", "nonce": "nonce-one", "answered": "0", "text": "Half a sent"}
        await cleos.send(json.dumps(draft))
        async with asyncio.timeout(PATIENCE):
            while "cleo</bdi> is typing" not in str(await doras.recv()):
                pass
    async with asyncio.timeout(PATIENCE):
        # Twice, so that either process has answered.
        while not all(["Half a sent" in await cleo.get(cleo.group) for _ in range(2)]):
            pass


async def test_a_network_that_is_blocked_is_barred_at_both_processes(cluster: Cluster):
    """Told by a bell: they look from time to time, too, and that would take ten seconds."""
    make = "from discuss.models import User; User.objects.create_superuser('warden', password='%s')"
    cluster.manage("shell", "--no-imports", "-v0", "-c", make % PASSWORD)
    warden, pit = Browser(cluster), (await gathered(cluster, "pit", group="Attic"))[0]
    await warden.submit("/accounts/login/", login="warden", password=PASSWORD)
    page = "/moderation/addresses/"
    block = {"network": "203.0.113.0/24", "bars": "entrance", "length": "1d"}
    there = [await dial_process(pit, process, "203.0.113.7") for process in cluster.processes]
    elsewhere = [await dial_process(pit, process, "203.0.114.7") for process in cluster.processes]
    for each in there + elsewhere:
        await pit.resume(each)
        await pit.hear_status(each)
    began = time.monotonic()
    await warden.submit(page, **block)
    assert [await close_code(each) for each in there] == [4403, 4403]
    assert time.monotonic() - began < 5
    # Who comes back is told, and others stay.
    for number, (process, other) in enumerate(zip(cluster.processes, elsewhere, strict=True)):
        again = await dial_process(pit, process, "203.0.113.7")
        assert "Nobody may come in from your network" in str(await again.recv())
        await pit.post(other, f"Here {number}", f"nonce-number-{number}")
        await pit.hear(other, f"Here {number}")
        await other.close()
    await warden.submit(page, unblock="203.0.113.0/24")
    for process in cluster.processes:
        async with asyncio.timeout(PATIENCE):
            while True:
                async with await dial_process(pit, process, "203.0.113.7") as back:
                    await pit.resume(back)
                    if 'id="status"' in str(await back.recv()):
                        break


def test_each_process_says_itself_whether_it_is_ready(cluster: Cluster):
    def all_say(status: int) -> bool:
        return all(ask(process.socket, "/readyz") == status for process in cluster.processes)

    assert wait_for(lambda: all_say(200), PATIENCE)
    cluster.redis.kill()
    try:
        assert wait_for(lambda: all_say(503), PATIENCE)
    finally:
        cluster.redis.start()
    assert wait_for(lambda: all_say(200), PATIENCE)


def test_a_process_that_was_killed_is_missed_by_nobody_and_comes_back(cluster: Cluster):
    process = cluster.processes[0]
    before = process.pid
    process.kill()
    assert not process.is_running
    assert [status(cluster) for _ in range(10)] == [200] * 10
    process.start()
    assert wait_for(process.is_ready, PATIENCE)
    assert process.pid != before


def test_postgresql_keeps_its_data_and_address_over_a_restart_and_a_crash(cluster: Cluster):
    url = cluster.postgres.url
    make = "from discuss.models import User; User.objects.create_user('olga')"
    look = "from discuss.models import User; User.objects.get(username='olga')"
    cluster.manage("shell", "--no-imports", "-v0", "-c", make)
    cluster.postgres.restart()
    cluster.postgres.kill()
    cluster.postgres.start()
    cluster.manage("shell", "--no-imports", "-v0", "-c", look)
    assert cluster.postgres.url == url
    assert wait_for(lambda: all(process.is_ready() for process in cluster.processes), PATIENCE)


def test_redis_is_paused_and_goes_on(cluster: Cluster, monkeypatch: pytest.MonkeyPatch):
    cluster.redis.command("SET", "a", "1")
    monkeypatch.setattr("deploy.cluster.redis.COMMAND_SECONDS", 0.5)
    cluster.redis.pause()
    try:
        with pytest.raises(redis.TimeoutError):
            cluster.redis.command("GET", "a")
    finally:
        cluster.redis.resume()
    monkeypatch.undo()
    assert cluster.redis.command("GET", "a") == b"1"
    cluster.redis.command("FLUSHALL")
    assert cluster.redis.command("GET", "a") is None


def test_redis_asks_for_its_password(cluster: Cluster):
    address = f"redis://{cluster.redis.url.rpartition('@')[2]}"
    with redis.Redis.from_url(address) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_nginx_reads_its_configuration_anew_and_goes_on(cluster: Cluster):
    before = cluster.nginx.pid
    cluster.nginx.reload()
    assert cluster.nginx.pid == before
    assert status(cluster) == 200


# --- how it ends ------------------------------------------------------------------------------------


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files; PostgreSQL's user can enter it, which it cannot with pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


def test_nothing_is_left_of_a_start_that_failed_halfway(
    temporary: Path, tmp_path_factory: pytest.TempPathFactory
):
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        files = original(shared(tmp_path_factory))
        cluster = MigratedCluster(temporary, files, processes=1, port=port)
        with pytest.raises(ClusterError, match="Address already in use"):
            cluster.start()
    assert all(daemon.pid and not daemon.is_running for daemon in cluster.daemons)
    assert (temporary / "postgres.log").exists()
    assert not list(temporary.glob("discussit-postgres-*"))


def test_a_program_that_ends_by_itself_is_named_once_and_nothing_is_left_when_told_to_end(
    tmp_path: Path, temporary: Path
):
    said = tmp_path / "said"
    with said.open("w") as words:
        cluster = subprocess.Popen(
            [sys.executable, "-m", "deploy.cluster", "--processes", "2"],
            cwd=TOP,
            env={**os.environ, "TMPDIR": str(temporary)},
            stdout=words,
        )
    with cluster:
        assert wait_for(lambda: "Ctrl-C" in said.read_text(), PATIENCE)
        started = descendants(cluster.pid)
        assert len(started) > 4
        (killed,) = [pid for pid in started if "discussit-2.sock" in line_of(pid)]
        os.kill(killed, signal.SIGKILL)
        assert wait_for(lambda: "ended" in said.read_text(), PATIENCE)
        cluster.send_signal(signal.SIGINT)
        assert cluster.wait(PATIENCE) == 128 + signal.SIGINT
    assert [pid for pid in started if is_alive(pid)] == []
    assert list(temporary.iterdir()) == []
    address, where, *ended = said.read_text().splitlines()
    assert address.startswith("DiscussIt is at http://127.0.0.1:")
    (folder,) = re.findall(r"Its logs are in (\S+);", where)
    assert ended == [f"discussit-2 ended by SIGKILL; its log is {folder}/discussit-2.log"]


def test_the_callers_debugging_and_mail_are_not_the_clusters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DEBUG", "on")
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.org:25")
    environment = Cluster(tmp_path).environment
    assert (environment["DEBUG"], environment["EMAIL_URL"]) == ("off", "")
    assert Cluster(tmp_path, DEBUG="on").environment["DEBUG"] == "on"


def test_nothing_is_left_of_a_cluster_that_was_told_to_end_while_it_started(temporary: Path):
    cluster = subprocess.Popen(
        [sys.executable, "-m", "deploy.cluster"],
        cwd=TOP,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
    )
    with cluster:
        # PostgreSQL runs and Redis does.
        assert wait_for(lambda: bool(list(temporary.glob("*/redis.log"))), PATIENCE)
        started = descendants(cluster.pid)
        cluster.terminate()
        assert cluster.wait(PATIENCE) == 128 + signal.SIGTERM
    assert started
    assert [pid for pid in started if is_alive(pid)] == []
    assert list(temporary.iterdir()) == []


def test_a_missing_program_is_named_in_one_line(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cluster"],
        cwd=TOP,
        env={**os.environ, "PATH": str(tmp_path), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == "redis-server was not found (on Debian: apt install redis-server).\n"
    assert list(tmp_path.iterdir()) == []


def descendants(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [each for child in children for each in (int(child), *descendants(int(child)))]
    return []


def line_of(pid: int) -> str:
    """Return the command line of a process, or nothing where it has just ended."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and that init has not asked after does not."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False
