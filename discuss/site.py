"""What the site is called and what it is about, as this process knows it, so that no page asks the database.

What staff wrote in the admin wins over the settings. It is read by a keeper (discuss/live/keeper.py).
"""

from django.conf import settings
from django.utils.functional import lazy


class KnownSite:
    """The site's name and words. Any thread may ask, and the event loop."""

    def __init__(self) -> None:
        self._written: tuple[str, str] | None = None

    @property
    def is_known(self) -> bool:
        """Whether what staff wrote was read yet, be it nothing."""
        return self._written is not None

    @property
    def name(self) -> str:
        name: str = (self._written and self._written[0]) or settings.SITE_NAME
        return name

    @property
    def words(self) -> str:
        words: str = (self._written and self._written[1]) or settings.SITE_WORDS
        return words

    def keep(self, name: str, words: str) -> None:
        """Show these from now on; what is empty is said by the settings."""
        self._written = name, words

    def forget(self) -> None:
        self._written = None


site = KnownSite()
# For what is set once, such as the headings of the admin: it becomes text where it is shown.
site_name = lazy(lambda: site.name, str)()
