"""What becomes of messages on pages that list them."""

from collections.abc import Mapping

from discuss.models import Revision
from discuss.rendering import fragments
from discuss.rendering.samples.made_up import ARABIC, LINES, LONG, NOON
from discuss.rendering.samples.makers import Sample, states_of
from discuss.rules.refusals import Code

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "words_said": states_of(
        "words_said",
        removed={"changed": [LINES["hidden"]], "is_whole": False},
        some={
            "changed": [LINES[state] for state in ("edited", "long", "right to left")],
            "is_whole": False,
        },
        whole={"changed": [LINES["edited"], LINES["hidden"]], "is_whole": True},
    ),
    "words_lost": states_of("words_lost", one={"lost": (5,)}, some={"lost": (5, 6)}),
    "versions_shown": states_of(
        "versions_shown",
        none={"revisions": []},
        some={
            "revisions": [
                Revision(pk=2, text=ARABIC, ended_at=NOON),
                Revision(pk=1, text=LONG, ended_at=NOON),
            ]
        },
    ),
    "sight": {"any": lambda audience: fragments.sight(audience)},
    "listed_ended": states_of(
        "listed_ended",
        no_member={"text": Code.NOT_A_MEMBER.label},
        not_to_see={"text": Code.NOT_TO_SEE.label},
    ),
}
