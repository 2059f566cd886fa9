"""A person at a browser: their pages, and whatever those complain about."""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    WebError,
    WebSocket,
    expect,
)

from discuss.models import Group, User

# What Chromium and htmx write when a connection is lost, and no more than that.
LOST = (
    # A warning where the page itself gave up one that was not open yet, for the next.
    r"^(error|warning): WebSocket connection to 'ws://\S+' failed: .*$",
    r"^error: Failed to load resource: net::ERR_"
    r"(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INTERNET_DISCONNECTED"
    r"|SOCKS_CONNECTION_FAILED)$",
    r"^error: htmx:(afterRequest|sendError|timeout)\b",
    r"^uncaught: Firefox can.t establish a connection to the server at ws://",
    r"^uncaught: The connection to ws://\S+ was interrupted while the page was loading",
    # What htmx says of the socket's error event.
    r"^error: \[object Event\]$",
)
# Seconds that anything may take on a slow machine; a sweep comes within 15, and a page that lost its server
# looks for it with growing pauses. A test as a whole has 300, so that what did not come is named before those
# are over.
PATIENCE = 100.0
# Milliseconds between two looks at what no locator can see.
LOOK_INTERVAL = 40


class Person:
    """One browser context: one person, logged in or not, with any number of tabs.

    `complaints` gathers console errors and warnings, uncaught errors, violations of the
    Content-Security-Policy and failed requests; a test ends with an error where there is one that it did
    not `allow`.
    """

    def __init__(self, context: BrowserContext, url: str, user: User | None) -> None:
        self.context = context
        self.url = url
        self._user = user
        self._complaints: list[str] = []
        self._allowed: list[str] = []
        # The socket with which a page went live.
        self._sockets: dict[Page, WebSocket] = {}
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("response", self._on_response)
        # Seen through the console, like everything else.
        context.add_init_script(
            "window.framesSwapped = [];"
            "addEventListener('htmx:wsAfterMessage', e => framesSwapped.push(e.detail.message));"
            "addEventListener('securitypolicyviolation', event => "
            "console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))"
        )

    @property
    def user(self) -> User:
        assert self._user is not None, "Nobody is logged in here."
        return self._user

    @property
    def name(self) -> str:
        return self.user.username

    @property
    def complaints(self) -> list[str]:
        """What its pages complained about, but for what the test allowed."""
        return [
            complaint
            for complaint in self._complaints
            if not any(re.search(pattern, complaint) for pattern in self._allowed)
        ]

    def allow(self, *patterns: str) -> None:
        """Say which complaints this test is about."""
        self._allowed += patterns

    def allow_answer(self, status: int, path: str) -> None:
        """Say that this address (its end) answers so; Chromium's console repeats it without the address."""
        self.allow(
            rf"^answer {status}: \S*{re.escape(path)}$",
            rf"^error: Failed to load resource: the server responded with a status of {status} ",
        )

    def open(self, path: str | Group = "/") -> Page:
        """Open a tab without waiting for its socket."""
        page = self.context.new_page()
        page.goto(self.url + (path if isinstance(path, str) else path.get_absolute_url()))
        return page

    def enter(self, path: str | Group = "/") -> Page:
        """Open a tab and wait until it is live: until its first frame is in the page."""
        page = self.context.new_page()
        self.go_live(page, path)
        return page

    def go_live(self, page: Page, path: str | Group | None = None) -> None:
        """Load the address (None: the present one again) and wait until the page is live."""

        def listen(socket: WebSocket) -> None:
            self._sockets[page] = socket

        page.on("websocket", listen)
        if path is None:
            page.reload()
        else:
            page.goto(self.url + (path if isinstance(path, str) else path.get_absolute_url()))
        until(page, lambda: page.evaluate("framesSwapped.length"), "the socket's first frame")
        page.remove_listener("websocket", listen)

    def loses(self, page: Page) -> None:
        """Wait until the page knows that the socket with which it went live is lost.

        Until then htmx writes into that socket what is sent, and nobody ever reads it.
        """
        until(page, self._sockets[page].is_closed, "the end of its socket")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._complaints.append(f"{message.type}: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self._complaints.append(f"uncaught: {error.error}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._complaints.append(f"answer {response.status}: {response.url}")


def frames_of(page: Page) -> list[str]:
    """Return what came through the sockets of this page and was swapped into it."""
    frames: list[str] = page.evaluate("window.framesSwapped")
    return frames


def until(page: Page, condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait for something that no locator can see."""
    deadline = time.monotonic() + patience
    while not (held := condition()):
        assert time.monotonic() < deadline, f"This did not come in {patience} seconds: {what}."
        # Each look costs the page some milliseconds.
        page.wait_for_timeout(LOOK_INTERVAL)
    return held


def miss_a_sign(page: Page, seconds: int = 30) -> None:
    """Put forward what the page measures since the latest sign of life."""
    page.locator("#status").evaluate(
        """(status, seconds) => {
            for (const each of status.getAnimations({subtree: true})) each.currentTime += seconds * 1000
        }""",
        seconds,
    )


def banner(page: Page) -> Locator:
    return page.get_by_text("Reconnecting. What you miss will arrive by itself.")


# --- what a person sees and does in a group -----------------------------------------------------------


def tap(target: Locator) -> None:
    """Touch it with a thumb; in Firefox, whose protocol has no touch, click it."""
    browser = target.page.context.browser
    if browser is not None and browser.browser_type.name == "firefox":
        target.click()
    else:
        target.tap()


def composer(page: Page) -> Locator:
    """The field that is written in; those before it were sent and wait for their answers."""
    return page.locator("#drafts > :last-child [name=text]")


def has_focus(element: Locator) -> None:
    """Wait until it has the focus of its page, which need not be the page in front."""
    is_active = "element => element === document.activeElement"
    until(element.page, lambda: element.evaluate(is_active), f"the focus of {element}")


def waiting(page: Page) -> Locator:
    """The messages that were sent and were not answered yet."""
    return page.locator("#drafts > :not(:last-child) [name=text]")


def refused(page: Page) -> Locator:
    """The messages that were refused, each with its reason and a button."""
    return page.locator("#refused form")


def send(page: Page, text: str) -> None:
    """Write a message, press Enter, and wait until the server has it."""
    composer(page).fill(text)
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("")
    expect(waiting(page)).to_have_count(0)


def log_out(page: Page) -> None:
    """Open one's own menu, and log out there."""
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Log out").click()


def open_menu(page: Page) -> None:
    """Open the menu of the group whose page it is."""
    page.get_by_role("button", name="About this group").click()


def open_line_menu(page: Page, text: str) -> None:
    """Press the button of the message that holds this text, by keyboard: it is seen by who points at it."""
    # Firefox gives keys to the page in front alone.
    page.bring_to_front()
    line = page.locator(".message-line", has_text=text).last
    line.locator(".menu-button").press("Enter")
    expect(page.locator("#line-menu .items")).to_be_visible()


def leave(page: Page) -> None:
    """Press the button in the group's menu, and answer the question that it asks."""
    open_menu(page)
    page.get_by_role("button", name="Leave this group").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()


def messages(page: Page) -> Locator:
    return page.locator("#log .message .text")


def texts(page: Page) -> list[str]:
    return messages(page).all_inner_texts()


def line_ids(page: Page) -> list[str]:
    ids: list[str] = page.locator("#log > li").evaluate_all("lines => lines.map(line => line.id)")
    return ids


def focus(page: Page) -> str:
    """Return the name of what has the focus: its label or its text."""
    name: str = page.evaluate(
        "() => { const e = document.activeElement;"
        " const named = document.getElementById(e.getAttribute('aria-labelledby'))?.textContent;"
        " return e.labels?.[0]?.innerText ?? e.ariaLabel ?? named"
        " ?? (e === document.body ? '' : e.innerText) }"
    )
    return name.strip()


def log_of(page: Page) -> str:
    """Return the log as it stands in the document, without what htmx notes on elements and white space."""
    html: str = page.locator("#log").evaluate(
        """log => {
            const copy = log.cloneNode(true)
            for (const e of copy.querySelectorAll('*')) {
                e.removeAttribute('hx-swap-oob')
                e.classList.remove('htmx-settling', 'htmx-added', 'htmx-swapping')
            }
            const html = copy.innerHTML.replace(/<!--.*?-->/gs, '').replace(/\\s+/g, ' ')
            return html.replace(/> </g, '><').trim()
        }"""
    )
    return html
