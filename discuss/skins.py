"""Skins: folders with a style sheet, and templates, that a group can wear on its pages."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")


class Skin(NamedTuple):
    """What a skin's `skin.toml` says of it, and where its files are."""

    title: str
    words: str
    folder: Path

    @property
    def static(self) -> Path:
        return self.folder / "static"

    @property
    def templates(self) -> Path:
        return self.folder / "templates"

    @property
    def has_templates(self) -> bool:
        # By its text, for speed only (bench case small-groups): to make a path and to compare it takes 10 us.
        return _has_templates(str(self.folder))


def skins(*folders: Path) -> dict[str, Skin]:
    """Return the skins in these folders, by name; of two of one name that of the first folder.

    A folder is a skin where it has a `skin.toml` with a `title`, and `words` about it. Whatever else is
    there is left alone, since somebody may be working at it.
    """
    found = {}
    for folder in reversed(folders):
        for file in sorted(folder.glob("*/skin.toml")):
            if is_name(file.parent.name) and (skin := _read(file)):
                found[file.parent.name] = skin
    return dict(sorted(found.items()))


def is_name(name: str) -> bool:
    """Whether a skin may be called that: it is part of addresses."""
    return _NAME.fullmatch(name) is not None


@cache
def _has_templates(folder: str) -> bool:
    """Whether there were any when it was first asked: it is asked with each frame that is rendered."""
    return any(Path(folder, "templates").rglob("*.html"))


def unknown_words(file: Path) -> list[str]:
    """Return what a `skin.toml` says that says nothing of a skin."""
    try:
        return sorted(tomllib.loads(file.read_text()).keys() - {"title", "words"})
    except (OSError, ValueError):
        return []


def _read(file: Path) -> Skin | None:
    try:
        said = tomllib.loads(file.read_text())
    except (OSError, ValueError):
        return None
    title = said.get("title")
    return Skin(title, str(said.get("words", "")), file.parent) if isinstance(title, str) else None
