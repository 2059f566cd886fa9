"""What of a text is markup, what is left as it was typed, and that nothing that was typed vanishes."""

import re

import lxml.html
import pytest
from hypothesis import example, given, strategies as st

from discuss.rules.excerpts import EXCERPT_LENGTH, LOOKED_AT, excerpt, plain
from discuss.rules.links import LINKS
from discuss.rules.markup import parser
from discuss.rules.markup.html import to_html
from discuss.rules.stored_html import RENDERER, stored_rendering
from discuss.rules.text import clean_message, printable
from tests.texts import ANY_TEXT

A = '<a href="{}" title="{}" rel="noopener nofollow" target="_blank">{}</a>'
ADDRESS = '<a href="{0}" dir="ltr" rel="noopener nofollow" target="_blank">{0}</a>'


def html_of(text: str) -> str | None:
    return stored_rendering(text)["html"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "*a* _b_ **c** __d__ ~~e~~",
            "<em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> <s>e</s>",
        ),
        ("***a***", "<em><strong>a</strong></em>"),
        ("*a **b** c*", "<em>a <strong>b</strong> c</em>"),
        ("(*a*), “**b**”! *c*-d", "(<em>a</em>), “<strong>b</strong>”! <em>c</em>-d"),
        ("这是**粗体**文字", "这是<strong>粗体</strong>文字"),
        ("🎉**a**🎉", "🎉<strong>a</strong>🎉"),
        ("one\n*two*\n  three", "one\n<em>two</em>\n  three"),
        ("*one\ntwo*", "<em>one\ntwo</em>"),
        ("`a *b* <c>` ``d`e``", "<code>a *b* &lt;c&gt;</code> <code>d`e</code>"),
        (r"\*a\* \`b\` *c*", "*a* `b` <em>c</em>"),
        (r"\*a\*", "*a*"),
        (r"\[a](https://x.org/)", f"[a]({ADDRESS.format('https://x.org/')})"),
        (r"\:tada:", ":tada:"),
        ("\\# a\n\\- b\n\\> c", "# a\n- b\n&gt; c"),
        ("*a*\n\nb", "<p><em>a</em></p><p>b</p>"),
        ("## a", "<p><strong>a</strong></p>"),
        ("# a\nb", "<p><strong>a</strong></p><p>b</p>"),
        ("> a\n> b\nc", "<blockquote><p>a\nb</p></blockquote><p>c</p>"),
        ("> a\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("a:\n- b\n- c\nd", "<p>a:</p><ul><li>b</li><li>c</li></ul><p>d</p>"),
        ("* a\n  * b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("1. a\n3. b", '<ol><li>a</li><li value="3">b</li></ol>'),
        ("24. a", '<ol start="24"><li>a</li></ol>'),
        ("- a\n\n  b", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("```\na\n\n  b\n```\nc", '<pre tabindex="0"><code>a\n\n  b</code></pre><p>c</p>'),
        ("~~~\na", '<pre tabindex="0"><code>a</code></pre>'),
        ("```js\nlet a\n```", '<pre tabindex="0"><code><span class="k">let</span> a</code></pre>'),
        ("```what is this\na\n```", '<pre tabindex="0"><code>what is this\na</code></pre>'),
        ("```nolanguage\na\n```", '<pre tabindex="0"><code>nolanguage\na</code></pre>'),
        (":tada: :smile::+1: :nope:", "🎉 😄👍 :nope:"),
        ("**:tada:**", "<strong>🎉</strong>"),
        ("[a *b*](https://x.org/)", A.format(*["https://x.org/"] * 2, "a <em>b</em>")),
        ("[a](<https://x.org/(>)", A.format(*["https://x.org/("] * 2, "a")),
        ("**https://x.org/a_b_c**", f"<strong>{ADDRESS.format('https://x.org/a_b_c')}</strong>"),
        ("*a* https://x.org/_b_", f"<em>a</em> {ADDRESS.format('https://x.org/_b_')}"),
        ("*a* <b>&amp;", "<em>a</em> &lt;b&gt;&amp;amp;"),
    ],
)
def test_it_is_markup(text: str, html: str):
    assert stored_rendering(text) == {"html": html, "renderer": RENDERER}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "snake_case _private",
            "__init__.py and foo.__class__.bar",
            "2*3*4 = 24",
            "a * b * c",
            "5* and 4*",
        ),
        *(
            "f(*args, **kwargs)",
            "**kwargs",
            "src/*/b/*",
            "/a/_b_/c",
            "*.py *.html",
            "C:\\*.txt C:\\_x",
        ),
        *(
            "**** f***ing",
            "a\\*b",
            r"¯\_(ツ)_/¯",
            "~5 ~~ 6",
            "~/a ~/b",
            "~~ ~~",
            "*",
            "**",
            "_ _",
            "* *",
        ),
        *(
            ":) :-) :D :/ :'(",
            "10:30:45",
            "10:100:30",
            "std::vector::size",
            "a:smile:b",
            "::1",
            ":nope:",
        ),
        *(">_<", ">:( >.<", "> ", ">", ">>>", "->", "=> a", ">= 5"),
        *(
            "-",
            "- ",
            "- - -",
            "* * *",
            "---",
            "***",
            "___",
            "+",
            "+1",
            "-5",
            "-a",
            "1.",
            "1.5",
            "1) ",
            "1999. A year",
        ),
        *("#", "#1", "#tag", "# ", "###", "a\n---\nb", "a\n===\nb"),
        *(
            "`",
            "``",
            "a `b",
            "``a`",
            "[a]",
            "[a](b)",
            "[a](javascript:alert(1))",
            "[a][b]",
            "[]()",
            "[a](/b)",
        ),
        *("[a](https://b@x.org/)", r"\[ x \]", r"\` \: \# \>", "\\#a", r"C:\a\b"),
        *(
            "&amp; &lt;b&gt; &#65;",
            "<b>a</b>",
            "<!-- a -->",
            "a\n    b\n\n\n    c",
            "| a | b |\n|---|---|",
        ),
        *(
            "\\",
            "\\\\a\\b",
            "a\\\nb",
            "^a^ ==b== ++c++ $d$",
            "!a!",
            "[ ] a [x] b",
            "http://",
            "a  b",
        ),
    ],
)
def test_it_is_left_as_it_was_typed(text: str):
    assert stored_rendering(text) == {"html": None, "renderer": None}
    assert plain(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "![a](https://x.org/a.png)",
        '[a](https://x.org/ "b")',
        "[](https://x.org/)",
        "[\u200b](https://x.org/)",
        "[a](<https://x.org/ b>)",
        "[a](https://good.example。evil.example/)",
        "[https://bank.example](https://evil.example/)",
        "[see www.bank.example](https://evil.example/)",
        "<https://x.org/>",
        "[a]: https://x.org/",
    ],
)
def test_what_is_no_link_of_ours_is_shown_as_it_was_typed(text: str):
    html = html_of(text)
    assert html is not None
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    assert root.text_content() == text
    assert all(link.get("href") == link.text for link in root.iterfind("a"))


