"""Pages on which nothing acts: no socket is opened, no form leads anywhere, nothing takes the focus.

The policy of these pages forbids forms besides.
"""

import re
from html.parser import HTMLParser

# What asks a server for something, or does something to who looks on.
ACTING = frozenset(
    {
        *("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-trigger", "hx-ext"),
        *("ws-connect", "ws-send", "xlink:href", "action", "formaction", "autofocus", "autoplay"),
    }
)
_QUOTES = "\"'"
_ATTRIBUTE = re.compile(
    r"""\s+(?P<name>[^\s=>/"']+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s>]+))?"""
)


class _Tags(HTMLParser):
    """Notes the start tags that have to be written anew, each with its place in the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        lines = html.split("\n")
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.changed: list[tuple[int, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = self.get_starttag_text() or ""
        anew = _without_acts(tag, written, dict(attrs))
        if anew != written:
            line, column = self.getpos()
            self.changed.append((self.starts[line - 1] + column, written, anew))


def inert(html: str) -> str:
    """Return the HTML without what acts; links lead to places of the page itself."""
    pieces, end = [], 0
    for start, written, anew in _Tags(html).changed:
        pieces += [html[end:start], anew]
        end = start + len(written)
    return "".join([*pieces, html[end:]])


def _without_acts(tag: str, written: str, values: dict[str, str | None]) -> str:
    # What is fetched early is fetched for something that acts.
    is_preload = values.get("rel") == "preload"

    def kept(attribute: re.Match[str]) -> str:
        name, value = attribute["name"].lower(), attribute["value"] or ""
        if name in ACTING or (tag, name) == ("iframe", "src") or is_preload:
            return ""
        if (tag, name) == ("a", "href"):
            return attribute[0].replace(value, f'"#{value.strip(_QUOTES).partition("#")[2]}"')
        return attribute[0]

    return _ATTRIBUTE.sub(kept, written)
