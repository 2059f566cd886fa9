"""The templates of fragments, in the language and the time zone of who sees them."""

from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from discuss.rendering.audience import Audience


def render(name: str, audience: Audience, **context: Any) -> str:
    """Render the fragment of this name for its audience."""
    template, zone = f"discuss/fragments/{name}.html", ZoneInfo(audience.time_zone)
    if translation.get_language() == audience.language and timezone.get_current_timezone() == zone:
        # To switch to what is active already would take as long as to render the shortest of them.
        return render_to_string(template, context)
    with translation.override(audience.language), timezone.override(zone):
        return render_to_string(template, context)
