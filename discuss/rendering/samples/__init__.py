"""Every fragment in the states in which it can be: for tests, and for designers to look at."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from discuss.forms import MESSAGE_LENGTH
from discuss.limits import too_fast
from discuss.models import Group
from discuss.reading.members import Arrival, Members, Moves
from discuss.reading.person import OwnGroups
from discuss.reading.presence import Here
from discuss.rendering import fragments
from discuss.rendering.fragments import Refusal, Typist
from discuss.rendering.samples.made_up import (
    ANN,
    ARABIC,
    ARABIC_NAMED,
    BOB,
    GROUPS,
    KITCHEN,
    LAST,
    LEILA,
    LINES,
    LONG,
    LONG_NAMED,
    MEMBERS,
    OFFERS,
    OWN_ROWS,
    REACTED,
    own,
)
from discuss.rendering.samples.makers import (
    Sample,
    of_edited,
    of_editing,
    of_frame,
    of_line,
    of_list,
    of_own,
    of_reacted,
    states_of,
)
from discuss.rules.refusals import Code


def _refusal(group: Group, text: str) -> Refusal:
    return Refusal(group, text, "nonce-12345", Code.NOT_A_MEMBER.label)


_SOME = ("message", "goes on", "right to left")
_NEWEST = {"cursor": 6789, "epoch": "sample"}
_NOTICE = too_fast(3)
_TYPISTS = [Typist(user.pk, user.name) for user in (ANN, LEILA, BOB)]
_NO_REACTIONS = {"is_saved": False, "offered": OFFERS, "reacted": ()}
_CLOSED = _("You were removed from this group.")

# Fragment -> state -> what it looks like. All other fragments are parts of these.
SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "connection_lost": {"any": lambda audience: fragments.connection_lost()},
    "draft": {
        "empty": lambda audience: fragments.draft(),
        "several lines": lambda audience: fragments.draft(is_large=True),
    },
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
    "end_renewed": states_of("end_renewed", any={"position": 6789}),
    "group_added": states_of(
        "group_added",
        first={"group": KITCHEN, "after": None},
        below_another={"group": LONG_NAMED, "after": KITCHEN},
    ),
    "group_changed": states_of(
        "group_changed",
        short={"group": KITCHEN},
        long={"group": LONG_NAMED},
        right_to_left={"group": ARABIC_NAMED},
    ),
    "group_list_replaced": {"empty": of_list(), "some": of_list(*GROUPS)},
    "group_removed": states_of("group_removed", any={"group": KITCHEN}),
    "group_row": states_of(
        "group_row",
        member={"group": KITCHEN, "is_member": True},
        no_member={"group": LONG_NAMED, "is_member": False},
        right_to_left={"group": ARABIC_NAMED, "is_member": False},
    ),
    "group_renamed": states_of(
        "group_renamed",
        short={"group": KITCHEN},
        long={"group": LONG_NAMED},
        right_to_left={"group": ARABIC_NAMED},
        without_description={"group": Group(pk=4, uuid=UUID(int=4), name="Attic")},
    ),
    "history_added": {
        "more above": of_frame("history_added", {"lines": _SOME}, oldest=6789, has_older=True),
        "the beginning": of_frame("history_added", {"lines": _SOME}, oldest=1, has_older=False),
    },
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
    "line": {
        **{state: of_line(entry) for state, entry in LINES.items()},
        "in the place of its earlier self": of_line(LINES["edited"], replaces=True),
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
            "allowed": {"reply", "react", "save"},
            "reply_count": 3,
            **_NO_REACTIONS,
        },
        right_to_left={
            "entry": LINES["right to left"],
            "allowed": {"hide", "pin", "react"},
            **_NO_REACTIONS,
        },
        hidden={"entry": LINES["hidden"], "allowed": set(), **_NO_REACTIONS},
    ),
    "line_unshown": {
        "any": lambda audience: fragments.line_unshown(LINES["message"], audience),
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
            "log_moved", {"added": (), "replaced": ("edited", "hidden")}, cursor=6789
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
    "members_changed": states_of(
        "members_changed",
        alone={"members": Members(MEMBERS[:1], 1)},
        some={"members": Members(MEMBERS, len(MEMBERS))},
        very_many={"members": Members(MEMBERS, 12345)},
    ),
    "members_moved": states_of(
        "members_moved",
        came={"members": Members(MEMBERS, 4), "moves": Moves([], [Arrival(2, MEMBERS[2:])])},
        came_first={"members": Members(MEMBERS, 4), "moves": Moves([], [Arrival(None, MEMBERS)])},
        went={"members": Members(MEMBERS, 4), "moves": Moves([5, 6], [])},
    ),
    "membership_changed": states_of(
        "membership_changed",
        member={"group": KITCHEN, "is_member": True},
        no_member={"group": KITCHEN, "is_member": False},
        has_just_joined={"group": LONG_NAMED, "is_member": True, "has_focus": True},
    ),
    "membership_ended": states_of(
        "membership_ended",
        removed={"group": KITCHEN, "text": _CLOSED},
        left={"group": KITCHEN, "text": _("You have left this group."), "has_focus": True},
        group_is_gone={"group": None, "text": Code.GONE.label},
    ),
    "mentions_counted": states_of(
        "mentions_counted", none={"mentions": ""}, some={"mentions": "3"}
    ),
    "message_answered": states_of(
        "message_answered",
        stored={"answered": 3},
        stored_and_more={"answered": 3, "has_more": True},
        of_a_program={"answered": 0},
        refused={"answered": 3, "refusal": _refusal(KITCHEN, "Soup")},
        refused_at_length={"answered": 3, "refusal": _refusal(KITCHEN, LONG[:MESSAGE_LENGTH])},
        refused_right_to_left={"answered": 3, "refusal": _refusal(KITCHEN, ARABIC)},
    ),
    "newer_added": {
        "more below": of_frame("newer_added", {"lines": _SOME}, panels=()),
    },
    "newest": states_of(
        "newest",
        one_below={"group_uuid": KITCHEN.uuid, "newest": 6789, "newer_count": 1},
        some_below={"group_uuid": KITCHEN.uuid, "newest": 6789, "newer_count": 12},
        very_many_below={"group_uuid": KITCHEN.uuid, "newest": 6789, "newer_count": 100},
        events_below={"group_uuid": KITCHEN.uuid, "newest": 6789, "newer_count": 0},
        the_end={"group_uuid": KITCHEN.uuid, "newest": None, "newer_count": 0},
    ),
    "notice_shown": states_of("notice_shown", nothing={"text": ""}, something={"text": _NOTICE}),
    "own_actions": states_of("own_actions", any={"group": KITCHEN}),
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
    "person_renamed": states_of(
        "person_renamed",
        short={"name": ANN.name},
        long={"name": BOB.name},
        right_to_left={"name": LEILA.name},
    ),
    "pins_changed": states_of(
        "pins_changed",
        nothing={"pins": ()},
        some={"pins": [LINES[state] for state in ("pinned", "long", "right to left")]},
        of_someone_who_is_gone={"pins": [LINES["of someone who is gone"]]},
    ),
    "presence_changed": states_of(
        "presence_changed",
        nobody={"here": Here()},
        some={"here": Here.of({user.pk: user.name for user in (ANN, BOB, LEILA)})},
        very_many={"here": Here(frozenset(range(500)), (ANN.name, BOB.name))},
    ),
    "reacted_shown": states_of(
        "reacted_shown", some={"reacted": REACTED[:1]}, very_many={"reacted": REACTED[1:]}
    ),
    "reaction_answered": {"stored": of_reacted()},
    "reader_changed": states_of(
        "reader_changed",
        in_a_group={"person": "ann", "has_composer": True},
        in_the_lobby={"person": BOB.name, "has_composer": False},
    ),
    "replying_begun": states_of(
        "replying_begun",
        short={"entry": LINES["message"]},
        long={"entry": LINES["long"]},
        right_to_left={"entry": LINES["right to left"]},
    ),
    "session_ended": states_of(
        "session_ended",
        in_a_group={"text": _("You are logged out."), "group_uuid": KITCHEN.uuid},
        in_the_lobby={"text": _("Your account was closed.")},
    ),
    "sound_played": {"any": fragments.sound_played},
    "status_renewed": {"any": fragments.status_renewed},
    "title_changed": states_of(
        "title_changed",
        nothing_unread={"title": "Kitchen", "unread": ""},
        unread={"title": LONG_NAMED.name, "unread": "99+"},
        mentions={"title": "Kitchen", "unread": "2", "mentions": "2"},
        mentions_among_others={"title": "Kitchen", "unread": "99+", "mentions": "2"},
    ),
    "typing_shown": states_of(
        "typing_shown",
        nobody={"typists": ()},
        one={"typists": _TYPISTS[:1]},
        two={"typists": _TYPISTS[:2]},
        several={"typists": _TYPISTS},
    ),
    "unread_changed": states_of(
        "unread_changed",
        nothing={"uuid": KITCHEN.uuid, "unread": ""},
        some={"uuid": KITCHEN.uuid, "unread": "3"},
        very_many={"uuid": KITCHEN.uuid, "unread": "99+"},
        mentions={"uuid": KITCHEN.uuid, "unread": "2", "mentions": "2"},
        mentions_among_others={"uuid": KITCHEN.uuid, "unread": "99+", "mentions": "2"},
    ),
    "unreached": {"any": lambda audience: fragments.unreached()},
    "unseen": {"any": lambda audience: fragments.unseen()},
    "writing_begun": states_of(
        "writing_begun", alone={"typists": ()}, beside_another={"typists": _TYPISTS[:1]}
    ),
}
