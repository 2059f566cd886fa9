"""What somebody types is not lost where they have to log in first."""

from uuid import UUID

from discuss.text import printable
from discuss.views.people import Request

# Where a session keeps it: the group's uuid and the text.
TYPED = "typed"
# Characters of it that are kept.
TYPED_KEPT = 20_000


def keep_typed(request: Request, uuid: UUID) -> None:
    """Keep what a form for this group's composer brings; somebody logged out has a session, too."""
    if typed := " ".join(filter(None, request.POST.getlist("text"))):
        request.session[TYPED] = [str(uuid), printable(typed)[:TYPED_KEPT]]


def typed_before(request: Request, uuid: UUID) -> dict[str, str]:
    """Return what the person typed into this group's composer before they had to log in, once."""
    kept = request.session.get(TYPED)
    if not kept or kept[0] != str(uuid):
        return {}
    del request.session[TYPED]
    return {"typed": kept[1]}
