"""Whatever people write, what is stored has elements and attributes of a short list."""

from urllib.parse import urlsplit

import lxml.html
import pytest
from hypothesis import example, given, strategies as st

from discuss.rules.excerpts import EXCERPT_LENGTH, excerpt
from discuss.rules.markup.code import CLASSES, LANGUAGES
from discuss.rules.stored_html import LONGER, TIMES, stored_rendering
from discuss.rules.text import clean_message, printable
from tests.hostile_markup import long_texts, texts

# The attributes that each element may have, and no others.
ALLOWED: dict[str, set[str]] = {
    "a": {"href", "title", "dir", "rel", "target"},
    "pre": {"tabindex"},
    "ol": {"start"},
    "li": {"value"},
    "span": {"class"},
    **{tag: set() for tag in ("p", "blockquote", "ul", "code", "em", "strong", "s")},
}
# No deeper than these, whatever is typed: blocks, then emphasis, a link, its text.
DEPTH = 24
PIECES = st.sampled_from(
    [
        *"*_~`[]()<>#-+.!:\\\n \t1a",
        "**",
        "~~",
        "```\n",
        "> ",
        "- ",
        "1. ",
        "](https://a.b/",
        ":tada:",
        "中",
        "🎉",
    ]
)


def check(text: str) -> set[str]:
    """See that what is stored of this text is within the list; return which elements it has."""
    html = stored_rendering(text)["html"]
    if html is None:
        return set()
    assert len(html) <= TIMES * len(text) + LONGER
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    depths = {root: 0}
    for element in root.iterdescendants():
        parent = element.getparent()
        assert parent is not None
        depths[element] = depths[parent] + 1
        assert isinstance(element.tag, str), "A comment"
        assert element.tag in ALLOWED
        assert set(element.keys()) <= ALLOWED[element.tag]
        check_values(element)
    assert max(depths.values()) <= DEPTH
    return {str(element.tag) for element in root.iterdescendants()}


def check_values(element: lxml.html.HtmlElement) -> None:
    if element.tag == "a":
        address = element.get("href") or ""
        assert urlsplit(address).scheme in {"http", "https"}
        assert "@" not in urlsplit(address).netloc
        assert (element.get("rel"), element.get("target")) == ("noopener nofollow", "_blank")
        assert element.get("dir") in {"ltr", None}
        assert not element.xpath(".//a")
    assert element.get("tabindex") in {"0", None}
    assert element.get("class") in {*CLASSES.values(), None}
    assert all((element.get(name) or "1").isdecimal() for name in ("start", "value"))


def test_a_payload_is_text_wherever_it_stands():
    made, has_markup = set(), 0
    for text in texts():
        try:
            tags = check(clean_message(printable(text)))
        except AssertionError as error:
            raise AssertionError(f"{text!r}: {error}") from error
        made |= tags
        has_markup += bool(tags)
    # Markup is made of these texts: else nothing could fail.
    assert has_markup > 5_000
    assert made == ALLOWED.keys()


@pytest.mark.parametrize(
    "payload", ["<b>x</b>", "<script>x</script>", "<p hx-get='/'>x</p>", "<!-- x -->"]
)
def test_raw_html_is_shown_as_it_was_typed(payload: str):
    html = stored_rendering(f"**a** {payload}")["html"]
    assert lxml.html.fragment_fromstring(html, create_parent="div").text_content() == f"a {payload}"


def test_a_long_text_has_bounds():
    for text in long_texts():
        check(text)
        assert len(excerpt(text)) <= EXCERPT_LENGTH + 1


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_all_code_is_shown_once_in_every_language(language: str):
    for code in (
        "x = 'a' # b",
        '<a b="c">',
        "\t\n\r'\"\\\u2028",
        "a" * 3_990,
        "'" * 500,
        "/*" * 900,
    ):
        html = stored_rendering(f"```{language}\n{code}\n```")["html"]
        (block,) = lxml.html.fragment_fromstring(html, create_parent="div").iterchildren()
        assert block.text_content() == code.replace("\r", "\n")
        check(f"```{language}\n{code}\n```")


@given(st.lists(PIECES, max_size=60).map("".join))
@example("[a](https://a.b/*)*")
def test_any_mixture_of_marks_is_within_the_list(text: str):
    check(clean_message(text))
