"""The html of a message's text that is stored with its line, made once when the text is written.

It is trusted when it is shown. So nothing but this file makes it: whatever people write is escaped (by
format_html, and in discuss.rules.markup), and what has markup is cleaned besides. What counts is the text:
nobody misses html that is set to NULL.
"""

import logging
from typing import Any

import nh3
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from discuss.rules.links import Part, split_links
from discuss.rules.markup import parse, to_html
from discuss.rules.markup.code import CLASSES
from discuss.rules.mentions import Names, split_mentions

logger = logging.getLogger(__name__)

# The renderer of this version: markup, and text with links, which is made anew where nothing is stored. One
# that makes other html has another number. What another one has stored is not shown.
RENDERER = 2

LINK = '<a href="{}" dir="ltr" rel="noopener nofollow" target="_blank">{}</a>'
MENTION = '<span class="mention" data-user="{}">{}</span>'
NOBODY: Names = {}
# Html is so many times as long as its text, at most, and so much longer. A text whose html is not is shown
# as it is.
TIMES, LONGER = 12, 1_000

# All that markup may be. No id, no style, nothing that htmx reads, and of classes those of code alone.
_cleaner = nh3.Cleaner(
    tags={
        *("p", "blockquote", "ul", "ol", "li", "pre", "code", "span"),
        *("em", "strong", "s", "a"),
    },
    clean_content_tags=set(),
    attributes={"span": {"data-user"}, "a": {"href", "title"}, "ol": {"start"}, "li": {"value"}},
    tag_attribute_values={
        "a": {"dir": {"ltr"}, "rel": {"noopener nofollow"}, "target": {"_blank"}},
        "pre": {"tabindex": {"0"}},
    },
    allowed_classes={"span": {*CLASSES.values(), "mention"}},
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel=None,
)


def stored_rendering(text: str, names: Names = NOBODY) -> dict[str, Any]:
    """Return the fields of a line that hold the html of its text. Text without markup and links has none.

    `names` are those whom it may mention.
    """
    html = _formatted(text, names)
    if html is None:
        parts = split_links(text)
        if not any(part.url for part in parts):
            return {"html": None, "renderer": None}
        html = _html_of(parts, names)
    return {"html": html, "renderer": RENDERER}


def text_html(
    text: str, html: str | None, renderer: int | None, names: Names = NOBODY
) -> SafeString:
    """Return what a message shows of its text: what is stored, or else the text with its links."""
    return trusted(html, renderer) or mark_safe(_html_of(split_links(text), names))  # noqa: S308 - escaped


def trusted(html: str | None, renderer: int | None) -> SafeString | None:
    """Return what is stored as html that may be shown, where it was made by the renderer of this version."""
    return mark_safe(html) if html and renderer == RENDERER else None  # noqa: S308 - made by stored_rendering


def _formatted(text: str, names: Names) -> str | None:
    """Return the html of a text that has markup."""
    try:
        tokens = parse(text)
        html = None if tokens is None else _cleaner.clean(to_html(tokens, names))
    except Exception as error:
        # Nobody's message, nor those that are written with it, is lost for a mistake in a parser.
        logger.error("A text is shown without its markup: %s.", type(error).__name__)
        return None
    return html if html and len(html) <= TIMES * len(text) + LONGER else None


def _html_of(parts: tuple[Part, ...], names: Names) -> str:
    return "".join(map(_html_of_part, split_mentions(parts, names)))


def _html_of_part(part: Part) -> str:
    if part.url:
        return format_html(LINK, part.url, part.text)
    return format_html(MENTION, part.mention, part.text) if part.mention else escape(part.text)
