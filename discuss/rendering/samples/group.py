"""What stands around the log of a group."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from discuss.models import Group, Hosts, Posting
from discuss.reading.members import Arrival, Members, Moves
from discuss.reading.presence import Here
from discuss.rendering.samples.made_up import (
    ANN,
    ARABIC_NAMED,
    BOB,
    KITCHEN,
    LEILA,
    LINES,
    LONG_NAMED,
    MEMBERS,
)
from discuss.rendering.samples.makers import Sample, states_of
from discuss.rules.refusals import Code

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "group_renamed": states_of(
        "group_renamed",
        short={"group": KITCHEN},
        long={"group": LONG_NAMED},
        right_to_left={"group": ARABIC_NAMED},
        without_description={"group": Group(pk=4, uuid=UUID(int=4), name="Attic")},
    ),
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
        went={"members": Members(MEMBERS[:2], 2), "moves": Moves([3, 4], [])},
    ),
    "membership_ended": states_of(
        "membership_ended",
        removed={"group": KITCHEN, "text": _("You were removed from this group.")},
        left={"group": KITCHEN, "text": _("You have left this group."), "has_focus": True},
        group_is_gone={"group": None, "text": Code.GONE.label},
    ),
    "own_actions": states_of("own_actions", any={"group": KITCHEN}),
    "pins_changed": states_of(
        "pins_changed",
        nothing={"pins": ()},
        some={"pins": [LINES[state] for state in ("pinned", "long", "right to left")]},
        of_someone_who_is_gone={"pins": [LINES["of someone who is gone"]]},
    ),
    "rules_shown": states_of(
        "rules_shown",
        none={"group": KITCHEN},
        locked={"group": Group(pk=5, is_locked=True)},
        of_moderators={"group": Group(pk=5, posting=Posting.MODERATORS)},
        slow={"group": Group(pk=5, slow_mode=30, newcomers_wait=1440, invites=Hosts.MEMBERS)},
        with_a_public_record={"group": Group(pk=5, record_is_public=True)},
    ),
    "skin_changed": states_of(
        "skin_changed",
        none={"group": KITCHEN},
        one={"group": Group(pk=5, skin="paper")},
        one_that_is_gone={"group": Group(pk=5, skin="gone")},
    ),
    "presence_changed": states_of(
        "presence_changed",
        nobody={"here": Here()},
        some={"here": Here.of({user.pk: user.name for user in (ANN, BOB, LEILA)})},
        very_many={"here": Here(frozenset(range(500)), (ANN.name, BOB.name))},
    ),
}
