"""Every fragment in the states in which it can be: for tests, and for designers to look at.

The samples of a fragment stand in a file of the same name as its function's, which is in
discuss/rendering/fragments/.
"""

from collections.abc import Mapping

from discuss.rendering.samples import (
    at_hand,
    composer,
    doing,
    group,
    lines,
    listed,
    lobby,
    page,
    person,
    queue,
    writing,
)
from discuss.rendering.samples.makers import Sample

# Fragment -> state -> what it looks like. All other fragments are parts of these.
SAMPLES: Mapping[str, Mapping[str, Sample]] = {
    **at_hand.SAMPLES,
    **composer.SAMPLES,
    **doing.SAMPLES,
    **group.SAMPLES,
    **lines.SAMPLES,
    **listed.SAMPLES,
    **lobby.SAMPLES,
    **page.SAMPLES,
    **person.SAMPLES,
    **queue.SAMPLES,
    **writing.SAMPLES,
}
