"""How templates are read: without the white space that only indents them."""

import re
from collections.abc import Iterator

from django.template.base import Origin
from django.template.loaders.cached import Loader as CachedLoader

_INDENTATION = re.compile(r"\n[ \t]+")
# Where white space is shown as it stands.
_AS_IT_STANDS = re.compile(
    r"(<(?:pre|textarea)\b.*?</(?:pre|textarea)>)", re.DOTALL | re.IGNORECASE
)


class Loader(CachedLoader):
    """Reads each template once, and HTML without indentation: it is a third of what a new line weighs.

    The ends of lines stay, so that words stay apart and errors name the right line.
    """

    def get_contents(self, origin: Origin) -> str:
        contents: str = super().get_contents(origin)
        return without_indentation(contents) if origin.name.endswith(".html") else contents


def without_indentation(html: str) -> str:
    """Return the HTML of a template without what indents its lines, but where that is shown."""
    return "".join(_pieces(html))


def _pieces(html: str) -> Iterator[str]:
    for number, piece in enumerate(_AS_IT_STANDS.split(html)):
        yield piece if number % 2 else _INDENTATION.sub("\n", piece)
