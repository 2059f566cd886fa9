"""What staff call the site. It runs in a worker thread."""

from typing import NamedTuple

from discuss.models import Site


class Written(NamedTuple):
    """What stands in the admin; empty where nothing does."""

    name: str = ""
    words: str = ""


def read_site() -> Written:
    row = Site.objects.values_list("name", "words").first()
    return Written(*row) if row else Written()
