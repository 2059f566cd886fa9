"""The hub goes on with deletions of accounts and groups."""

from discuss import actions
from discuss.live.long_work import LongWork
from discuss.reading.deletions import read_beats, read_deletion


class Deletions(LongWork):
    """The deletions that this process goes on with."""

    def __init__(self) -> None:
        super().__init__("Deletion", read_beats, read_deletion, actions.take_steps)
