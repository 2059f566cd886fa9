"""That somebody may not do something."""


class Refused(Exception):
    """The person may not do this; the text says why, to them. What was begun is rolled back."""
