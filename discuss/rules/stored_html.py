"""The html of a message's text that is stored with its line, made once when the text is written.

It is trusted when it is shown. So nothing but this file makes it, by format_html, which escapes whatever
people write. What counts is the text: nobody misses html that is set to NULL.
"""

from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from discuss.rules.links import Part, split_links

# The renderer of this version: text with links, as templates/discuss/text.html shows it where nothing is
# stored. One that makes other html has another number. What another one has stored is not shown.
RENDERER = 1

LINK = '<a href="{}" dir="ltr" rel="noopener nofollow" target="_blank">{}</a>'


def stored_rendering(text: str) -> dict[str, Any]:
    """Return the fields of a line that hold the html of its text. Text without links has none."""
    parts = split_links(text)
    if not any(part.url for part in parts):
        return {"html": None, "renderer": None}
    return {"html": "".join(map(_html_of, parts)), "renderer": RENDERER}


def trusted(html: str | None, renderer: int | None) -> SafeString | None:
    """Return what is stored as html that may be shown, where it was made by the renderer of this version."""
    return mark_safe(html) if html and renderer == RENDERER else None  # noqa: S308 - made by stored_rendering


def _html_of(part: Part) -> str:
    return format_html(LINK, part.url, part.text) if part.url else escape(part.text)