def test_a_link_that_is_named_after_its_own_host_is_one():
    text = "[https://x.org](https://x.org/a)"
    assert html_of(text) == A.format("https://x.org/a", "https://x.org/a", "https://x.org")


def test_a_host_in_disguise_is_named_by_its_link():
    html = html_of("[a](https://b\u0430nk.example/)")
    assert html == A.format("https://b\u0430nk.example/", "https://xn--bnk-6cd.example/", "a")


def test_so_many_links_are_links_and_all_others_text():
    text = "*a* " + " ".join(f"[b](https://x.org/{n}) https://y.org/{n}" for n in range(LINKS))
    root = lxml.html.fragment_fromstring(html_of(text) or "", create_parent="div")
    assert len(root.findall(".//a")) == LINKS
    assert f"[b](https://x.org/{LINKS - 1})" in root.text_content()


def test_emphasis_is_shown_to_some_depth_and_then_as_it_was_typed():
    text = "*a _b " * 10 + "c_ d*" * 10
    root = lxml.html.fragment_fromstring(html_of(text) or "", create_parent="div")
    assert len(root.findall(".//em")) > 5
    assert "_b *a" in root.text_content()


# --- nothing vanishes -------------------------------------------------------------------------------------

LETTERS = re.compile(r"[^\W_]")
MARKS = st.sampled_from(
    [*"*_~`[]()<>#-+.!:\\\n \tab1", "**", "~~", "\n\n", "```\n", "> ", "- ", "1. ", "    "]
)
MARKED_TEXT = st.lists(st.one_of(MARKS, ANY_TEXT.map(printable)), max_size=30).map("".join)


