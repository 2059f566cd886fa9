"""deploy/nginx in a real nginx, in front of processes that tell what reached them."""

import json
import re
import socketserver
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from deploy.cluster.daemon import TOP
from deploy.cluster.nginx import Nginx
from deploy.cluster.port import Port

SITE = TOP / "deploy" / "nginx" / "discussit.conf"
# Seconds that an answer may take on a slow machine.
PATIENCE = 60.0


class Upstream(socketserver.ThreadingUnixStreamServer):
    """Stands where a process of DiscussIt stands, and answers with what it was asked."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path) -> None:
        self.reset()
        super().__init__(str(path), Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def reset(self) -> None:
        self.asked: list[str] = []
        self.hangs_up = False
        self.kind = "application/json"

    def close(self) -> None:
        """Go away as a process that was killed does: the socket stays and refuses."""
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Upstream
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(f"{self.command} {self.path}")
        if self.server.hangs_up:
            self.close_connection = True
            return
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Content-Type", self.server.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *arguments: object) -> None:
        pass

    def address_string(self) -> str:
        return "a unix socket"


@contextmanager
def serving(folder: Path) -> Iterator[list[Upstream]]:
    upstreams = [Upstream(folder / f"{number}.sock") for number in (1, 2)]
    yield upstreams
    for upstream in upstreams:
        upstream.close()


@contextmanager
def started[N: Nginx](nginx: N) -> Iterator[N]:
    nginx.start()
    yield nginx
    nginx.stop()


@pytest.fixture(scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture(scope="module")
def _upstreams(_folder: Path) -> Iterator[list[Upstream]]:
    with serving(_folder) as upstreams:
        yield upstreams


@pytest.fixture
def upstreams(_upstreams: list[Upstream]) -> list[Upstream]:
    """Those of all tests that close none, as they were at first."""
    for upstream in _upstreams:
        upstream.reset()
    return _upstreams


@pytest.fixture(scope="module")
def _nginx(_folder: Path, _upstreams: list[Upstream]) -> Iterator[Nginx]:
    with started(Nginx(_folder, [_folder / "1.sock", _folder / "2.sock"])) as nginx:
        yield nginx


@pytest.fixture
def nginx(_nginx: Nginx, upstreams: list[Upstream]) -> Nginx:
    return _nginx


@pytest.fixture
def own_upstreams(tmp_path: Path) -> Iterator[list[Upstream]]:
    """Those of one test, which may close them."""
    with serving(tmp_path) as upstreams:
        yield upstreams


@pytest.fixture
def own_nginx(tmp_path: Path, own_upstreams: list[Upstream]) -> Iterator[Nginx]:
    with started(Nginx(tmp_path, [tmp_path / "1.sock", tmp_path / "2.sock"])) as nginx:
        yield nginx


def ask(nginx: Nginx, path: str, data: bytes | None = None, **headers: str) -> dict[str, str]:
    """Ask for a page and return the headers with which the request reached a process."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(nginx.url + path, data, named)  # noqa: S310
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
        told: dict[str, str] = json.load(response)
    return {name.lower(): value for name, value in told.items()}


def test_what_a_client_says_of_its_own_address_does_not_reach_a_process(nginx: Nginx):
    told = ask(
        nginx,
        "/",
        X_Real_IP="203.0.113.9",
        X_Forwarded_Proto="https",
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Host="evil.example",
        Forwarded="for=203.0.113.9",
        Daphne_Root_Path="/evil",
        X_Another="this one does",
    )
    assert told.pop("x-another") == "this one does"
    assert told["x-real-ip"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "http"
    assert told["host"] == f"127.0.0.1:{nginx.port}"
    assert not {"x-forwarded-for", "x-forwarded-host", "forwarded", "daphne-root-path"} & set(told)


def test_only_a_websocket_is_upgraded(nginx: Nginx):
    told = ask(nginx, "/ws/", Connection="Upgrade", Upgrade="WebSocket")
    assert (told["connection"], told["upgrade"]) == ("upgrade", "WebSocket")
    assert ask(nginx, "/ws/", Connection="Upgrade", Upgrade="h2c")["connection"] == "close"
    assert ask(nginx, "/")["connection"] == "close"


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/%72eadyz?x", "//readyz", "/x/../healthz"]
)
def test_what_machines_ask_reaches_no_process(nginx: Nginx, upstreams: list[Upstream], path: str):
    """The public would learn when a process restarts, and of one process or another."""
    ask(nginx, "/healthz/")
    assert get(nginx, path)[0] == 404
    assert upstreams[0].asked + upstreams[1].asked == ["GET /healthz/"]


