"""Tokens become html: elements without a space between them, since spaces are shown as they were typed."""

import re
from collections.abc import Iterator, Sequence

# Django's escape is this one, behind a look for lazy texts that takes as long again.
from html import escape
from itertools import groupby

from markdown_it.token import Token

from discuss.rules.links import Part
from discuss.rules.markup.code import is_language, words_of
from discuss.rules.mentions import Names, split_mentions

# How deep emphasis is shown in emphasis. What is deeper stands there as it was typed.
DEPTH = 6
LANGUAGE = re.compile(r"\s*(\S+)\s*\Z")
LINK = {"rel": "noopener nofollow", "target": "_blank"}


def to_html(tokens: Sequence[Token], names: Names | None = None) -> str:
    """Return the html of a text. What may be in it is said by discuss.rules.stored_html, which cleans it."""
    # A text of one paragraph needs no element for it.
    is_one = len(tokens) == 3 and tokens[0].type == "paragraph_open"
    return "".join(
        _inline(tokens[1].children or (), names or {}) if is_one else _blocks(tokens, names or {})
    )


def _blocks(tokens: Sequence[Token], names: Names) -> Iterator[str]:
    numbers: list[int] = []
    for token in tokens:
        if token.type == "inline":
            yield from _inline(token.children or (), names)
        elif token.type == "fence":
            yield from _fence(token)
        elif token.type == "heading_open":
            # Headings of a message are none of the page.
            yield _begin("p") + _begin("strong")
        elif token.type == "heading_close":
            yield _end("strong") + _end("p")
        elif token.type == "ordered_list_open":
            start = int(token.attrs.get("start", 1))
            numbers.append(start)
            yield _begin("ol", start=start) if start != 1 else _begin("ol")
        elif token.type == "list_item_open" and token.info:
            yield _item(int(token.info), numbers)
        elif not token.hidden:
            if token.type == "ordered_list_close":
                numbers.pop()
            yield _end(token.tag) if token.nesting < 0 else _begin(token.tag)


def _item(number: int, numbers: list[int]) -> str:
    """Return the beginning of an item that has the number that was typed."""
    is_next = number == numbers[-1]
    numbers[-1] = number + 1
    return _begin("li") if is_next else _begin("li", value=number)


def _inline(tokens: Sequence[Token], names: Names) -> Iterator[str]:
    # Whether each emphasis that is open is shown as one.
    shown: list[bool] = []
    for token in tokens:
        if token.type == "softbreak":
            yield "\n"
        elif token.type == "code_inline":
            yield _begin("code") + escape(token.content) + _end("code")
        elif token.tag == "a":
            yield _begin("a", **token.attrs, **LINK) if token.nesting > 0 else _end("a")
        elif token.nesting > 0:
            shown.append(sum(shown) < DEPTH)
            yield _begin(token.tag) if shown[-1] else token.markup
        elif token.nesting < 0:
            yield _end(token.tag) if shown.pop() else token.markup
        else:
            yield from _text(token.content, names)


def _text(text: str, names: Names) -> Iterator[str]:
    for part in split_mentions([Part(text)], names):
        shown = escape(part.text)
        if part.mention:
            whom = {"class": "mention", "data-user": part.mention}
            shown = _begin("span", **whom) + shown + _end("span")
        yield shown


def _fence(token: Token) -> Iterator[str]:
    """Yield a block of code. Who cannot use a mouse scrolls it by its focus."""
    language, code = language_and_code(token)
    yield _begin("pre", tabindex=0) + _begin("code")
    for name, words in groupby(words_of(code, language), key=lambda word: word[1]):
        text = escape("".join(word for word, _ in words))
        yield _begin("span", **{"class": name}) + text + _end("span") if name else text
    yield _end("code") + _end("pre")


def language_and_code(token: Token) -> tuple[str, str]:
    """Return the language of a block of code, and what is shown: what stands in a language's place too."""
    code = token.content.removesuffix("\n")
    named = LANGUAGE.match(token.info)
    if named and is_language(named[1]):
        return named[1], code
    return "", f"{token.info.strip()}\n{code}".strip("\n")


def _begin(tag: str, **attributes: object) -> str:
    said = "".join(f' {name}="{escape(str(value))}"' for name, value in attributes.items())
    return f"<{tag}{said}>"


def _end(tag: str) -> str:
    return f"</{tag}>"
