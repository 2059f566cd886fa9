"""Markup: what of a text is more than its characters, and how it is shown.

It is CommonMark as people write it in a chat: emphasis, strike-through, code, quotes, lists, headings and
links, and short codes of emoji. There is no raw HTML. Whatever is not surely meant as markup is shown as it
was typed, because nothing that somebody typed may vanish. docs/how-it-works.md says where it differs from
CommonMark.
"""

from discuss.rules.markup.html import to_html
from discuss.rules.markup.parser import forget, parse
from discuss.rules.markup.words import to_words

__all__ = ["forget", "parse", "to_html", "to_words"]
