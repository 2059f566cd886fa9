"""How messages come: what wsload is told of them."""

from bench.suite.crowd import Crowd


def closed(crowd: Crowd, senders: int) -> tuple[str, ...]:
    """So many people send, each of them when everybody in the group has their last message."""
    return ("--closed", "--publishers", str(min(senders, crowd.pages)))


def rate(per_second: float, senders: int) -> tuple[str, ...]:
    """So many people send in turn, so many messages a second together, whatever comes of it.

    Their time on the way counts from when they were due (no coordinated omission).
    """
    return ("--rate", str(per_second), "--publishers", str(senders))
