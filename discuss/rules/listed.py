"""Pages that list messages apart from their logs, and how each shows them."""

from collections.abc import Iterable
from enum import StrEnum

# Messages that a page may show: as lines they take longer, and each of its earlier versions is as long as it.
MOST_SHOWN = 100
MOST_LINES = 51


class How(StrEnum):
    """How a page shows messages: their words alone, their texts, as lines, or with their earlier versions."""

    WORDS = "words"
    TEXTS = "texts"
    LINES = "lines"
    VERSIONS = "versions"

    @property
    def is_of_one_group(self) -> bool:
        """Whether such a page is nothing to who is no member of its group."""
        return self in {How.LINES, How.VERSIONS}

    @property
    def most(self) -> int:
        """Messages that such a page shows at most."""
        return {How.LINES: MOST_LINES, How.VERSIONS: 1}.get(self, MOST_SHOWN)


def written(shown: Iterable[tuple[int, int]]) -> str:
    """Return the keys of lines, each with its change, as a page says them: "5.17 6.18"."""
    return " ".join(f"{pk}.{change}" for pk, change in shown)


def read(how: How, said: str) -> dict[int, int]:
    """Return what `written` wrote of a page that shows them so. Raises ValueError."""
    shown = {}
    for each in said.split():
        pk, change = each.split(".")
        if not (pk.isdecimal() and change.isdecimal() and len(each) <= 40):
            raise ValueError(each)
        shown[int(pk)] = int(change)
    if len(shown) > how.most or any(pk >= 2**63 for pk in shown):
        raise ValueError("too much")
    return shown
