"""What a page takes from its browser's own cache, with or without a connection: the same for everybody."""

import hashlib
from functools import cache

from django.conf import settings

from discuss.rendering.audience import Audience
from discuss.rendering.fragments.composer import composing
from discuss.rendering.templates import render


def draft(*, has_focus: bool = True) -> str:
    """A field to write the next message in: the same for everybody, in every group."""
    return render("draft", Audience.everyone(), **composing(), typed="", has_focus=has_focus)


def unseen() -> str:
    """A sign that lines came below, until the end of the log is in sight."""
    return render("unseen", Audience.everyone())


def connection_lost() -> str:
    """A sign that the connection is lost, until the next sign of life."""
    return render("connection_lost", Audience.everyone())


def at_hand() -> str:
    """All of it."""
    return draft() + unseen() + connection_lost()


def at_hand_version() -> str:
    """What tells this version of it from others, in its address."""
    if settings.DEBUG:  # a designer may be changing a template
        return _version(at_hand())
    return _kept_version(Audience.everyone())


@cache
def _kept_version(audience: Audience) -> str:
    return _version(at_hand())


def _version(html: str) -> str:
    return hashlib.sha256(html.encode()).hexdigest()[:12]
