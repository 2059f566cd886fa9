"""Static files, where a page names one that is missing."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names files by what is in them, and those that are missing as they are written.

    Django's own raises, so one wrong letter in a theme would make every page an error. Its option
    `manifest_strict` does not help: without an entry the file itself is looked for, and that raises too.
    The check in discuss/checks.py names what is missing. `collectstatic` is as strict as ever with what
    style sheets name.
    """

    def stored_name(self, name: str) -> str:
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            return name
        return stored
