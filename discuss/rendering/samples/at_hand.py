"""What a browser keeps at hand."""

from collections.abc import Mapping

from discuss.rendering import fragments
from discuss.rendering.samples.makers import Sample

SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    "connection_lost": {"any": lambda audience: fragments.connection_lost()},
    "draft": {
        "empty": lambda audience: fragments.draft(),
        "several lines": lambda audience: fragments.draft(is_large=True),
    },
    "unreached": {"any": lambda audience: fragments.unreached()},
    "unseen": {"any": lambda audience: fragments.unseen()},
    "untold": {"any": lambda audience: fragments.untold()},
}