@given(MARKED_TEXT)
@example("> > > > > > > > > > > > > a")
@example("- - - - - - - - - - - - - - a")
@example("```a b\nc\n```")
@example("1. a\n\n\n2. b\n   c")
@example("- a\n-\n- ```\n  b")
def test_every_letter_that_was_typed_is_shown(text: str):
    text = clean_message(text)
    html = html_of(text)
    if html is None:
        assert plain(text) == text
        return
    shown = lxml.html.fragment_fromstring(html, create_parent="div")
    letters = LETTERS.findall(shown.text_content())
    # The number of an item is shown by its list.
    typed = LETTERS.findall(text)
    if "<ol" not in html:
        assert letters == typed
        assert LETTERS.findall(plain(text)) == typed


@given(MARKED_TEXT)
def test_the_quick_look_misses_no_markup(text: str):
    text = clean_message(text)
    if not parser.MAY_HAVE_MARKUP.search(text):
        assert not parser._has_markup(parser._parser.parse(text))


@given(MARKED_TEXT)
def test_what_cleans_changes_nothing_of_what_is_made(text: str):
    """It is a second lock, and not what makes the html right."""
    tokens = parser.parse(clean_message(text))
    if tokens is not None:
        made, stored = (
            lxml.html.fragment_fromstring(html, create_parent="div")
            for html in (to_html(tokens), html_of(clean_message(text)) or "")
        )
        assert lxml.html.tostring(made) == lxml.html.tostring(stored)


# --- excerpts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**a** _b_ ~~c~~ `d_e_f` :tada:", "a b c d_e_f 🎉"),
        ("[a](https://x.org/) https://x.org/_b_", "a https://x.org/_b_"),
        ("> a\n\n- b\n- c\n\n# d", "a b c d"),
        ("```python\ndef f():\n  return 1\n```", "def f(): return 1"),
        ("2*3*4 snake_case", "2*3*4 snake_case"),
    ],
)
def test_an_excerpt_is_without_markup(text: str, words: str):
    assert excerpt(text) == words


def test_a_message_is_parsed_once_to_be_stored_and_to_be_read_out():
    text = "*once* " * (parser.LONGEST_KEPT // 7)
    parser._parsed_lately.cache_clear()
    stored_rendering(text)
    excerpt(text)
    assert parser._parsed_lately.cache_info().misses == 1


def test_a_text_that_no_excerpt_shows_in_whole_is_not_kept():
    parser._parsed_lately.cache_clear()
    stored_rendering("*long*" + " " * LOOKED_AT + "text")
    assert parser._parsed_lately.cache_info().currsize == 0
    assert parser.LONGEST_KEPT == LOOKED_AT


def test_an_excerpt_of_a_long_text_says_that_there_is_more():
    assert excerpt("*a*" + " " * LOOKED_AT + "b") == "a…"
    assert "*" not in excerpt("**a b c** " * 2_000)
    assert len(excerpt("*a* " + "b " * 2_000)) == EXCERPT_LENGTH
