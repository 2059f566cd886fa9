"""Templates of a theme and of skins in the place of ours: for which of our blocks they were written."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template import Engine

from discuss.rendering.contract import RENAMED_BLOCKS, may_wear

# Stands in an override: `{# written for byline 3f2a9c #}`. Of one that extends nothing it is WHOLE.
_WRITTEN_FOR = re.compile(r"{#\s*written for (\w+) ([0-9a-f]{6})\s*#}\n?")
_COMMENT = re.compile(r"{#.*?#}")
_TAG = re.compile(r"{%\s*(block|endblock|extends|include)\b\s*([^\s%]*)")
WHOLE = "all"


class Block(NamedTuple):
    """A block in one file: the line where it begins, how many are around it, and a digest of its text."""

    line: int
    depth: int
    digest: str


class Override(NamedTuple):
    """A file in the place of ours of its `name`; of the theme where there is no `skin`."""

    name: str
    file: Path
    skin: str

    @property
    def owner(self) -> str:
        return f"the skin {self.skin}" if self.skin else "the theme"

    @property
    def text(self) -> str:
        return self.file.read_text(errors="replace")

    @property
    def extends_ours(self) -> bool:
        return self.name in {name for tag, name in _tags(self.text) if tag == "extends"}

    @property
    def changed(self) -> dict[str, Block]:
        """What of ours it takes the place of: blocks, or WHOLE."""
        if not self.extends_ours:
            return {WHOLE: Block(1, 0, "")}
        return {name: block for name, block in blocks_of(self.text).items() if not block.depth}


class Stale(NamedTuple):
    """A block of an override that was written for another text of ours."""

    override: Override
    block: str
    line: int
    was: str
    digest: str


def overrides() -> list[Override]:
    """Return all that there are, those of the theme first."""
    found = [
        _overrides(Path(folder), "")
        for folder in Engine.get_default().dirs
        if Path(folder) != _ours()
    ]
    found += [_overrides(skin.templates, name) for name, skin in settings.SKINS.items()]
    return [each for some in found for each in some]


def not_worn(override: Override) -> bool:
    """Whether it is of a skin that may have no such template."""
    return bool(override.skin) and not may_wear(override.name, override.skin)


def digests(name: str) -> dict[str, str]:
    """Return what each block of ours says, as a digest; WHOLE is all of it."""
    text = (_ours() / name).read_text()
    return {WHOLE: _digest(text), **{name: block.digest for name, block in blocks_of(text).items()}}


def stale_in(override: Override) -> list[Stale]:
    """Return what in it was written for another text of ours; of what does not say so nothing is known."""
    now, written = digests(override.name), dict(_WRITTEN_FOR.findall(override.text))
    return [
        Stale(override, block, place.line, written[block], now[block])
        for block, place in override.changed.items()
        if block in written and written[block] != now.get(block, written[block])
    ]


def unsigned_in(override: Override) -> list[str]:
    """Return what in it does not say for what it was written."""
    written = dict(_WRITTEN_FOR.findall(override.text))
    return [block for block in override.changed if block not in written]


def unknown_in(override: Override) -> dict[str, Block]:
    """Return its blocks that are in none of ours of its name, nor were: they show nowhere."""
    if not override.extends_ours:
        return {}
    known = _known_blocks(override.name) | RENAMED_BLOCKS.get(override.name, {}).keys()
    return {name: block for name, block in override.changed.items() if name not in known}


def renamed_in(override: Override) -> dict[str, Block]:
    """Return its blocks that ours calls otherwise by now."""
    renamed = RENAMED_BLOCKS.get(override.name, {})
    return {name: block for name, block in override.changed.items() if name in renamed}


def sign(override: Override) -> None:
    """Have it say, at its end, for what of ours it was written: that of today."""
    now = digests(override.name)
    text = _WRITTEN_FOR.sub("", override.text).rstrip()
    signs = [f"{{# written for {each} {now[each]} #}}" for each in override.changed if each in now]
    override.file.write_text("\n".join([text, *signs, ""]))


def blocks_of(text: str) -> dict[str, Block]:
    """Return the blocks in the text of a template, in order."""
    # What stands in a comment is none, and lines stay where they are.
    text = _COMMENT.sub("", text)
    found: dict[str, Block] = {}
    opened: list[tuple[str, re.Match[str]]] = []
    for tag in _TAG.finditer(text):
        if tag[1] == "block":
            opened.append((tag[2], tag))
            found[tag[2]] = Block(0, 0, "")
        elif tag[1] == "endblock" and opened:
            name, begin = opened.pop()
            inner = text[text.index("%}", begin.start()) + 2 : tag.start()]
            line = text.count("\n", 0, begin.start()) + 1
            found[name] = Block(line, len(opened), _digest(inner))
    return found


def names_in(text: str) -> set[str]:
    """Return the templates that a text extends or includes by their names."""
    return {name for tag, name in _tags(text) if tag in {"extends", "include"}}


def _tags(text: str) -> Iterator[tuple[str, str]]:
    for tag in _TAG.finditer(_COMMENT.sub("", text)):
        yield tag[1], tag[2].strip("\"'")


def _known_blocks(name: str) -> set[str]:
    """Return the blocks of ours of this name, and of what that extends."""
    text = (_ours() / name).read_text()
    above = [other for tag, other in _tags(text) if tag == "extends" and other != name]
    return set(blocks_of(text)).union(*(_known_blocks(other) for other in above))


def _overrides(folder: Path, skin: str) -> list[Override]:
    files = [file for file in sorted(folder.rglob("*.html")) if file.is_file()]
    named = [Override(str(file.relative_to(folder)), file, skin) for file in files]
    return [each for each in named if (_ours() / each.name).is_file()]


def _ours() -> Path:
    return Path(settings.BASE_DIR, "templates")


def _digest(text: str) -> str:
    """Return a digest of what a template says; how it is indented is all the same."""
    return sha256(" ".join(_COMMENT.sub("", text).split()).encode()).hexdigest()[:6]
