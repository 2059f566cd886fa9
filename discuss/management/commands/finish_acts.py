"""`manage.py finish_acts`: do acts over many lines to their end, where no server does so."""

from typing import Any

from django.core.management.base import BaseCommand

from discuss.moderation.actions import finish_long_acts


class Command(BaseCommand):
    help = (
        "Go on with hiding, showing again and erasing all that somebody wrote, until it is done. "
        "A server does so by itself."
    )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        count = finish_long_acts()
        if verbosity:
            self.stdout.write(f"Acts over many lines that are done: {count}.")
