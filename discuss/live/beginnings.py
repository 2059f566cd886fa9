"""What a page of a group is written when it becomes live."""

from collections.abc import Sequence

from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.fragments import Typist
from discuss.server.wire import Prepared


def begun(audience: Audience, shows_writing: bool, typists: Sequence[Typist]) -> Prepared:
    """Return the sign of life, with what a page may do while it is live."""
    html = fragments.status_renewed(audience)
    if shows_writing:
        html += fragments.writing_begun(audience, typists=typists)
    return Prepared(html)
