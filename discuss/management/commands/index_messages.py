"""`manage.py index_messages`: put old messages into the index of searches, where no server does so."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from discuss import actions


class Command(BaseCommand):
    help = (
        "Put messages into the index of searches that are not in it yet. A server does so by itself, and "
        "PostgreSQL keeps its index itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anew", action="store_true", help="Empty the index first, as where it is damaged."
        )

    def handle(self, *args: Any, verbosity: int, anew: bool, **options: Any) -> None:
        if anew:
            actions.index_anew()
        count = 0
        while some := actions.index_new() or actions.index_old():
            count += some
        if verbosity:
            self.stdout.write(f"Lines that were looked at: {count}.")
