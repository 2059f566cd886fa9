"""`manage.py render_messages`: render anew what an earlier version rendered, or a restore left out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from discuss import actions


class Command(BaseCommand):
    help = (
        "Render all messages anew that were not rendered by this version. "
        "People may go on meanwhile, it may be broken off, and it may run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--events",
            type=float,
            metavar="HOURS",
            help="Have open pages show the events of so many hours anew, too: after a rolling "
            "restart from a version that did not know their kinds.",
        )

    def handle(
        self, *args: Any, verbosity: int, events: float | None = None, **options: Any
    ) -> None:
        count = actions.render_anew()
        renewed = actions.renew_events(events) if events else 0
        if verbosity:
            self.stdout.write(f"Messages that look otherwise now: {count}.")
            if events:
                self.stdout.write(f"Events that open pages show anew: {renewed}.")
