"""What is done to a line."""

from collections.abc import Mapping

from discuss.rendering import fragments
from discuss.rendering.samples.made_up import ARABIC, LINES, LONG, OFFERS, REACTED
from discuss.rendering.samples.makers import Sample, of_edited, of_editing, of_reacted, states_of
from discuss.rules.reasons import Reason

_NO_REACTIONS = {"is_saved": False, "offered": OFFERS, "reacted": ()}

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "editing": {
        "nothing": lambda audience: fragments.editing(audience, form=None),
        "a message": of_editing("Soup"),
        "at length": of_editing(LONG),
        "right to left": of_editing(ARABIC),
    },
    "editing_answered": {
        "stored": of_edited("Soup"),
        "refused": of_edited(""),
    },
    "line_menu": states_of(
        "line_menu",
        ones_own={
            "entry": LINES["edited"],
            "allowed": {
                *("reply", "mark_unread", "edit", "hide", "history"),
                *("pin", "react", "save"),
            },
            "is_saved": True,
            "offered": OFFERS,
            "reacted": REACTED,
        },
        of_another={
            "entry": LINES["long"],
            "allowed": {"reply", "react", "save", "report"},
            "reasons": Reason.choices,
            "reply_count": 3,
            **_NO_REACTIONS,
        },
        for_a_moderator={
            "entry": LINES["message"],
            "allowed": {"reply", "react", "save"},
            "may_hide_all": True,
            **_NO_REACTIONS,
        },
        right_to_left={
            "entry": LINES["right to left"],
            "allowed": {"hide", "pin", "react"},
            **_NO_REACTIONS,
        },
        hidden={"entry": LINES["hidden"], "allowed": set(), **_NO_REACTIONS},
    ),
    "reacted_shown": states_of(
        "reacted_shown", some={"reacted": REACTED[:1]}, very_many={"reacted": REACTED[1:]}
    ),
    "reaction_answered": {"stored": of_reacted()},
    "replying_begun": states_of(
        "replying_begun",
        short={"entry": LINES["message"]},
        long={"entry": LINES["long"]},
        right_to_left={"entry": LINES["right to left"]},
    ),
}
