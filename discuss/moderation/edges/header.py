"""What waits for a person, for the header of every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from discuss.moderation.reading.duties import NONE, Duties, read_duties


def duties(request: HttpRequest) -> dict[str, Any]:
    """Give templates what waits for the person: read where a page shows it. A context processor."""

    def read() -> Duties:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return NONE
        return read_duties(user)

    return {"duties": SimpleLazyObject(read)}
