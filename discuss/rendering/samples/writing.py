"""Who is typing."""

from collections.abc import Mapping

from discuss.rendering.fragments import Typist
from discuss.rendering.samples.made_up import ANN, BOB, LEILA
from discuss.rendering.samples.makers import Sample, states_of

_TYPISTS = [Typist(user.pk, user.name) for user in (ANN, LEILA, BOB)]

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "typing_shown": states_of(
        "typing_shown",
        nobody={"typists": ()},
        one={"typists": _TYPISTS[:1]},
        two={"typists": _TYPISTS[:2]},
        several={"typists": _TYPISTS},
    ),
    "writing_begun": states_of(
        "writing_begun", alone={"typists": ()}, beside_another={"typists": _TYPISTS[:1]}
    ),
}