@pytest.mark.parametrize("data", [None, b"text=hello"], ids=["GET", "POST"])
def test_where_one_process_refuses_the_other_gets_the_request(
    own_nginx: Nginx, own_upstreams: list[Upstream], data: bytes | None
):
    for _ in range(6):
        ask(own_nginx, "/", data)
    assert all(upstream.asked for upstream in own_upstreams)
    own_upstreams[0].asked.clear()
    own_upstreams[0].close()
    for _ in range(20):
        ask(own_nginx, "/", data)
    assert own_upstreams[0].asked == []
    assert len(own_upstreams[1].asked) > 20


def test_where_the_socket_of_a_process_is_gone_the_other_gets_a_post(
    own_nginx: Nginx, own_upstreams: list[Upstream], tmp_path: Path
):
    (tmp_path / "1.sock").unlink()
    for _ in range(20):
        ask(own_nginx, "/", b"text=hello")
    assert len(own_upstreams[1].asked) == 20


def test_a_process_that_came_back_is_asked_again_at_once(
    own_nginx: Nginx, own_upstreams: list[Upstream], tmp_path: Path
):
    own_upstreams[0].close()
    for _ in range(6):
        ask(own_nginx, "/")
    (tmp_path / "1.sock").unlink()
    own_upstreams[0] = Upstream(tmp_path / "1.sock")
    for _ in range(6):
        ask(own_nginx, "/")
    assert own_upstreams[0].asked


def test_a_post_that_was_sent_is_not_sent_again_but_a_get_is(
    nginx: Nginx, upstreams: list[Upstream]
):
    def both_asked() -> list[str]:
        return upstreams[0].asked + upstreams[1].asked

    for upstream in upstreams:
        upstream.hangs_up = True
    with pytest.raises(urllib.error.HTTPError, match="502"):
        ask(nginx, "/", b"text=hello")
    assert both_asked() == ["POST /"]
    with pytest.raises(urllib.error.HTTPError, match="502"):
        ask(nginx, "/")
    assert sorted(both_asked()) == ["GET /", "GET /", "POST /"]


def test_a_body_over_the_limit_reaches_no_process(nginx: Nginx, upstreams: list[Upstream]):
    ask(nginx, "/", b"x" * 128 * 1024)
    with pytest.raises(urllib.error.HTTPError, match="413"):
        ask(nginx, "/", b"x" * (128 * 1024 + 1))
    assert sum(len(upstream.asked) for upstream in upstreams) == 1


def test_a_page_is_as_compressed_as_its_process_made_it(nginx: Nginx, upstreams: list[Upstream]):
    """Where nginx compresses, that of HTML is the first thing it does."""
    for upstream in upstreams:
        upstream.kind = "text/html"
    status, headers, body = get(nginx, "/", "x" * 2000)
    assert (status, headers["content-type"]) == (200, "text/html")
    assert "content-encoding" not in headers
    told = {name.lower(): value for name, value in json.loads(body).items()}
    # So a process can do it.
    assert told["accept-encoding"] == "gzip"


# --- static files -----------------------------------------------------------------------------------


def static(nginx: Nginx, path: str) -> tuple[int, dict[str, str], bytes]:
    return get(nginx, f"/static/{path}")


def get(nginx: Nginx, path: str, agent: str = "a browser") -> tuple[int, dict[str, str], bytes]:
    """Ask as a browser does that reads gzip, and return the status, the headers and the body as it came."""
    connection = HTTPConnection("127.0.0.1", nginx.port, timeout=PATIENCE)
    asked = {"Accept-Encoding": "gzip", "User-Agent": agent}
    connection.request("GET", path, headers=asked)
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    body = answer.read()
    connection.close()
    return answer.status, headers, body


def test_a_static_file_with_a_hash_is_kept_for_a_year_and_comes_compressed(nginx: Nginx):
    name = next(Path(settings.STATIC_ROOT, "discuss").glob("base.*.css"))
    status, headers, body = static(nginx, f"discuss/{name.name}")
    assert status == 200
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"] == "text/css; charset=utf-8"
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Encoding"
    assert body == Path(f"{name}.gz").read_bytes()
    assert headers["x-content-type-options"] == "nosniff"


def test_a_static_file_without_a_hash_may_change(nginx: Nginx):
    status, headers, _ = static(nginx, "discuss/base.css")
    assert (status, headers["cache-control"]) == (200, "public, max-age=60")


