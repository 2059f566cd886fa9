"""The templates of fragments, in the language and the time zone of who sees them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.template import TemplateDoesNotExist
from django.template.backends.django import DjangoTemplates
from django.template.loader import render_to_string
from django.utils import timezone, translation

from discuss.rendering.audience import Audience
from discuss.rules.text import Text

logger = logging.getLogger(__name__)

# Templates of which the log says that a theme's has a fault, and how many at most.
_faulty: set[str] = set()
FAULTY_KEPT = 100
# Where the errors go of what is being rendered, besides the log; nowhere else where there is none.
_witness: ContextVar[list[Exception] | None] = ContextVar("witness", default=None)


def render(name: str, audience: Audience, **context: Any) -> str:
    """Render the fragment of this name for its audience; ours where a theme's has a fault."""
    with seen_by(audience):
        return rendered(f"fragments/{name}", **context)


@contextmanager
def seen_by(audience: Audience) -> Iterator[None]:
    """Make the language and the time zone of the audience the active ones."""
    zone = audience.zone
    if translation.get_language() == audience.language and timezone.get_current_timezone() == zone:
        # To switch to what is active already would take as long as to render the shortest fragments.
        yield
    else:
        with translation.override(audience.language), timezone.override(zone):
            yield


def rendered(name: str, **context: Any) -> str:
    """Render a template of discuss/ in the language that is active; ours where a theme's has a fault."""
    template = f"discuss/{name}.html"
    try:
        return render_to_string(template, context)
    except DatabaseError:
        raise  # which is tried again
    except Exception as error:
        if (witness := _witness.get()) is not None:
            witness.append(error)
        try:
            html: str = ours().get_template(template).render(context)
        except (TemplateDoesNotExist, type(error)):
            # It is no fault of a theme's.
            raise error from None
        _tell_of_fault(template, error)
        return html


@contextmanager
def witnessed() -> Iterator[list[Exception]]:
    """Give the errors of templates that are rendered in here, those in whose place ours is shown, too."""
    errors: list[Exception] = []
    token = _witness.set(errors)
    try:
        yield errors
    finally:
        _witness.reset(token)


@cache
def ours() -> DjangoTemplates:
    """Return what finds our own templates alone."""
    templates: dict[str, Any] = settings.TEMPLATES[0]
    return DjangoTemplates(
        {
            "NAME": "ours",
            "APP_DIRS": False,
            "DIRS": [Path(settings.BASE_DIR, "templates")],
            "OPTIONS": dict(templates["OPTIONS"]),
        }
    )


def _tell_of_fault(template: str, error: Exception) -> None:
    """Log that a theme's template cannot be rendered: once, however many pages it is part of."""
    if template in _faulty:
        return
    if len(_faulty) >= FAULTY_KEPT:
        _faulty.clear()
    _faulty.add(template)
    text = "%s of the theme, or one that it includes, cannot be shown. Ours is shown in its place."
    logger.error(text, template, exc_info=error)


def told(text: Text, audience: Audience) -> str:
    """Return a text in the language of who sees it."""
    if isinstance(text, str):
        return text
    with translation.override(audience.language):
        return str(text)
