"""What a page takes from its browser's own cache, with or without a connection: the same for everybody."""

import hashlib
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from discuss.models import User
from discuss.models.user import Composer
from discuss.rendering.audience import Audience
from discuss.rendering.fragments.composer import composing
from discuss.rendering.templates import render


def draft(*, has_focus: bool = True, is_large: bool = False) -> str:
    """A field to write the next message in: the same for everybody, in every group."""
    context = {"typed": "", "head": "", "replying": None, "has_focus": has_focus}
    context |= composing(is_large=is_large)
    return render("draft", Audience.everyone(), **context)


def unseen() -> str:
    """A sign that lines came below, until the end of the log is in sight."""
    return render("unseen", Audience.everyone())


def untold() -> str:
    """A sign that somebody typed and the server was not told, until it is."""
    return render("untold", Audience.everyone())


def connection_lost() -> str:
    """A sign that the connection is lost, until the next sign of life."""
    return render("connection_lost", Audience.everyone())


def at_hand(*, is_large: bool = False) -> str:
    """All of it, the same for all who write in such a field."""
    signs = unseen() + untold() + connection_lost() + _nothing_being_done()
    return draft(is_large=is_large) + signs


def unreached() -> str:
    """What a page says where something that was asked for did not reach the server."""
    return render("unreached", Audience.everyone())


def _nothing_being_done() -> str:
    """The places where a person does something to a line, empty; and what is said if that fails."""
    everyone = Audience.everyone()
    closed = render("line_menu_closed", everyone, oob=False)
    nothing = render("notice_shown", everyone, text="", oob=False)
    return render("editing", everyone, oob=False) + closed + nothing + unreached()


def at_hand_version(*, is_large: bool = False) -> str:
    """What tells this version of it from others, in its address."""
    if settings.DEBUG:  # a designer may be changing a template
        return _version(at_hand(is_large=is_large))
    return _kept_version(Audience.everyone(), is_large)


def signs_version() -> str:
    """What names the version that has the signs for every page, whatever its person writes in."""
    return at_hand_version()


def composer_of(person: User | AnonymousUser) -> dict[str, Any]:
    """Return what the templates of a page with a composer need to know: where the next field is, too."""
    is_large = getattr(person, "composer", "") == Composer.LARGE
    version = at_hand_version(is_large=is_large)
    versions = {"at_hand_version": version, "signs_version": signs_version()}
    return {**composing(is_large=is_large), **versions}


@cache
def _kept_version(audience: Audience, is_large: bool) -> str:
    return _version(at_hand(is_large=is_large))


def _version(html: str) -> str:
    return hashlib.sha256(html.encode()).hexdigest()[:12]
