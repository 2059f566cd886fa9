"""The names that the custom properties had in the version before: a theme may use them until the next one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# What gives the old names their values, and the new ones what a theme gave to the old ones.
SHEET = "discuss/tokens_before.css"
_SET = re.compile(r"(?<![\w-])--(?!discuss-)([a-z][a-z0-9-]*)\s*:")
_NAMED = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*)")


class Found(NamedTuple):
    """Where a theme names a property as it was called before."""

    file: Path
    line: int
    name: str

    @property
    def now(self) -> str:
        return self.name.replace("--", "--discuss-", 1)


def old_names(static: Path) -> frozenset[str]:
    """Return the names that our style sheet of the old names has, without their marks."""
    return frozenset(_SET.findall((static / SHEET).read_text()))


def find_old_names(theme: Path, static: Path) -> Iterator[Found]:
    """Yield what a theme's style sheets and templates name so."""
    names = old_names(static)
    for file in sorted(file for kind in ("css", "html") for file in theme.rglob(f"*.{kind}")):
        try:
            lines = file.read_text().splitlines()
        except (OSError, ValueError):
            continue  # the checks of templates name it
        for number, line in enumerate(lines, start=1):
            for name in dict.fromkeys(_NAMED.findall(line)):
                if name in names:
                    yield Found(file, number, f"--{name}")
