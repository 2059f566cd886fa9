"""The templates of fragments, in the language and the time zone of who sees them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from discuss.rendering.audience import Audience
from discuss.rendering.backend import ours as ours, wearing
from discuss.rendering.faults import witnessed as witnessed
from discuss.rendering.guarded import GuardedTemplate
from discuss.rules.text import Text


def render(name: str, audience: Audience, /, **context: Any) -> str:
    """Render the fragment of this name for its audience; what is below where a template has a fault."""
    with seen_by(audience):
        return rendered(f"fragments/{name}", audience.skin, **context)


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


def rendered(name: str, skin: str = "", /, **context: Any) -> str:
    """Render a template of discuss/ in the language that is active, of this skin where it has one.

    Of one with a fault it is what is below: of a skin the theme's, of a theme ours.
    """
    return template_of(f"discuss/{name}.html", skin).render_alone(context)


def shows_ours(skin: str = "") -> bool:
    """Whether all templates are ours in this skin, and none of them is being changed."""
    return not settings.DEBUG and not wearing(skin if skin in settings.SKINS else "").has_others


def template_of(name: str, skin: str = "") -> GuardedTemplate:
    """Return a template, of this skin where it has one. Raises TemplateDoesNotExist."""
    return wearing(skin if skin in settings.SKINS else "").get_template(name)


def told(text: Text, audience: Audience) -> str:
    """Return a text in the language of who sees it."""
    if isinstance(text, str):
        return text
    with translation.override(audience.language):
        return str(text)
