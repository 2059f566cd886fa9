"""What every page may be told."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from discuss.limits import too_fast
from discuss.rendering import fragments
from discuss.rendering.samples.made_up import ANN, BOB, KITCHEN, LEILA
from discuss.rendering.samples.makers import Sample, states_of

_NOTICE = too_fast(3)

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "entrance_barred": states_of(
        "entrance_barred", any={"text": _("Nobody may come in from your network at the moment.")}
    ),
    "notice_shown": states_of("notice_shown", nothing={"text": ""}, something={"text": _NOTICE}),
    "sheet_changed": states_of(
        "sheet_changed", none={"sheet": ""}, one={"sheet": "0123456789abcdef"}
    ),
    "person_renamed": states_of(
        "person_renamed",
        short={"name": ANN.name},
        long={"name": BOB.name},
        right_to_left={"name": LEILA.name},
    ),
    "reader_changed": states_of(
        "reader_changed",
        in_a_group={"person": "ann", "has_composer": True},
        in_the_lobby={"person": BOB.name, "has_composer": False},
    ),
    "session_ended": states_of(
        "session_ended",
        in_a_group={"text": _("You are logged out."), "group_uuid": KITCHEN.uuid},
        in_the_lobby={"text": _("Your account was closed.")},
    ),
    "status_renewed": {"any": fragments.status_renewed},
}
