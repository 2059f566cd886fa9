"""Lines, and what brings them to a page."""

from collections.abc import Mapping

from discuss.rendering import fragments
from discuss.rendering.samples.made_up import KITCHEN, LINES
from discuss.rendering.samples.makers import Sample, of_frame, of_line, states_of

_SOME = ("message", "goes on", "right to left")
_NEWEST = {"cursor": 6789, "epoch": "sample"}

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "history_added": {
        "more above": of_frame("history_added", {"lines": _SOME}, oldest=6789, has_older=True),
        "the beginning": of_frame("history_added", {"lines": _SOME}, oldest=1, has_older=False),
    },
    "line": {
        **{state: of_line(entry) for state, entry in LINES.items()},
        "in the place of its earlier self": of_line(LINES["edited"], replaces=True),
    },
    "line_unshown": {
        "any": lambda audience: fragments.line_unshown(LINES["message"], audience),
        "of an unknown kind": lambda audience: fragments.line_unshown(
            LINES["event: joined"], audience, is_unknown=True
        ),
    },
    "log_moved": {
        "new lines": of_frame(
            "log_moved", {"added": _SOME, "replaced": ()}, cursor=6789, announced=[LINES["message"]]
        ),
        "an event": of_frame(
            "log_moved",
            {"added": ("event: joined",), "replaced": ()},
            cursor=6789,
            announced=[LINES["event: joined"]],
        ),
        "lines that changed": of_frame(
            "log_moved", {"added": (), "replaced": ("edited", "hidden")}, cursor=6789, unsays=True
        ),
    },
    "log_replaced": {
        "more above": of_frame(
            "log_replaced", {"lines": _SOME}, oldest=6789, has_older=True, **_NEWEST
        ),
        "the beginning": of_frame(
            "log_replaced", {"lines": _SOME}, oldest=1, has_older=False, **_NEWEST
        ),
    },
    "newer_added": {
        "more below": of_frame("newer_added", {"lines": _SOME}, panels=()),
    },
    "newer_counted": states_of(
        "newer_counted",
        one_below={"group_uuid": KITCHEN.uuid, "newer_count": 1},
        very_many_below={"group_uuid": KITCHEN.uuid, "newer_count": 100},
        the_end={"group_uuid": KITCHEN.uuid, "newer_count": None},
    ),
    "words_unshown": states_of("words_unshown", any={"entry": LINES["edited"]}),
    "words_changed": states_of(
        "words_changed",
        removed={"changed": [LINES["hidden"]]},
        some={"changed": [LINES[state] for state in ("edited", "long", "right to left")]},
    ),
    "words_forgotten": states_of("words_forgotten", any={}),
    "newest": states_of(
        "newest",
        one_below={"group_uuid": KITCHEN.uuid, "newest": 6789, "newer_count": 1},
        some_below={"group_uuid": KITCHEN.uuid, "newest": 6789, "newer_count": 12},
        very_many_below={"group_uuid": KITCHEN.uuid, "newest": 6789, "newer_count": 100},
        events_below={"group_uuid": KITCHEN.uuid, "newest": 6789, "newer_count": 0},
        the_end={"group_uuid": KITCHEN.uuid, "newest": None, "newer_count": None},
    ),
}
