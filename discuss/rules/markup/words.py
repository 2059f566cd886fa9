"""Tokens become words: a text without the characters that are markup."""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from discuss.rules.markup.html import language_and_code


def to_words(tokens: Sequence[Token]) -> str:
    return "".join(_words(tokens)).strip("\n")


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _words(token.children or ())
            yield "\n"
        elif token.type == "fence":
            yield f"{language_and_code(token)[1]}\n"
        elif token.type == "softbreak":
            yield "\n"
        else:
            yield token.content
