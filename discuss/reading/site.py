"""What staff call the site. It runs in a worker thread."""

from typing import NamedTuple

from discuss.models import Site
from discuss.site import site


class Written(NamedTuple):
    """What stands in the admin; empty where nothing does."""

    name: str = ""
    words: str = ""


def read_site() -> Written:
    row = Site.objects.values_list("name", "words").first()
    return Written(*row) if row else Written()


def keep_site() -> None:
    """Have this process know what stands there now."""
    site.keep(*read_site())
