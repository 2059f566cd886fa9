"""Finds what people read and no translation has made: in pages, and in the files of templates."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser

from tests.pseudo import CLOSE, OPEN

# Attributes that people see or hear.
READ = {"title", "aria-label", "placeholder", "alt", "data-byline", "label"}
# What has a letter says something.
_LETTER = re.compile(r"[^\W\d_]")
# Texts of style sheets: --new-line: "New".
_QUOTED = re.compile(r"""--[\w-]+: *"([^"]*)\"""")


class _Read(HTMLParser):
    """Gathers what is read in a page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.attributes: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        # Letters of a name stand for a picture.
        has_letters = {"avatar", "tile", "initials"} & set(given.get("class", "").split())
        self._inside = "picture" if has_letters else tag
        self.attributes += [value for name, value in given.items() if name in READ]
        if tag == "meta" and given.get("name") == "description":
            self.attributes.append(given.get("content", ""))
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            self.attributes.append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.attributes += _QUOTED.findall(data)
        elif self._inside not in {"script", "picture"}:
            self.texts.append(data)


def in_page(html: str, *, written: Iterable[str] = ()) -> list[str]:
    """Return what is read in a page in the pseudo-language and stands in no brackets.

    `written` is what people wrote, names, and the like.
    """
    read = _Read()
    read.feed(html)
    read.close()
    # A message with markup goes on through several elements.
    outside = [_outside(each) for each in ["\n".join(read.texts), *read.attributes]]
    apart = _any_of(frozenset(written))
    return _with_letters(line for text in outside for line in apart.sub("", text).split("\n"))


@cache
def _any_of(words: frozenset[str]) -> re.Pattern[str]:
    """Match each of these where it stands apart, the longest first.

    They stand together by how they begin: most places in a text are then passed at their first character.
    """
    ends: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        ends.setdefault(word[0], []).append(re.escape(word[1:]))
    known = (f"{re.escape(first)}(?:{'|'.join(each)})" for first, each in ends.items())
    return re.compile(rf"(?<!\w)(?:{'|'.join(known) or '(?!)'})(?!\w)")


_INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")


def _outside(text: str) -> str:
    """Return what stands in no brackets; a message may be the value of another."""
    kept, count = text, 1
    while count:
        kept, count = _INNERMOST.subn("", kept)
    assert OPEN not in kept, f"Brackets that are not closed: {text}"
    assert CLOSE not in kept, f"Brackets that were not opened: {text}"
    return kept


# What nobody reads: comments, and the names of classes.
_COMMENT = re.compile(
    r"{#.*?#}|{% comment %}.*?{% endcomment %}|{% block body_class %}.*?{% endblock.*?%}", re.S
)
_TRANSLATED = re.compile(r"{% blocktranslate\b.*?{% endblocktranslate %}", re.S)
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
_WORD = re.compile(r'(_\()?"([^"]*)"')
# Tags whose words are names: of templates, addresses, files, libraries, roles.
_NAMING = re.compile(
    r"{% (translate|url|static|extends|load|if|elif|querystring|htmx_script|slot)\b"
)
# Names wherever they stand: of templates, and the ends of addresses.
_NAMED = re.compile(r"(\.html|/)$")


def in_template(source: str) -> list[str]:
    """Return what this template says itself, and does not give to gettext: in all of its branches."""
    source = _TRANSLATED.sub("", _COMMENT.sub("", source))
    read = _Read()
    read.feed(_TAG.sub("", source))
    read.close()
    return _with_letters([*read.texts, *read.attributes, *_literals(source)])


def _literals(source: str) -> Iterator[str]:
    """Yield the words in tags and filters that may be shown."""
    for tag in _TAG.findall(source):
        if "|pluralize" in tag:
            yield tag
        if not _NAMING.match(tag):
            tag = re.sub(r'\|date:"[^"]*"', "", tag)
            for given, word in _WORD.findall(tag):
                if not given and not _NAMED.search(word):
                    yield word


def _with_letters(texts: Iterable[str]) -> list[str]:
    return [text.strip() for text in texts if _LETTER.search(text)]
