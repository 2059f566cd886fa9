"""A person's own groups, and what is unread in them."""

from collections.abc import Mapping

from discuss.reading.held import HeldHere, Waiting
from discuss.reading.own_groups import OwnGroups
from discuss.reading.sanctions import NO_SANCTION
from discuss.rendering import fragments
from discuss.rendering.samples.made_up import (
    ARABIC,
    KITCHEN,
    LAST,
    LONG,
    LONG_NAMED,
    MUTED,
    OWN_ROWS,
    WARNED,
    own,
)
from discuss.rendering.samples.makers import Sample, of_own, states_of

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "end_renewed": states_of("end_renewed", any={"position": 6789}),
    "held_shown": states_of(
        "held_shown",
        nothing={"group_uuid": KITCHEN.uuid, "held": HeldHere()},
        some={
            "group_uuid": KITCHEN.uuid,
            "held": HeldHere((Waiting(1, "Soup", False), Waiting(2, LONG, True)), 12),
        },
        right_to_left={"group_uuid": KITCHEN.uuid, "held": HeldHere((Waiting(1, ARABIC, False),))},
    ),
    "last_line_changed": states_of(
        "last_line_changed",
        today={"uuid": KITCHEN.uuid, "last": LAST, "description": "", "day": "2026-01-31"},
        this_year={"uuid": KITCHEN.uuid, "last": LAST, "description": "", "day": "2026-02-01"},
        another_year={"uuid": KITCHEN.uuid, "last": LAST, "description": "", "day": "2027-01-01"},
        of_someone_who_is_gone={
            "uuid": KITCHEN.uuid,
            "last": LAST._replace(author=None),
            "description": "",
            "day": "2026-01-31",
        },
        no_message_yet={
            "uuid": KITCHEN.uuid,
            "last": None,
            "description": KITCHEN.description,
            "day": "2026-01-31",
        },
        nothing={"uuid": KITCHEN.uuid, "last": None, "description": "", "day": "2026-01-31"},
    ),
    "mentions_counted": states_of(
        "mentions_counted", none={"mentions": ""}, some={"mentions": "3"}
    ),
    "own_groups_replaced": {
        "none": of_own(own()),
        "on a group's page": of_own(own("", "3", "99+"), current=KITCHEN.uuid),
        "with mentions": of_own(own("", "3", "99+", mentions="2"), current=KITCHEN.uuid),
        "in the lobby": of_own(OwnGroups(OWN_ROWS, "99+", "2026-01-31")),
    },
    "own_row": states_of(
        "own_row",
        current={"row": OWN_ROWS[0], "is_current": True, "day": ""},
        unread={"row": OWN_ROWS[1], "is_current": False, "day": ""},
        mentions={
            "row": OWN_ROWS[1]._replace(mentions="2"),
            "is_current": False,
            "day": "",
        },
        mentions_alone={
            "row": OWN_ROWS[1]._replace(mentions="3", level="mentions"),
            "is_current": False,
            "day": "",
        },
        silent={
            "row": OWN_ROWS[0]._replace(level="nothing"),
            "is_current": False,
            "day": "",
        },
        in_the_lobby={"row": OWN_ROWS[0], "is_current": False, "day": "2026-01-31"},
        in_the_lobby_at_length={"row": OWN_ROWS[1], "is_current": False, "day": "2026-02-01"},
        in_the_lobby_right_to_left={"row": OWN_ROWS[2], "is_current": False, "day": "2027-01-01"},
    ),
    "sanctions_changed": states_of(
        "sanctions_changed",
        none={"group_uuid": KITCHEN.uuid, "sanction": NO_SANCTION},
        muted={"group_uuid": KITCHEN.uuid, "sanction": MUTED},
        warned={"group_uuid": KITCHEN.uuid, "sanction": WARNED},
    ),
    "sound_played": {"any": fragments.sound_played},
    "title_changed": states_of(
        "title_changed",
        nothing_unread={"title": "Kitchen", "unread": ""},
        unread={"title": LONG_NAMED.name, "unread": "99+"},
        mentions={"title": "Kitchen", "unread": "2", "mentions": "2"},
        mentions_among_others={"title": "Kitchen", "unread": "99+", "mentions": "2"},
    ),
    "draft_shown": states_of(
        "draft_shown",
        one={"uuid": KITCHEN.uuid, "has_draft": True},
        none={"uuid": KITCHEN.uuid, "has_draft": False},
    ),
    "unread_changed": states_of(
        "unread_changed",
        nothing={"uuid": KITCHEN.uuid, "unread": ""},
        some={"uuid": KITCHEN.uuid, "unread": "3"},
        very_many={"uuid": KITCHEN.uuid, "unread": "99+"},
        mentions={"uuid": KITCHEN.uuid, "unread": "2", "mentions": "2"},
        mentions_among_others={"uuid": KITCHEN.uuid, "unread": "99+", "mentions": "2"},
    ),
}
