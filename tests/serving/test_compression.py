"""What goes over HTTP comes compressed to whoever can read it so; what goes over a socket never does."""

import gzip

import pytest

from tests.serving.site import BROWSER, Site
from tests.serving.wire import TEXT, Wire

# One worker fills the site for all that ask it.
pytestmark = pytest.mark.xdist_group("site")

# Each kind of page: its path, who asks, its status, and words that are on it.
PAGES = {
    "log-in": ("/accounts/login/", "", 200, "Log in"),
    "lobby": ("/", "member", 200, "What is for dinner"),
    "search": ("/?q=nowhere", "member", 200, "No group matches"),
    "group": ("{group}", "member", 200, "Write a message"),
    "older lines": ("{group}?before=40", "member", 200, "is-part"),
    "framed log": ("{group}log/", "member", 200, "Stop refreshing"),
    "new socket": ("{group}live/", "member", 200, "ws-connect"),
    "account": ("/accounts/password/set/", "member", 200, "password"),
    "not found": ("/nowhere/", "member", 404, "DiscussIt"),
    "admin": ("/admin/", "staff", 200, "Site administration"),
    "list in the admin": ("/admin/discuss/message/", "staff", 200, "Select message"),
}
each_page = pytest.mark.parametrize(("path", "who", "status", "words"), PAGES.values(), ids=PAGES)


@each_page
async def test_a_page_comes_compressed_to_a_browser(
    site: Site, path: str, who: str, status: int, words: str
):
    answer = await site.ask(path, who, BROWSER)
    assert answer.status == status
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert int(answer.headers["content-length"]) == len(answer.body)
    page = gzip.decompress(answer.body)
    assert words in page.decode()
    assert len(answer.body) < len(page)


@each_page
@pytest.mark.parametrize("encoding", [None, "br, zstd"])
async def test_it_comes_plain_to_who_cannot_read_it_so(
    site: Site, path: str, who: str, status: int, words: str, encoding: str | None
):
    answer = await site.ask(path, who, encoding)
    assert answer.status == status
    assert "content-encoding" not in answer.headers
    # A cache in between must not give the other one's answer away.
    assert "Accept-Encoding" in answer.headers["vary"]
    assert words in answer.body.decode()


async def test_the_head_of_a_page_is_that_of_its_compressed_self(site: Site):
    whole = await site.ask("/admin/", "staff", BROWSER)
    head = await site.ask("/admin/", "staff", BROWSER, method="HEAD")
    assert head.headers["content-encoding"] == "gzip"
    assert head.headers.keys() == whole.headers.keys()


async def test_an_answer_of_a_few_words_is_left_as_it_is(site: Site):
    answer = await site.ask("/healthz", "", BROWSER)
    assert answer.body == b"alive\n"
    assert "content-encoding" not in answer.headers


async def test_the_same_page_is_of_another_length_each_time(site: Site):
    """BREACH guesses a secret by the length of pages that hold the guess too."""
    answers = [await site.ask("/admin/jsi18n/", "staff", BROWSER) for _ in range(8)]
    assert len({gzip.decompress(answer.body) for answer in answers}) == 1
    assert len({len(answer.body) for answer in answers}) > 1


@pytest.mark.parametrize("path", ["/ws/ping/", "/ws/", "/ws{group}"])
async def test_a_socket_that_offers_compression_gets_none(site: Site, path: str):
    """It would hold a window of 32 kB for each page, and no frame could be the same bytes for all."""
    headers = (
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        f"Origin: {site.server.url}\r\nCookie: discussit_session={site.sessions['member']}\r\n"
    )
    async with await Wire.open(site.server) as wire:
        head = await wire.upgrade(path.format(group=site.group), headers.encode())
        assert head.startswith(b"HTTP/1.1 101 ")
        assert b"sec-websocket-extensions" not in head.lower()
        wire.send("ping")  # which is no verb, and so has an answer everywhere
        first, _ = await wire.exactly(2)
        assert first == 0x80 | TEXT  # a compressed frame would have RSV1 (RFC 7692 section 6)
