"""The contract of fragments: what holds for each of them, in each state and in each look.

What a browser says of them is in tests/browser/test_contract.py.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import html5lib
import lxml.html
import pytest

from discuss.design.rendering.swaps import PLACES
from discuss.rendering.samples import SAMPLES
from tests import sheets
from tests.test_registry import strictly

each_state = pytest.mark.parametrize(
    ("name", "state"), [(name, state) for name, states in SAMPLES.items() for state in states]
)
# What each fragment's elements stand in, where a parser has to know that; all others may stand in a `div`.
CONTAINERS = {"title_changed": "head", "skin_changed": "head"}
# What the policy allows nobody: whatever it holds would be blocked, or nothing but a nonce lets it be.
FORBIDDEN = {"script", "style", "iframe", "object", "embed", "base"}
FETCHING = {"src", "srcset", "poster", "data", "background", "action", "formaction"}


class Reader(HTMLParser):
    """Notes what a browser would block, and attributes that an element has twice."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            is_foreign = re.match(r"\s*(?:\w+:|//)", value or "") is not None
            if name == "style" or name.startswith(("on", "hx-on", "data-hx-on")):
                self.faults.append(f"{name} of <{tag}>")
            if name in FETCHING and is_foreign:
                self.faults.append(f"{name} of <{tag}> leads to another server")
            if name in {"href", "xlink:href"} and re.match(r"\s*(?:javascript|data):", value or ""):
                self.faults.append(f"{name} of <{tag}> holds a program")


# A date, or a time of a day in a zone (HTML, "valid global date and time string"): no more than milliseconds.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d))?")


def faults_of(html: str, container: str = "div") -> Iterator[str]:
    """Yield what is wrong with the HTML of a fragment: what no parser would forgive, and what is blocked."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parseFragment(html, container=container)
    for (line, column), code, values in parser.errors:
        yield f"line {line}, column {column}: {code} {values or ''}"
    yield from Reader(html).faults
    for moment in re.findall(r'\sdatetime="([^"]*)"', html):
        if not MOMENT.fullmatch(moment):
            yield f"{moment} is no time that HTML knows."
    ids = re.findall(r'\sid="([^"]+)"', html)
    yield from (f"The id {each} is there twice." for each in set(ids) if ids.count(each) > 1)


def assert_it_is_kept(name: str, html: str) -> None:
    assert list(faults_of(html, CONTAINERS.get(name, "div"))) == []
    elements = lxml.html.fragments_fromstring(html)
    assert elements, "nothing is shown"
    for element in elements:
        # White space is lost in swaps; anything else would be text that belongs to nothing.
        assert not isinstance(element, str) or not element.strip()
        swap = element.get("hx-swap-oob")
        assert swap or name in PLACES, f"{lxml.html.tostring(element)} goes nowhere"
        assert swap != "true" or element.get("id"), "What takes the place of an id has it."


@pytest.fixture(scope="class")
def _strict() -> Iterator[None]:
    """Of all fragments at once: each time, all templates are read anew."""
    with strictly():
        yield


@pytest.mark.usefixtures("_strict")
class TestEachFragment:
    @each_state
    def test_it_keeps_the_contract_in_every_look(self, name: str, state: str):
        # Most are the same in all looks.
        for html in {SAMPLES[name][state](sheets.audience_of(look)) for look in sheets.looks()}:
            assert_it_is_kept(name, html)


@pytest.mark.parametrize(
    "html",
    [
        '<p id="a" id="b">',
        "<p><div>soup</div></p>",
        "<div>soup",
        "</div>",
        "<a href=/x/><a href=/y/>soup</a></a>",
        '<input value="a"b>',
        "<p>&soup;</p>",
        "<i>a</i><script>soup()</script>",
        '<p style="color: red">soup</p>',
        '<p onclick="soup()">soup</p>',
        '<p hx-on:click="soup()">soup</p>',
        '<img src="https://example.org/soup.png" alt="">',
        '<a href="javascript:soup()">soup</a>',
        '<p id="a">soup</p><p id="a">soup</p>',
        '<time datetime="2026-01-31T12:00:00.123456+00:00">noon</time>',
    ],
)
def test_what_breaks_it_is_found(html: str):
    assert list(faults_of(html))


@pytest.mark.parametrize("look", sheets.looks())
def test_every_sample_has_its_place_on_a_page(look: str):
    """It is swapped into one that is made up of the real templates; where there is none, that fails."""
    shown = [name for sheet in sheets.sheets(look) for name in sheet.names]
    assert len(shown) == len(set(shown))
    if not look:
        assert len(shown) == sum(map(len, SAMPLES.values()))


@pytest.mark.parametrize("stage", sheets.STAGES)
def test_the_pages_that_they_stand_on_are_valid(stage: str):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    parser.parse(sheets.made_up_page(stage))


# --- sheets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", sheets.looks())
def test_every_sheet_wears_its_look(look: str):
    made = sheets.sheets(look)
    assert len(made) > 5
    fragments = {name.partition("/")[0] for each in made for name in each.names}
    assert {"line", "skin_changed"} <= fragments
    for each in made:
        worn = re.findall(r'<link id="skin"[^>]* href="[^"]*/skins/(\w+)/skin', each.html)
        assert worn == ([look] if look else [])
