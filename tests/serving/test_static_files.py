"""Static files have a hash of what is in them in their names, so browsers keep them; they come compressed."""

import gzip
import re
from typing import Any

import lxml.html
import pytest

from tests.serving.site import BROWSER, Site

# One worker fills the site for all that ask it.
pytestmark = pytest.mark.xdist_group("site")

HASHED = re.compile(r"/static/.+\.[0-9a-f]{12}\.\w+")


async def links(site: Site, path: str, who: str) -> set[str]:
    """Return the addresses of the static files that a page names."""
    page = await site.ask(path, who)
    document: Any = lxml.html.document_fromstring(page.body.decode())
    named = document.xpath("//link/@href | //script/@src | //img/@src")
    return {str(link) for link in named if str(link).startswith("/static/")}


async def of_pages(site: Site) -> list[str]:
    pages = [("/accounts/login/", ""), ("/", "member"), ("{group}", "member"), ("/admin/", "staff")]
    found = set().union(*[await links(site, path, who) for path, who in pages])
    assert {link.rsplit(".", 1)[1] for link in found} == {"css", "js", "svg"}
    return sorted(found)


async def test_every_page_names_them_by_their_hash(site: Site):
    assert [link for link in await of_pages(site) if not HASHED.fullmatch(link)] == []


async def test_a_browser_keeps_them_for_ever(site: Site):
    for link in await of_pages(site):
        answer = await site.ask(link, "", BROWSER)
        assert answer.status == 200
        directives = dict(re.findall(r"([a-z-]+)(?:=(\d+))?", answer.headers["cache-control"]))
        assert {"public", "immutable"} <= directives.keys()
        assert int(directives["max-age"]) >= 365 * 24 * 3600


async def test_they_come_compressed_to_a_browser_and_plain_to_others(site: Site):
    for link in await of_pages(site):
        compressed, plain = await site.ask(link, "", BROWSER), await site.ask(link)
        assert compressed.headers["content-encoding"] == "gzip", link
        assert "content-encoding" not in plain.headers
        assert compressed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(compressed.body) == plain.body
        assert len(compressed.body) < len(plain.body)


async def test_a_browser_that_has_one_is_told_no_more_than_that(site: Site):
    """Were they compressed as pages are, the answer would have a body, and another name for the file."""
    for link in await of_pages(site):
        etag = (await site.ask(link, "", BROWSER)).headers["etag"]
        answer = await site.ask(link, "", BROWSER, method="HEAD", etag=etag)
        assert (answer.status, answer.headers["etag"]) == (304, etag)
        assert "content-encoding" not in answer.headers


async def test_a_name_without_a_hash_is_kept_for_a_minute(site: Site):
    answer = await site.ask("/static/discuss/base.css", "", BROWSER)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "max-age=60, public"


async def test_pages_of_other_sites_do_not_read_them(site: Site):
    answer = await site.ask("/static/discuss/base.css", "", BROWSER)
    assert "access-control-allow-origin" not in answer.headers
