"""What a process keeps of texts for speed is dropped when one of them is erased."""

from discuss.rendering import kept
from discuss.rules import filters, links, markup, words


def forget_texts() -> None:
    """Drop every rendered piece, and what was found in texts: all of it is made again where it is needed."""
    kept.forget()
    for rule in (links, markup, words, filters):
        rule.forget()
