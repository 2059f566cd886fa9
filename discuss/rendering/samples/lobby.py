"""The list of all groups."""

from collections.abc import Mapping

from discuss.rendering.samples.made_up import ARABIC_NAMED, GROUPS, KITCHEN, LONG_NAMED
from discuss.rendering.samples.makers import Sample, of_list, states_of

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
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
    "membership_changed": states_of(
        "membership_changed",
        member={"group": KITCHEN, "is_member": True},
        no_member={"group": KITCHEN, "is_member": False},
        has_just_joined={"group": LONG_NAMED, "is_member": True, "has_focus": True},
    ),
}
