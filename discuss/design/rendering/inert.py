"""Pages on which nothing acts: no socket is opened, no form leads anywhere, nothing takes the focus.

The policy of these pages forbids forms besides.
"""

from html import escape
from html.parser import HTMLParser

# What asks a server for something, or does something to who looks on.
ACTING = frozenset(
    {
        *("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-trigger", "hx-ext"),
        *("ws-connect", "ws-send", "xlink:href", "action", "formaction", "autofocus", "autoplay"),
    }
)
# What leads somewhere else.
LINKS = frozenset({"a", "area"})

type Attributes = list[tuple[str, str | None]]


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

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        written = self.get_starttag_text() or ""
        anew = _without_acts(tag, written, attrs)
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


def _without_acts(tag: str, written: str, attributes: Attributes) -> str:
    """Return the start tag without the attributes that act; as it was `written`, where there are none."""
    # What is fetched early is fetched for something that acts.
    is_preload = ("rel", "preload") in attributes
    kept: Attributes = [
        (
            name,
            f"#{(value or '').partition('#')[2]}"
            if (name, tag in LINKS) == ("href", True)
            else value,
        )
        for name, value in attributes
        # htmx reads its attributes by another name, too.
        if name.removeprefix("data-") not in ACTING
        and (tag, name) != ("iframe", "src")
        and not is_preload
    ]
    if kept == attributes:
        return written
    shown = "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in kept
    )
    # An end that belongs to an address without quotes is none.
    ends = written.endswith((" />", '"/>', "'/>"))
    return f"<{tag}{shown}{' /' if ends else ''}>"
