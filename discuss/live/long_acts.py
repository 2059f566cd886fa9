"""The hub goes on with acts of moderators over many lines."""

from discuss.live.long_work import LongWork
from discuss.moderation.actions import take_long_steps
from discuss.moderation.reading.long_acts import read_beats, read_long_act


class LongActs(LongWork):
    """The acts over many lines that this process goes on with."""

    def __init__(self) -> None:
        super().__init__("Act over many lines", read_beats, read_long_act, take_long_steps)
