"""The answer to whoever sent a message."""

from collections.abc import Mapping

from discuss.forms import MESSAGE_LENGTH
from discuss.models import Group
from discuss.rendering.fragments import Refusal
from discuss.rendering.samples.made_up import ARABIC, KITCHEN, LONG
from discuss.rendering.samples.makers import Sample, states_of
from discuss.rules.refusals import Code


def _refusal(group: Group, text: str) -> Refusal:
    return Refusal(group, text, "nonce-12345", Code.NOT_A_MEMBER.label)


SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "message_answered": states_of(
        "message_answered",
        stored={"answered": 3},
        stored_and_more={"answered": 3, "has_more": True},
        of_a_program={"answered": 0},
        refused={"answered": 3, "refusal": _refusal(KITCHEN, "Soup")},
        refused_at_length={"answered": 3, "refusal": _refusal(KITCHEN, LONG[:MESSAGE_LENGTH])},
        refused_right_to_left={"answered": 3, "refusal": _refusal(KITCHEN, ARABIC)},
    ),
}
