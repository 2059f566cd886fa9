"""Static files: all style sheets of a page in one, and what becomes of a name of none."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.base import File
from servestatic.storage import CompressedManifestStaticFilesStorage

# What stands as it is written, and behind that what says nothing to a browser.
_SAYS_NOTHING = re.compile(
    rb"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|url\(\s*[^"'\s)][^)]*\))"""
    rb"""|/\*.*?\*/\s*|(?<=\n)\s+""",
    re.DOTALL,
)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names files by what is in them, and those that are missing as they are written.

    Django's own raises, so one wrong letter in a theme would make every page an error. Its option
    `manifest_strict` does not help: without an entry the file itself is looked for, and that raises too.
    The check in discuss/checks.py names what is missing. `collectstatic` is as strict as ever with what
    style sheets name.

    The sheets of every page (STYLE_SHEETS) are one file besides, which pages name, and so are those that
    moderators' pages have more: each file of its own would take 600 bytes of heads, and is compressed worse.
    A theme's sheet is in it in place of ours of the same name. Comments and what indents lines stay with the
    files themselves: they would be a quarter of what is sent.
    """

    def post_process(
        self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        for joined, names in settings.JOINED_STYLE_SHEETS.items():
            sheets = [paths[name] for name in names if name in paths]
            if sheets and not dry_run:
                parts = [without_comments(storage.open(path).read()) for storage, path in sheets]
                self.delete(joined)
                self.save(joined, File(BytesIO(b"\n".join(parts))))
                paths = {**paths, joined: (self, joined)}
        yield from super().post_process(paths, dry_run, **options)

    def stored_name(self, name: str) -> str:
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            return name
        return stored


def without_comments(css: bytes) -> bytes:
    """Return a style sheet that says the same without its comments, and without what indents its lines."""
    # What a comment stood between goes on being two words.
    return _SAYS_NOTHING.sub(lambda found: found[1] or b" " * found[0].startswith(b"/*"), css)
