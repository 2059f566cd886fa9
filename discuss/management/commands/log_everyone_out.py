from typing import Any

from django.core.management.base import BaseCommand

from discuss import actions


class Command(BaseCommand):
    help = "End the sessions of everybody, as after a secret or a backup got into wrong hands."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        ended = actions.log_everyone_out()
        if verbosity:
            self.stdout.write(f"{ended} sessions were ended.")
