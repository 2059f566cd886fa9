"""What a page says of how it looks, against how its person wants to see things by now."""

from typing import Any

from django.conf import settings

from discuss.live.viewer import Viewer
from discuss.models import Group
from discuss.rendering import fragments
from discuss.rules.roles import MEMBER


def shows_other_times(viewer: Viewer, data: dict[str, Any]) -> bool:
    """Whether the page shows times of another zone than its person has by now.

    A page that does not say of which, as one of the version before, has the server's.
    """
    return (data.get("zone") or settings.TIME_ZONE) != viewer.audience.time_zone


def shows_other_sight(viewer: Viewer, data: dict[str, Any]) -> bool:
    """Whether the page shows more, or less, of hidden messages than its person may see by now."""
    return (data.get("sight") or MEMBER) != viewer.audience.sight


def wears_other_skin(viewer: Viewer, group: Group, data: dict[str, Any]) -> bool:
    """Whether the page wears another skin than its person is to see by now, or none.

    What it wears may have been unknown to the process that said so. A page that does not say wears none.
    """
    return "skin" in data and data["skin"] != fragments.worn(viewer.audience, group)
