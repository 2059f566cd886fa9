"""The invitation that a browser came with, kept in its session while its person signs up or logs in."""

from django.http import HttpRequest

from discuss.models import Invitation

KEPT = "invitation"


def keep_invitation(request: HttpRequest, token: str) -> None:
    request.session[KEPT] = token


def drop_invitation(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def is_kept(request: HttpRequest, token: str) -> bool:
    """Whether somebody has said in this browser that they want to come in by this token."""
    return bool(request.session.get(KEPT) == token)


def kept_invitation(request: HttpRequest) -> Invitation | None:
    """Return the invitation, if it stands."""
    token = request.session.get(KEPT)
    if not token:
        return None
    invitation = Invitation.objects.by_token(token)
    return invitation if invitation and invitation.stands() else None
