"""Spans of time in templates."""

from django import template

from discuss.rules import spans

register = template.Library()


@register.filter
def span(number: int, unit: int = 1) -> str:
    """Return so many units, each of so many seconds, in words: `{{ group.newcomers_wait|span:60 }}`."""
    return spans.span(number * unit)
