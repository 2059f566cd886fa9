"""A first look at what people feel: `.venv-test/bin/python -m bench.first_look` prints a table.

It starts servers of its own on free ports of the loopback, with SQLite files in a temporary folder, and
stops them. It measures
- the time from a fresh clone to the first page (`--clone`; it installs everything, so it takes a minute),
- from Enter on one screen to the line on another's, in two Chromium pages, 100 times,
- opening a group of 10,000 lines against one of 50, over HTTP and in Chromium,
- the server's memory for each open page, with 500 of them.
"""

import argparse
import asyncio
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect

from tests.server import TOP, Server

MESSAGES = 100
OPENINGS = 30
LINES = 10_000
PAGES = 500
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0] if __doc__ else "")
    parser.add_argument("--clone", action="store_true", help="also time a fresh clone")
    arguments = parser.parse_args()
    print("| what | min | median | max |\n|---|---|---|---|")
    if arguments.clone:
        seconds = from_clone_to_first_page()
        print(
            f"| fresh clone to first page, then a second start | {seconds[1]:.1f} s | | {seconds[0]:.1f} s |"
        )
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        stage = Stage(server)
        with browsing() as browser:
            row("Enter to the other screen", message_to_screen(browser, server, stage))
            for group, size in ((stage.small, 50), (stage.large, LINES)):
                url = f"{server.url}/groups/{group}/"
                row(f"HTTP answer, group of {size:,} lines", answers(url, stage.cookies[0]))
                row(f"loaded in Chromium, {size:,} lines", loads(browser, url, stage.cookies[0]))
        memory = memory_of_pages(server, stage)
        print(f"| memory of the server for an open page ({PAGES} pages) | | {memory:.1f} kB | |")


def row(what: str, seconds: list[float]) -> None:
    shown = (min(seconds), statistics.median(seconds), max(seconds))
    print(f"| {what} | " + " | ".join(f"{each * 1000:.1f} ms" for each in shown) + " |")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    server = Server(folder)
    server.manage("migrate", "--no-input", "-v", "0")
    server.manage("collectstatic", "--no-input", "-v", "0")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class Stage:
    """Two people with sessions, a group of 50 lines and one of LINES."""

    def __init__(self, server: Server) -> None:
        script = f"""
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from bench.stage import group_of
from discuss.models import User
from discuss.models.session import SessionStore

people = [User.objects.create_user(name) for name in ("ann", "bob")]
for person in people:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    print("RESULT", session.session_key)
for size in (50, {LINES}):
    group = group_of(people, name=f"Group of {{size}}", lines=size)
    print("RESULT", group.uuid)
"""
        printed = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", script],
            cwd=TOP,
            env=server.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        found = [line.split()[1] for line in printed.splitlines() if line.startswith("RESULT")]
        self.cookies, (self.small, self.large) = found[:2], found[2:]


def enter(browser: Browser, url: str, session: str) -> BrowserContext:
    context = browser.new_context()
    cookie = {"name": "discussit_session", "value": session}
    # The root's: Playwright takes the cookie's path from the address, and the sockets live under /ws/.
    context.add_cookies([{**cookie, "url": urljoin(url, "/")}])  # type: ignore[typeddict-item]
    return context


def message_to_screen(browser: Browser, server: Server, stage: Stage) -> list[float]:
    """Time it inside the two pages, which share one clock: from the submit event to the new line."""
    url = f"{server.url}/groups/{stage.small}/"
    pages: list[Page] = []
    for session in stage.cookies:
        page = enter(browser, url, session).new_page()
        page.goto(url)
        page.locator("#here li").first.wait_for(state="attached")
        pages.append(page)
    sender, reader = pages
    now = "performance.timeOrigin + performance.now()"
    sender.evaluate(f"document.addEventListener('submit', () => {{ window.sent = {now} }}, true)")
    taken = []
    for number in range(MESSAGES):
        text = f"message {number} {secrets.token_hex(4)}"
        reader.evaluate(
            f"""text => {{
                window.seen = null;
                const log = document.getElementById("log");
                const observer = new MutationObserver(() => {{
                    if (log.lastElementChild.textContent.includes(text)) {{
                        window.seen = {now};
                        observer.disconnect();
                    }}
                }});
                observer.observe(log, {{childList: true}});
            }}""",
            text,
        )
        sender.fill("[name=text]", text)
        sender.press("[name=text]", "Enter")
        reader.locator("#log").get_by_text(text).wait_for()
        taken.append((reader.evaluate("window.seen") - sender.evaluate("window.sent")) / 1000)
        expect(sender.locator("[name=text]")).to_have_value("")
    return taken


def answers(url: str, session: str) -> list[float]:
    request = urllib.request.Request(url, headers={"Cookie": f"discussit_session={session}"})
    return [timed(lambda: urllib.request.urlopen(request).read()) for _ in range(OPENINGS)]


def loads(browser: Browser, url: str, session: str) -> list[float]:
    page = enter(browser, url, session).new_page()
    return [timed(lambda: page.goto(url, wait_until="load")) for _ in range(OPENINGS)]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def memory_of_pages(server: Server, stage: Stage) -> float:
    """Return how many kB the server's resident memory grows by for each page that has resumed."""
    url = f"{server.url}/groups/{stage.small}/"
    cookie = {"Cookie": f"discussit_session={stage.cookies[0]}"}
    html = urllib.request.urlopen(urllib.request.Request(url, headers=cookie)).read().decode()
    resume = {"verb": "resume"} | {
        name: html.partition(f'id="{name}"')[2].partition('value="')[2].partition('"')[0]
        for name in ("cursor", "epoch", "oldest", "members-rest")
    }
    resume["members"] = resume.pop("members-rest")
    return asyncio.run(_memory_of_pages(server, stage.small, cookie, json.dumps(resume)))


async def _memory_of_pages(
    server: Server, group: str, headers: dict[str, str], resume: str
) -> float:
    url = f"ws://127.0.0.1:{server.port}/ws/groups/{group}/"

    async def open_page() -> ClientConnection:
        socket = await connect(
            url, origin=Origin(server.url), additional_headers=headers, compression=None
        )
        await socket.send(resume)
        await socket.recv()
        return socket

    sockets = [await open_page() for _ in range(20)]
    await asyncio.sleep(2)
    before = resident(server.pid)
    sockets += [await open_page() for _ in range(PAGES)]
    await asyncio.sleep(3)
    after = resident(server.pid)
    for socket in sockets:
        await socket.close()
    return (after - before) / PAGES


def resident(pid: int) -> int:
    """Return the process's resident memory in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def from_clone_to_first_page() -> tuple[float, float]:
    """Return the seconds of `git clone` and `bin/run` until the log-in page, and of a second `bin/run`."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "discussit"

        def first_page() -> None:
            if not copy.exists():
                subprocess.run(["git", "clone", "-q", str(TOP), str(copy)], check=True)
            run(copy)

        return timed(first_page), timed(first_page)


def run(copy: Path) -> None:
    port = Server(copy).port
    process = subprocess.Popen(
        [str(copy / "bin" / "run")],
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/").read()
                return
            except OSError:
                if process.poll() is not None:
                    raise AssertionError("bin/run ended by itself") from None
                time.sleep(0.05)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
