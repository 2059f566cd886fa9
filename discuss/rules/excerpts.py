"""The beginning of a text, where a line is all the room that there is."""

# More than the widest row has room for.
EXCERPT_LENGTH = 160


def excerpt(text: str) -> str:
    """Return the text in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else f"{line[:EXCERPT_LENGTH].rstrip()}…"
