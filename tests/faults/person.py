"""A person with a browser of their own: an account, cookies, and pages over HTTP."""

import asyncio
import re
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from http.cookiejar import Cookie, CookieJar
from urllib.parse import urlencode, urlsplit

from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect

PASSWORD = "correct horse battery staple"
# Seconds that an answer may take, and a handshake: Chromium's own are minutes.
ANSWER_SECONDS = 60.0
HANDSHAKE_SECONDS = 120.0


class Unavailable(Exception):
    """No answer came, or one of the server's own faults (5xx), or that this was too much at once (429)."""


class Person:
    """Somebody who uses the site at `url`, and reaches it at `address`: there, or at a proxy of theirs."""

    def __init__(self, url: str, name: str, jar: Iterable[Cookie] = ()) -> None:
        """With the `jar` of somebody's browser, it is the same browser."""
        self.name = name
        self.url = url
        parts = urlsplit(url)
        assert parts.hostname, url
        self.address = (parts.hostname, parts.port or 80)
        # The address of this machine that sockets are opened from, where it matters.
        self.comes_from: tuple[str, int] | None = None
        self._jar = CookieJar()
        for cookie in jar:
            self._jar.set_cookie(cookie)
        # No proxy of whoever runs the tests.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._jar)
        )
        # How often which answer of the server's own faults came, over HTTP.
        self.server_errors: Counter[int] = Counter()

    async def sign_up(self) -> None:
        await self.get("/accounts/signup/")
        await self.post(
            "/accounts/signup/", username=self.name, password1=PASSWORD, password2=PASSWORD
        )

    async def create_group(self, name: str) -> str:
        """Return the new group's path."""
        await self.get("/groups/new/")
        path, html = await self.post("/groups/new/", name=name)
        assert re.fullmatch(r"/groups/[0-9a-f-]{36}/", path), html
        return path

    async def join(self, group: str) -> None:
        await self.post(f"{group}join/")

    async def get(self, path: str, within: float = ANSWER_SECONDS) -> str:
        """Return the page. Raises Unavailable."""
        return (await asyncio.to_thread(self._ask, path, None, within))[1]

    async def post(self, path: str, *, htmx: bool = False, **fields: str) -> tuple[str, str]:
        """Send a form; return the path and the page that this led to. Raises Unavailable.

        With `htmx` a page sends it by itself, and takes what comes.
        """
        headers = {"HX-Request": "true"} if htmx else {}
        return await asyncio.to_thread(self._ask, path, fields, ANSWER_SECONDS, headers)

    async def dial(self, path: str) -> ClientConnection:
        """Open a socket as a page of the site would."""
        return await connect(
            self.url.replace("http", "ws", 1) + path,
            host=self.address[0],
            port=self.address[1],
            origin=Origin(self.url),
            additional_headers={"Cookie": self.cookies},
            open_timeout=HANDSHAKE_SECONDS,
            proxy=None,
            # A browser sends no pings, and reads whatever comes.
            ping_interval=None,
            max_size=None,
            local_addr=self.comes_from,
        )

    @property
    def jar(self) -> list[Cookie]:
        return list(self._jar)

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def _ask(
        self,
        path: str,
        fields: Mapping[str, str] | None,
        within: float,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[str, str]:
        headers = {**(headers or {}), "Host": urlsplit(self.url).netloc}
        body = None
        if fields is not None:
            body = urlencode(fields).encode()
            headers["X-CSRFToken"] = self._cookie("discussit_csrf")
        url = "http://{}:{}{}".format(*self.address, path)
        request = urllib.request.Request(url, body, headers)  # noqa: S310 (http it is)
        try:
            with self._opener.open(request, timeout=within) as answer:
                return urlsplit(answer.url).path, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                if error.code == HTTPStatus.TOO_MANY_REQUESTS:
                    raise Unavailable(f"{path} asks {self.name} to wait") from None
                if error.code < 500:
                    raise AssertionError(f"{path} answered {error.code} to {self.name}") from None
            self.server_errors[error.code] += 1
            raise Unavailable(f"{path} answered {error.code}") from None
        except OSError as error:
            raise Unavailable(f"{path}: {error!r}") from None

    def _cookie(self, name: str) -> str:
        return next((cookie.value or "" for cookie in self._jar if cookie.name == name), "")
