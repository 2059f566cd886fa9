"""What somebody loads who has never been here: under 60 kB in all, heads of the answers included."""

import gzip
import re
from typing import Any
from urllib.parse import urljoin

import lxml.html
import pytest

from tests.serving.site import BROWSER, LINES, Site

# One worker fills the site for all that ask it.
pytestmark = pytest.mark.xdist_group("site")

LIMIT = 60_000


async def fetch(site: Site, path: str, who: str) -> dict[str, int]:
    """Load a page and all that it names, with JavaScript and without, and return the bytes of each."""
    page = await site.ask(path, who, BROWSER)
    assert page.status == 200
    document: Any = lxml.html.document_fromstring(gzip.decompress(page.body).decode())
    taken = {path: page.size}
    waiting = document.xpath(
        "//link[@rel!='expect']/@href | //script/@src | //img/@src"
        " | //*[@hx-trigger='load']/@hx-get"
    )
    while waiting:
        link = waiting.pop()
        if link not in taken:
            answer = await site.ask(link, who, BROWSER)
            assert answer.status == 200
            taken[link] = answer.size
            if link.endswith(".css"):
                sheet = gzip.decompress(answer.body).decode()
                found = re.findall(r"""(?:url\(|@import )\s*["']?([^"')]+)""", sheet)
                waiting += [urljoin(link, other) for other in found if not other.startswith("#")]
    return taken


@pytest.mark.parametrize(
    ("path", "who"), [("/accounts/login/", ""), ("/", "member"), ("{group}", "member")]
)
async def test_the_first_page_is_small(site: Site, path: str, who: str):
    taken = await fetch(site, path, who)
    kinds = [link.rsplit(".", 1)[-1] for link in taken]
    # All sheets in one, and what is for browsers without JavaScript.
    assert kinds.count("css") == 2
    assert kinds.count("js") == 2
    assert kinds.count("svg") == 1
    assert sum(taken.values()) < LIMIT, taken


async def test_the_group_that_is_weighed_shows_a_whole_page_of_lines(site: Site):
    page = await site.ask("{group}", "member")
    assert page.body.count(b'class="line') == LINES
