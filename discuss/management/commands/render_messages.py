"""`manage.py render_messages`: render anew what an earlier version rendered, or a restore left out."""

from typing import Any

from django.core.management.base import BaseCommand

from discuss import actions


class Command(BaseCommand):
    help = (
        "Render all messages anew that were not rendered by this version. "
        "People may go on meanwhile, it may be broken off, and it may run again."
    )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        count = actions.render_anew()
        if verbosity:
            self.stdout.write(f"Messages that look otherwise now: {count}.")
