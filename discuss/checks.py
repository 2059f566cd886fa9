"""What cannot work is refused at the start, by Django's system checks."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def several_processes_share_a_layer(**kwargs: Any) -> list[CheckMessage]:
    if settings.PROCESSES > 1 and not settings.REDIS_URL:
        return [
            Error(
                f"{settings.PROCESSES} processes (PROCESSES) cannot wake each other without REDIS_URL.",
                hint="Set REDIS_URL to a Redis that all of them reach, or run one process.",
                id="discuss.E001",
            )
        ]
    return []