def test_a_static_file_of_another_version_comes_from_a_process_and_is_not_kept(
    nginx: Nginx, upstreams: list[Upstream]
):
    status, headers, _ = static(nginx, "discuss/base.0123456789ab.css")
    assert upstreams[0].asked + upstreams[1].asked == ["GET /static/discuss/base.0123456789ab.css"]
    assert (status, headers["content-type"]) == (200, "application/json")
    assert "cache-control" not in headers


@pytest.mark.parametrize(
    "path", ["/static/../secret_key", "/static/..%2fsecret_key", "/static../x"]
)
def test_nothing_beside_the_static_files_is_served(
    nginx: Nginx, upstreams: list[Upstream], path: str
):
    ask(nginx, path)
    assert len(upstreams[0].asked + upstreams[1].asked) == 1


def test_each_kind_of_static_file_has_its_type():
    kinds = {
        file.suffix[1:]
        for file in Path(settings.STATIC_ROOT).rglob("*.*")
        if file.suffix != ".gz" and file.is_file() and "LICENSE" not in file.name
    }
    block = re.search(r"types \{(.*?)\}", (SITE.parent / "locations.conf").read_text(), re.S)
    assert block
    named = {word for line in block[1].split(";") for word in line.split()[1:]}
    assert {"css", "js", "svg"} <= kinds <= named


# --- the site's own file ----------------------------------------------------------------------------


class Site(Nginx):
    """nginx with the site's file: its paths are ours and its ports are free ones, the rest is as it is."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, [])
        self._tls_port = Port()
        self.tls_port = self._tls_port.number

    def write_config(self) -> None:
        super().write_config()
        site = SITE.read_text()
        for found, ours in {
            "listen 443 ": f"listen 127.0.0.1:{self.tls_port} ",
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "/opt/discussit": str(TOP),
            "/run/discussit": str(self.folder),
            "/etc/discussit/tls": str(self.folder),
        }.items():
            assert found in site
            site = site.replace(found, ours)
        # Not every machine has IPv6.
        site = re.sub(r"listen \[::\]:\d+.*;", "", site)
        base = re.sub(
            r"\n    include .*http.conf;.*\n}\n", "\n", self.config.read_text(), flags=re.S
        )
        self.config.write_text(f"{base}{site}}}\n")

    def start(self) -> None:
        names = ["-keyout", "privkey.pem", "-out", "fullchain.pem", "-days", "1"]
        subject = [
            "-subj",
            "/CN=chat.example.org",
            "-addext",
            "subjectAltName=DNS:chat.example.org",
        ]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names, *subject],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        super().start()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with serving(folder), started(Site(folder)) as site:
        yield site


def secure(site: Site, path: str) -> Any:
    """Ask over TLS and return the answer, to be closed."""
    context = ssl.create_default_context(cafile=str(site.folder / "fullchain.pem"))
    context.check_hostname = False
    request = urllib.request.Request(
        f"https://127.0.0.1:{site.tls_port}{path}",
        headers={"Host": "chat.example.org", "X-Forwarded-Proto": "http"},
    )
    return urllib.request.urlopen(request, timeout=PATIENCE, context=context)  # noqa: S310


def test_static_files_keep_browsers_on_https_as_pages_do(site: Site, nginx: Nginx):
    with secure(site, "/static/discuss/base.css") as response:
        told = response.headers["Strict-Transport-Security"]
    assert told == f"max-age={365 * 24 * 3600}"
    assert "strict-transport-security" not in static(nginx, "discuss/base.css")[1]


def test_the_site_speaks_tls_and_says_so_to_a_process(site: Site):
    with secure(site, "/") as response:
        told = {name.lower(): value for name, value in json.load(response).items()}
    assert told["x-forwarded-proto"] == "https"
    assert told["host"] == "chat.example.org"
    assert told["x-real-ip"] == "127.0.0.1"


def test_the_site_sends_http_to_https(site: Site):
    connection = HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    connection.request("GET", "/groups/new/?x=1", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.getheader("Location") == "https://chat.example.org/groups/new/?x=1"
    connection.close()


@pytest.mark.parametrize("kind", [Nginx, Site])
def test_nginx_finds_nothing_to_warn_of(
    kind: Callable[..., Nginx], tmp_path: Path, request: pytest.FixtureRequest
):
    nginx = request.getfixturevalue("site" if kind is Site else "nginx")
    done = subprocess.run([*nginx.command_line(), "-t"], capture_output=True, text=True, check=True)
    assert "test is successful" in done.stderr
    # Newer ones (1.25.1) say this of what older ones (Debian's) do not know otherwise.
    warnings = [line for line in done.stderr.splitlines() if "[warn]" in line]
    assert [line for line in warnings if "listen ... http2" not in line] == []
