"""A text becomes tokens, as far as it has markup."""

import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from discuss.rules.markup import blocks, inline

# Whether a text may have markup. It takes some microseconds, and most texts have none. It errs on the side of
# markup: then the parser finds that there is none.
MAY_HAVE_MARKUP = re.compile(
    # Code; what may begin an emphasis or a strike-through, and a backslash before one; the middle of a
    # link; a short code.
    r"`|(?<![0-9A-Za-z/])[*_~]\S|\\[*_~]|\]\(|(?<![\w:]):[a-z0-9_+-]+:"
    # The beginning of a quote, of a heading, of an item of a list, of code.
    r"|^[ \t]*\\?(?:>|\#{1,6}[ \t]|[-+*][ \t]|[0-9]{1,3}[.)][ \t]|~~~)",
    re.MULTILINE,
)
# Tokens that show nothing but the text and its addresses, which it has without markup too.
UNMARKED = frozenset(
    {
        "paragraph_open",
        "inline",
        "paragraph_close",
        "text",
        "softbreak",
        "address_open",
        "address_close",
    }
)
# How deep brackets and the like are followed. Blocks have a bound of their own.
NESTING = 20
# What was parsed last is kept, for speed (bench case formatted): a message is stored, and its excerpt is read
# out. So many texts are kept, of no more characters than an excerpt looks at; their tokens take up to 20 MB.
KEPT = 128
LONGEST_KEPT = 320


def parse(text: str) -> Sequence[Token] | None:
    """Return the tokens of a text that has markup, and None for one that has none. Nobody changes them."""
    if not MAY_HAVE_MARKUP.search(text):
        return None
    return _parsed_lately(text) if len(text) <= LONGEST_KEPT else _parsed(text)


def _parsed(text: str) -> Sequence[Token] | None:
    tokens = _parser.parse(text)
    return tokens if _has_markup(tokens) else None


_parsed_lately = lru_cache(KEPT)(_parsed)


def forget() -> None:
    """Drop what is kept of texts."""
    _parsed_lately.cache_clear()


def _has_markup(tokens: Sequence[Token]) -> bool:
    return any(token.type not in UNMARKED or _has_markup(token.children or ()) for token in tokens)


def _made() -> MarkdownIt:
    parser = MarkdownIt("zero", {"maxNesting": NESTING})
    blocks.set_up(parser.block)
    inline.set_up(parser.inline)
    # It orders its rules at the first text. Several threads at once would find half of them.
    parser.parse("> *x*")
    return parser


_parser = _made()
