"""Which pieces of a message are links."""

import contextlib
import re
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from linkify_it import LinkifyIt

from discuss.rules.characters import is_seen
from discuss.rules.scripts import mixes_scripts

# Links of a message at most; what looks like more is text. To find one may take as long as the text is.
LINKS = 20
# Texts whose links are known: those of the lines that people are reading.
TEXTS_KEPT = 1_000

_links = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
for _schema in ("mailto:", "ftp:", "//"):
    _links.add(_schema, None)
# Linkify knows the punctuation of ASCII alone. Wide brackets and stops end an address wherever they stand,
# since no space follows them; browsers copy those that belong to one in its encoded form.
WIDE_MARKS = re.compile(
    "[\u3001\u3002\u3008-\u3011\u3014-\u301b\u301d-\u301f\uff01\uff08\uff09\uff0c\uff0e\uff1a\uff1b\uff1f"
    "\uff3b\uff3d\uff5b\uff5d\uff5f-\uff64"
    # What cannot be seen and comes along when an address is copied: soft hyphen, spaces without a width,
    # marks of direction.
    "\u00ad\u061c\u200b\u200e\u200f\u2060\u2066-\u2069\ufeff]"
)
# Thai, Lao, Burmese, Khmer, Kana, Han: no space stands between these and a mark.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U000323af"
)
# Quotation marks, ellipsis, and the stops of Arabic, Armenian, Devanagari, Ethiopic, Khmer and others end
# one only where nothing but punctuation follows, or a script without spaces: they may be in the middle
# of one.
END_MARKS = re.compile(
    "[\u00ab\u00bb\u2018-\u201f\u2026\u2039\u203a\u203c\u2047-\u2049\u0589\u05c3\u060c\u061b\u061f\u06d4"
    "\u0964\u0965\u0f0d\u0f0e\u104a\u104b\u1362-\u1368\u17d4\u17d5\u1802\u1803]++"
    f"(?=[\\s.,:;!?'\")\\]}}>]*(?:\\s|$|[{UNSPACED}]))"
)
# A letter of a script that writes no spaces ends before an address.
LETTER_BEFORE = re.compile("[^\\x00-\\x7f](?=https?://)", re.IGNORECASE)
ADDRESS = re.compile("https?://", re.IGNORECASE)
HOST = re.compile("(?<=://)[^\\s/?#]+")


class Part(NamedTuple):
    """A piece of a message: plain text, text that links to `url`, or a mention (discuss.rules.mentions).

    `mention` is the key of the person as text, or who are mentioned together.
    """

    text: str
    url: str = ""
    mention: str = ""


def split_links(text: str) -> tuple[Part, ...]:
    """Return `text` in pieces, each http(s) address one of its own, up to LINKS of them."""
    return _split(text) if "http" in text.lower() else (Part(text),)


def link_to(address: str) -> Part | None:
    """Return the link to an address whose end is known, with what is shown of it; None where it may be none.

    What a host may be is said by split_links. Whatever comes after it may be there, but for spaces.
    """
    first, *_ = split_links(address)
    if not first.url or not address.startswith(first.url) or host_of(first.url) != host_of(address):
        return None
    rest = address[len(first.url) :]
    if any(c.isspace() or not is_seen(c) for c in rest):
        return None
    return Part(first.text + rest, address)


def host_of(address: str) -> str:
    """Return the host of an address, as it is written there, with its port."""
    host = HOST.search(address)
    return host[0] if host else ""


def forget() -> None:
    """Forget the texts whose links are known."""
    _split.cache_clear()


@lru_cache(TEXTS_KEPT)
def _split(text: str) -> tuple[Part, ...]:
    read = _as_linkify_reads(text)
    # The address behind the last one that may be a link: there what is read ends.
    stop = next(islice(ADDRESS.finditer(read), LINKS, None), None)
    read = read[: stop.start()] if stop else read
    parts, end = [], 0
    for match in _links.match(read) or ():
        if stop and match.last_index == len(read):
            break  # an address with another one in it, cut in two
        address = text[match.index : match.last_index]
        host = host_of(address)
        # Whatever stands before an @ looks like the host, and is not. Nor is what cannot be seen.
        if not host or "@" in host or not all(map(is_seen, host)):
            continue
        if match.index > end:
            parts.append(Part(text[end : match.index]))
        shown = HOST.sub(_without_disguise, address, count=1)
        parts.append(Part(shown, address))
        end = match.last_index
    if end < len(text):
        parts.append(Part(text[end:]))
    return tuple(parts)


def _without_disguise(host: re.Match[str]) -> str:
    """Return a host as it is shown: encoded where scripts are mixed in a word of it, as browsers show it."""
    name, colon, port = host[0].partition(":")
    if any(_is_disguised(label) for label in name.split(".")):
        with contextlib.suppress(UnicodeError):
            return name.encode("idna").decode() + colon + port
    return host[0]


def _is_disguised(label: str) -> bool:
    """Whether a word of a host mixes scripts, or holds what only looks like a host's end."""
    if not all(c.isascii() or c.isalnum() or unicodedata.category(c)[0] == "M" for c in label):
        return True
    return mixes_scripts(label)


def _as_linkify_reads(text: str) -> str:
    """Return `text` with other characters in places where Linkify misjudges them, all places the same."""
    for mark in (WIDE_MARKS, LETTER_BEFORE, END_MARKS):
        text = mark.sub(lambda match: " " * len(match[0]), text)
    return HOST.sub(_with_letters, text)


def _with_letters(host: re.Match[str]) -> str:
    # Names of hosts may hold underscores as far as browsers care; at the end they are a writer's emphasis.
    inner = host[0].rstrip("_.,:;!?'\")]}>*~")
    return inner.replace("_", "x") + host[0][len(inner) :].replace("_", " ")
