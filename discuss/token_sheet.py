"""The token sheet of the site, as this process knows it, so that no page asks the database.

It is what staff gave the tokens for values, as a style sheet. Where they gave none, pages name no sheet. It
is read by a keeper (discuss/live/site.py).
"""

import hashlib

# Sheets of before that this process still answers with: a page may have been loaded just before a change.
KEPT = 4


class KnownSheet:
    """The style sheet and its digest, by which pages name it. Any thread may ask, and the event loop."""

    def __init__(self) -> None:
        self.is_known = False
        # Replaced and never changed, since other threads may be looking.
        self._sheets: dict[str, str] = {}
        # Of the sheet that pages wear; empty where there is none.
        self.digest = ""

    def keep(self, css: str) -> None:
        """Have pages wear it from now on; none where it is empty."""
        digest = digest_of(css)
        if css and digest != self.digest:
            others = {each: text for each, text in self._sheets.items() if each != digest}
            self._sheets = dict([*others.items(), (digest, css)][-KEPT:])
        self.digest, self.is_known = digest, True

    def css_of(self, digest: str) -> str | None:
        """Return the sheet of this digest, where it is kept."""
        return self._sheets.get(digest)

    def forget(self) -> None:
        self._sheets = {}
        self.digest, self.is_known = "", False


def digest_of(css: str) -> str:
    """Return what names a sheet in addresses: the same for the same text."""
    return hashlib.sha256(css.encode()).hexdigest()[:16] if css else ""


token_sheet = KnownSheet()
